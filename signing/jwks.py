"""The public keys of an issuer: which keys of a JWKS may verify which signatures, prepared once.

Keys come only as JWK members of a JWKS (RFC 7517), never as PEM, DER or certificates: what a key is for can
then not be mistaken. python-jose gets nothing but the public numbers.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jose import jwk
from jose.backends.base import Key

from signing.refusals import TokenRefused
from signing.weak_keys import is_roca

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"})
MOST_KEYS = 100
_RSA = ("RS256", "RS384", "RS512")
_RSA_BITS = range(2_048, 8_193)  # BSI TR-02102-1 for the lower end; larger ones only cost time
_RSA_LEAST_EXPONENT = 65_537  # BSI TR-02102-1 § 3.2 (RSA): e ≥ 2¹⁶ + 1
_RSA_MOST_EXPONENT_BITS = 64
# Curve → the one algorithm that goes with it (RFC 7518 § 3.4) and the bytes of a coordinate (§ 6.2.1.2).
_CURVES = {"P-256": ("ES256", 32), "P-384": ("ES384", 48), "P-521": ("ES512", 66)}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class KeySetRefused(ValueError):
    """What should be a JWKS is none; the message says why."""


class _Unusable(Exception):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class KeySet:
    """Verification keys by (`kid`, algorithm). `skipped` lists keys not used: their kid and the reason."""

    keys: Mapping[tuple[str | None, str], Key]
    skipped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_jwks(cls, jwks: object) -> KeySet:
        """Prepare the usable keys of a JWKS dict; everything else is skipped and listed.

        Usable: RSA of 2048 to 8192 bits or EC on P-256/P-384/P-521, `use` absent or `sig`, `key_ops` absent
        or with `verify`, `alg` absent or fitting, public members only, `kid` unique among those usable.
        Raises KeySetRefused if it is no JWKS or has more than 100 keys.
        """
        entries = jwks.get("keys") if isinstance(jwks, Mapping) else None
        if not isinstance(entries, list):
            raise KeySetRefused('a JWKS is an object with a list "keys" (RFC 7517 § 5)')
        if len(entries) > MOST_KEYS:
            raise KeySetRefused(f"the JWKS has more than {MOST_KEYS} keys")
        keys: dict[tuple[str | None, str], Key] = {}
        twice: set[tuple[str | None, str]] = set()
        skipped: list[tuple[str, str]] = []
        for entry in entries:
            try:
                prepared = list(_prepare(entry))
            except _Unusable as reason:
                name = entry.get("kid") if isinstance(entry, Mapping) else None
                skipped.append((str(name or "")[:100], str(reason)))
                continue
            for place, key in prepared:
                twice.update({place} & keys.keys())
                keys[place] = key
        for place in sorted(twice, key=str):
            del keys[place]
            skipped.append((place[0] or "", f"kid is not unique for {place[1]}"))
        return cls(keys, tuple(skipped))

    def find(self, *, kid: object, algorithm: str) -> Key:
        """The key a token names; without a name the only one for its algorithm.

        Raises TokenRefused `key-unknown` (worth a fresh look at the issuer's JWKS) or `key-ambiguous`.
        """
        if kid is not None:
            key = self.keys.get((kid, algorithm)) if isinstance(kid, str) else None
            if key is None:
                raise TokenRefused("key-unknown")
            return key
        fitting = [key for (_, name), key in self.keys.items() if name == algorithm]
        if len(fitting) != 1:
            raise TokenRefused("key-ambiguous" if fitting else "key-unknown")
        return fitting[0]


def _prepare(entry: object) -> Iterator[tuple[tuple[str | None, str], Key]]:
    if not isinstance(entry, Mapping):
        raise _Unusable("not a JWK object")
    kid = entry.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise _Unusable("kid is not a string")
    if not _PRIVATE.isdisjoint(entry):
        raise _Unusable("has private or secret members")
    if entry.get("use", "sig") != "sig":
        raise _Unusable("use is not sig")
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise _Unusable("key_ops has no verify")
    public, possible = _public_numbers(entry)
    algorithms = [name for name in possible if entry.get("alg", name) == name]
    if not algorithms:
        raise _Unusable("alg does not fit the key")
    for algorithm in algorithms:
        try:
            yield (kid, algorithm), jwk.construct(public, algorithm)
        except (ValueError, TypeError) as error:  # a point that is not on the curve
            raise _Unusable("the numbers are no valid key") from error


def _public_numbers(entry: Mapping[str, Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    if entry.get("kty") == "RSA":
        modulus, exponent = _integer(entry, "n"), _integer(entry, "e")
        if modulus.bit_length() not in _RSA_BITS:
            raise _Unusable(f"RSA key has {modulus.bit_length()} bits")
        if modulus % 2 == 0:
            raise _Unusable("the numbers are no valid key")
        if is_roca(modulus=modulus):
            raise _Unusable("RSA key can be computed by anybody (CVE-2017-15361)")
        too_small = exponent < _RSA_LEAST_EXPONENT or exponent % 2 == 0
        if too_small or exponent.bit_length() > _RSA_MOST_EXPONENT_BITS:
            raise _Unusable("RSA exponent is not allowed")
        return {"kty": "RSA", "n": entry["n"], "e": entry["e"]}, _RSA
    if entry.get("kty") == "EC" and isinstance(entry.get("crv"), str) and entry["crv"] in _CURVES:
        algorithm, size = _CURVES[entry["crv"]]
        if any(len(_octets(entry, name)) != size for name in ("x", "y")):
            raise _Unusable("coordinate has the wrong length")
        return {"kty": "EC", "crv": entry["crv"], "x": entry["x"], "y": entry["y"]}, (algorithm,)
    raise _Unusable("kty or crv is not supported")


def _integer(entry: Mapping[str, Any], name: str) -> int:
    return int.from_bytes(_octets(entry, name), "big")


def _octets(entry: Mapping[str, Any], name: str) -> bytes:
    value = entry.get(name)
    try:
        encoded = value.encode("ascii") if isinstance(value, str) else b"="
        data = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        data = b""
    if not data or urlsafe_b64encode(data).rstrip(b"=") != encoded:
        raise _Unusable(f"{name} is not base64url")
    return data
