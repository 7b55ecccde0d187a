"""Opening a signed token: strict reading of compact JWS, then the signature check by python-jose.

python-jose alone accepts base64 with stray characters, keys meant for something else and whatever algorithm
the header names. Here everything around the signature is ours, and only `Key.verify` is the library's.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from signing.jwks import KeySet
from signing.refusals import TokenRefused

MOST_HEADER_BYTES = 4_096
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
# Parameters with which a sender could bring or name its own key, or change how the token is to be read.
_REFUSED_PARAMETERS = frozenset({"jku", "jwk", "x5u", "x5c", "b64", "crit", "zip", "enc"})


@dataclass(frozen=True, slots=True)
class SignedToken:
    """Header and payload bytes of a token whose signature was verified."""

    header: Mapping[str, Any]
    payload: bytes


def open_token(*, token: str, algorithms: Collection[str], keys: KeySet, most_bytes: int) -> SignedToken:
    """Verify a compact JWS (RFC 7515 § 5.2) with one of `algorithms` and a key of `keys`.

    Raises TokenRefused: `token-too-large`, `token-malformed` (not exactly three parts of canonical unpadded
    base64url, header no JSON object or with a member twice), `header-not-allowed` (crit, jku, jwk, x5u, x5c,
    b64 …), `algorithm-not-allowed`, `key-unknown`, `key-ambiguous`, `signature-invalid`.
    """
    if len(token) > most_bytes:
        raise TokenRefused("token-too-large")
    if _TOKEN.fullmatch(token) is None:
        raise TokenRefused("token-malformed")
    head, body, tail = token.split(".")
    if len(head) > MOST_HEADER_BYTES:
        raise TokenRefused("token-too-large")
    header = read_members(_decoded(head))
    if not _REFUSED_PARAMETERS.isdisjoint(header):
        raise TokenRefused("header-not-allowed")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise TokenRefused("algorithm-not-allowed")
    payload, signature = _decoded(body), _decoded(tail)
    key = keys.find(kid=header.get("kid"), algorithm=algorithm)
    if not key.verify(f"{head}.{body}".encode("ascii"), signature):
        raise TokenRefused("signature-invalid")
    return SignedToken(header, payload)


def read_header(*, token: str) -> dict[str, Any]:
    """The header of a compact JWS whose signature was verified. Raises TokenRefused."""
    return read_members(_decoded(token.split(".", 1)[0]))


def read_members(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 with every member once and finite numbers; TokenRefused otherwise."""
    try:
        members = _READER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise TokenRefused("token-malformed") from None
    if not isinstance(members, dict):
        raise TokenRefused("token-malformed")
    return members


def _decoded(part: str) -> bytes:
    """Unpadded base64url in its only canonical form (RFC 4648 § 3.5: unused bits are zero)."""
    encoded = part.encode("ascii")
    try:
        data = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        raise TokenRefused("token-malformed") from None
    if urlsafe_b64encode(data).rstrip(b"=") != encoded:
        raise TokenRefused("token-malformed")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


_READER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)
