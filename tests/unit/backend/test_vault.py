"""Encryption: what is sealed opens with its key in its place, and in no other way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.keys.vault import KEY_BITS, NONCE_BYTES, CannotOpen, Key, new_material, to_json

KEY = Key.of(bytes(32))
NUMBERS = st.integers(-(2**53), 2**53) | st.decimals(-(10**9), 10**9, places=4).filter(
    lambda number: number % 1
)
JSON = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(exclude_categories=["Cs"])) | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcäß", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.binary(max_size=500), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_was_sealed_opens_in_its_place(content, context):
    sealed = KEY.seal(content, context=context)
    assert KEY.open(sealed, context=context) == content
    assert len(sealed) == NONCE_BYTES + len(content) + 16


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_and_it_does_not_open(content, data):
    sealed = bytearray(KEY.seal(content, context="place"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(CannotOpen):
        KEY.open(bytes(sealed), context="place")


@given(st.binary(max_size=40))
def test_anything_else_does_not_open_either(content):
    with pytest.raises(CannotOpen):
        KEY.open(content, context="place")


def test_another_place_or_another_key_does_not_open_it():
    sealed = KEY.seal(b"content", context="event:1")
    with pytest.raises(CannotOpen):
        KEY.open(sealed, context="event:2")
    with pytest.raises(CannotOpen):
        Key.of(new_material()).open(sealed, context="event:1")


def test_the_same_content_never_looks_the_same():
    assert len({KEY.seal(b"yes", context="x") for _ in range(100)}) == 100


@given(JSON)
def test_json_comes_back_exactly(value):
    assert KEY.open_json(KEY.seal_json(value, context="x"), context="x") == value


def test_a_decimal_keeps_its_digits():
    back = KEY.open_json(KEY.seal_json({"amount": Decimal("60.10")}, context="x"), context="x")
    assert str(back["amount"]) == "60.10"
    assert to_json({"b": 1, "a": Decimal("0.30")}) == b'{"a":0.30,"b":1}'


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}])
def test_what_is_no_json_is_refused(value):
    with pytest.raises(TypeError):
        to_json(value)


def test_keys_are_random_and_long_enough():
    made = {new_material() for _ in range(50)}
    assert len(made) == 50
    assert {len(one) * 8 for one in made} == {KEY_BITS}
