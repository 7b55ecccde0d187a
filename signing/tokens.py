"""Verifying who somebody is: from a bearer token to claims to rely on, or a refusal with a reason."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from signing.issuers import Claim, Issuer, TrustLevel
from signing.jwks import KeySet
from signing.jws import open_token, read_members
from signing.refusals import TokenRefused

_LONGEST_SUBJECT = 255  # OpenID Connect Core § 2 (sub)
_LAST_SECOND = 253_402_214_400  # 9999-12-31T00:00:00Z, so that the leeway can be added
_MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Times are in UTC; `authenticated_at` is None if the issuer is silent.

    `attributes` holds what the issuer's configuration names, under our names, as the issuer wrote it; absent
    ones are absent.
    """

    subject: str
    issuer: str
    audience: tuple[str, ...]
    level: TrustLevel
    authenticated_at: datetime | None
    issued_at: datetime | None
    expires_at: datetime
    jti: str | None
    client: str | None
    roles: frozenset[str]
    scopes: frozenset[str]
    attributes: Mapping[str, Any]


def verify_token(*, token: str, issuer: Issuer, keys: KeySet, now: datetime) -> Claims:
    """Verify a JWT (RFC 7519, RFC 8725) of one issuer at the time `now` (aware).

    Raises TokenRefused with the first reason found; see `signing/refusals.py` for all codes.
    """
    signed = open_token(
        token=token, algorithms=issuer.algorithms, keys=keys, most_bytes=issuer.max_token_bytes
    )
    _check_type(signed.header.get("typ"), issuer)
    payload = read_members(signed.payload)
    if payload.get("iss") != issuer.url:
        raise TokenRefused("issuer-wrong")
    audience = _names(payload.get("aud"), split=False)
    if issuer.audience not in audience:
        raise TokenRefused("audience-wrong")
    client = _text(payload, ("azp",))
    if issuer.azp and client not in issuer.azp:
        raise TokenRefused("client-wrong")
    issued_at, expires_at = _check_times(payload, issuer, now)
    subject = _text(payload, issuer.claims.subject)
    if subject is None or not subject.strip() or len(subject) > _LONGEST_SUBJECT:
        raise TokenRefused("claims-incomplete")
    level = _text(payload, issuer.claims.level)
    return Claims(
        subject=subject,
        issuer=issuer.url,
        audience=audience,
        level=issuer.levels.get(level, TrustLevel.NONE) if level is not None else TrustLevel.NONE,
        authenticated_at=_time(_claim(payload, issuer.claims.authenticated_at)),
        issued_at=issued_at,
        expires_at=expires_at,
        jti=_text(payload, ("jti",)),
        client=client,
        roles=frozenset(_names(_claim(payload, issuer.claims.roles), split=False)),
        scopes=frozenset(_names(_claim(payload, issuer.claims.scopes), split=True)),
        attributes=_attributes(payload, issuer.claims.attributes),
    )


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


def _check_type(found: object, issuer: Issuer) -> None:
    """RFC 8725 § 3.11; media types compare without case and without `application/` (RFC 7515 § 4.1.9)."""
    if found is None and issuer.type_may_be_missing:
        return
    name = found.lower().removeprefix("application/") if isinstance(found, str) else None
    if name not in {kind.lower() for kind in issuer.types}:
        raise TokenRefused("type-not-allowed")


def _check_times(
    payload: Mapping[str, Any], issuer: Issuer, now: datetime
) -> tuple[datetime | None, datetime]:
    expires_at, starts_at, issued_at = (_time(payload.get(name)) for name in ("exp", "nbf", "iat"))
    if expires_at is None:
        raise TokenRefused("claims-incomplete")
    if now >= expires_at + issuer.leeway:
        raise TokenRefused("expired")
    for start in (starts_at, issued_at):
        if start is not None and now < start - issuer.leeway:
            raise TokenRefused("not-yet-valid")
    return issued_at, expires_at


def _time(value: object) -> datetime | None:
    """A NumericDate (RFC 7519 § 2): seconds since 1970 in UTC, whole or not."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise TokenRefused("claims-incomplete")
    return datetime.fromtimestamp(value, UTC)


def _claim(payload: Mapping[str, Any], path: Claim) -> Any:
    found: Any = payload
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def _text(payload: Mapping[str, Any], path: Claim) -> str | None:
    value = _claim(payload, path)
    if value is not None and not isinstance(value, str):
        raise TokenRefused("claims-incomplete")
    return value


def _names(value: object, *, split: bool) -> tuple[str, ...]:
    """One name or a list of names; `split` for OAuth's space separated `scope` (RFC 6749 § 3.3)."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.split(" ") if split else [value]
    if not isinstance(value, list) or len(value) > _MOST_NAMES:
        raise TokenRefused("claims-incomplete")
    if not all(isinstance(name, str) for name in value):
        raise TokenRefused("claims-incomplete")
    return tuple(name for name in value if name)


def _attributes(payload: Mapping[str, Any], wanted: Mapping[str, Claim]) -> Mapping[str, Any]:
    found = {name: _claim(payload, path) for name, path in wanted.items()}
    return MappingProxyType({name: value for name, value in found.items() if value is not None})
