"""RSA keys that anybody can break with only the public key: chips with CVE-2017-15361 (ROCA) made them.

Such a chip made every prime as k·M + 65537ᵃ mod M, where M is the product of the first primes. The modulus is
then, modulo each of these primes, a power of 65537. For any other key that would be a coincidence: one in a
thousand million.
"""

from __future__ import annotations

from typing import Final

_GENERATOR: Final = 65_537
# The first 38 odd primes divide M for every key size that the chips made (Nemec et al., 2017, § 2.1).
_PRIMES: Final = tuple(p for p in range(3, 168, 2) if all(p % q for q in range(3, 13, 2) if q < p))


def _powers(prime: int) -> frozenset[int]:
    found, value = set(), 1
    while value not in found:
        found.add(value)
        value = value * _GENERATOR % prime
    return frozenset(found)


_POWERS: Final = {prime: _powers(prime) for prime in _PRIMES}


def is_roca(*, modulus: int) -> bool:
    """Whether a modulus bears the mark of these chips."""
    return all(modulus % prime in powers for prime, powers in _POWERS.items())
