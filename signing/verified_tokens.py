"""Tokens that were verified before: nobody computes the same signature twice."""

from __future__ import annotations

import threading
from datetime import datetime
from hashlib import sha256

from signing.tokens import Claims


class VerifiedTokens:
    """Remembers verified tokens of one issuer until they expire, by SHA-256 (never the token itself).

    At most `limit` of them: the expired and then the oldest go first. Safe for threads. Forget all when the
    issuer withdraws a key; ask the revocation list after every hit.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._known: dict[bytes, Claims] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, *, token: str, now: datetime) -> Claims | None:
        """The claims of a token verified before, if it has not expired at `now`."""
        claims = self._known.get(_digest(token))
        return claims if claims is not None and now < claims.expires_at else None

    def put(self, *, token: str, claims: Claims, now: datetime) -> None:
        with self._lock:
            if len(self._known) >= self._limit:
                self._make_room(now)
            self._known[_digest(token)] = claims

    def forget(self) -> None:
        with self._lock:
            self._known.clear()

    def _make_room(self, now: datetime) -> None:
        self._known = {key: claims for key, claims in self._known.items() if now < claims.expires_at}
        while len(self._known) >= self._limit:
            del self._known[next(iter(self._known))]


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
