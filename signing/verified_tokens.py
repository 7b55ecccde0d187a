"""Tokens that were verified before: nobody computes the same signature twice."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from signing.jwks import KeySet
from signing.tokens import Claims

LONGEST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Known:
    claims: Claims
    keys: KeySet
    until: datetime


class VerifiedTokens:
    """Remembers verified tokens of one issuer, by SHA-256 (never the token itself).

    Until they expire, at most for `LONGEST`, and only with the very key set that verified them: a key that
    the issuer withdraws ends them at once. At most `limit` of them: the expired and then the oldest go first.
    Safe for threads. Ask the revocation list after every hit.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._known: dict[bytes, _Known] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, *, token: str, keys: KeySet, now: datetime) -> Claims | None:
        """The claims of a token verified with these `keys` not long before `now`."""
        known = self._known.get(_digest(token))
        return known.claims if known is not None and known.keys is keys and now < known.until else None

    def put(self, *, token: str, claims: Claims, keys: KeySet, now: datetime) -> None:
        """`keys`: those that verified it."""
        known = _Known(claims, keys, min(claims.expires_at, now + LONGEST))
        with self._lock:
            if len(self._known) >= self._limit:
                self._make_room(now)
            self._known[_digest(token)] = known

    def forget(self) -> None:
        with self._lock:
            self._known.clear()

    def _make_room(self, now: datetime) -> None:
        self._known = {key: known for key, known in self._known.items() if now < known.until}
        while len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
