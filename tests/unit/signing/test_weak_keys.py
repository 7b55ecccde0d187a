from __future__ import annotations

from math import prod

from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from signing.weak_keys import is_roca

PRIMORIAL = prod(p for p in range(2, 168) if all(p % q for q in range(2, p)))


@given(st.integers(1, 2**500), st.integers(1, 2**500), st.integers(1, 10**6), st.integers(1, 10**6))
def test_whatever_such_a_chip_makes_is_found(k, m, a, b):
    one = k * PRIMORIAL + pow(65_537, a, PRIMORIAL)
    other = m * PRIMORIAL + pow(65_537, b, PRIMORIAL)
    assert is_roca(modulus=one * other)


def test_other_keys_are_left_alone():
    moduli = [rsa.generate_private_key(65_537, 2_048).public_key().public_numbers().n for _ in range(5)]
    assert [is_roca(modulus=modulus) for modulus in moduli] == [False] * 5


@given(st.integers(2**2047, 2**2048))
def test_chance_does_not_look_like_it(number):
    assert not is_roca(modulus=number * 2 * 3 * 5 * 7 * 11 + 2)
