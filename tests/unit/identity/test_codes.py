"""Codes for people: nothing can be mistaken, every slip is found, and how it is typed makes no difference."""

from __future__ import annotations

import secrets

from hypothesis import given
from hypothesis import strategies as st

from backend.identity.codes import (
    ALPHABET,
    as_read,
    as_shown,
    is_status_code,
    new_confirmation_code,
    status_code_of,
)

SECRETS = st.binary(min_size=32, max_size=32)


def test_no_character_looks_like_another():
    assert len(set(ALPHABET)) == 30
    assert not set(ALPHABET) & set("01ILOU")


def test_a_confirmation_code_is_drawn_character_by_character():
    drawn = iter("ABCDEFGH")
    assert new_confirmation_code(choose=lambda _: next(drawn)) == "ABCDEFGH"
    assert set(new_confirmation_code(choose=secrets.choice)) <= set(ALPHABET)


@given(SECRETS)
def test_a_status_code_has_its_check_digit_and_at_least_128_bits(secret):
    code = status_code_of(secret=secret)
    assert is_status_code(code)
    assert 30 ** (len(code) - 1) > 2**128
    assert set(code) <= set(ALPHABET)


@given(SECRETS, SECRETS)
def test_other_secrets_have_other_codes(one, other):
    assert (status_code_of(secret=one) == status_code_of(secret=other)) == (one == other)


@given(SECRETS, st.integers(0, 27), st.sampled_from(ALPHABET + "01ILOUÄ?"))
def test_one_wrong_character_is_always_found(secret, place, character):
    code = status_code_of(secret=secret)
    typed = code[:place] + character + code[place + 1 :]
    assert is_status_code(typed) == (typed == code)


@given(SECRETS, st.lists(st.tuples(st.integers(0, 40), st.sampled_from(" -\t\n–\xa0")), max_size=20))
def test_how_it_is_typed_makes_no_difference(secret, extras):
    code = status_code_of(secret=secret)
    typed = as_shown(code).lower()
    for place, extra in extras:
        typed = typed[:place] + extra + typed[place:]
    assert as_read(typed) == code


@given(st.text(max_size=60))
def test_anything_can_be_typed(typed):
    assert is_status_code(as_read(typed)) in (True, False)
