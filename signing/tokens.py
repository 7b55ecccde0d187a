"""Verifying who somebody is: from a bearer token to claims to rely on, or a refusal with a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from signing.certificates import bound_certificate, check_certificate
from signing.issuers import Claim, Issuer
from signing.jwks import KeySet
from signing.jws import open_token, read_header, read_members
from signing.levels import TrustLevel
from signing.refusals import SignInTooOld, TokenRefused

_LONGEST_SUBJECT = 255  # OpenID Connect Core § 2 (sub)
_LAST_SECOND = 253_402_214_400  # 9999-12-31T00:00:00Z, so that the leeway can be added
_MOST_NAMES = 200
# What only an ID token has (OpenID Connect Core § 2, § 3.3.2.11); some issuers repeat it in an `at+jwt`.
_ID_TOKEN_MARKS = frozenset({"nonce", "at_hash", "c_hash"})
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Times are in UTC; `authenticated_at` is None if the issuer is silent.

    `attributes` holds what the issuer's configuration names, under our names, as the issuer wrote it; absent
    ones are absent. `attribute_levels` has every one of them: one without a level of its own is as sure as
    the sign-in, and none is surer. `session` is the issuer's name of the sign-in (`sid`), `account` its own
    key of the person (`sub`), where `subject` was told to be another claim. `certificate`: what the token
    belongs to, see `bound_certificate`.
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
    attribute_levels: Mapping[str, TrustLevel] = field(default_factory=lambda: MappingProxyType({}))
    proved_by: str | None = None
    session: str | None = None
    account: str | None = None
    certificate: str | None = None


def verify_token(
    *, token: str, issuer: Issuer, keys: KeySet, now: datetime, certificate: str | None = None
) -> Claims:
    """Verify an access token (JWT: RFC 7519, RFC 8725) of one issuer at the time `now` (aware).

    `certificate`: the `x5t#S256` of the one the client has shown, if any. Raises TokenRefused with the first
    reason found; see `signing/refusals.py` for all codes.
    """
    payload = verified_payload(token=token, issuer=issuer, keys=keys, now=now)
    _check_purpose(payload, token)
    claims = read_claims(payload=payload, issuer=issuer)
    check_use(claims=claims, issuer=issuer, certificate=certificate, now=now)
    return claims


def check_use(*, claims: Claims, issuer: Issuer, certificate: str | None, now: datetime) -> None:
    """What has to be checked each time a token is used: whose it is, and how old the sign-in.

    Raises TokenRefused `certificate-wrong`, or SignInTooOld.
    """
    check_certificate(bound_to=claims.certificate, presented=certificate, required=issuer.certificate_bound)
    check_age(claims=claims, max_age=issuer.max_age, leeway=issuer.leeway, now=now)


def check_age(*, claims: Claims, max_age: timedelta | None, leeway: timedelta, now: datetime) -> None:
    """Raises SignInTooOld if the person showed who she is longer ago than `max_age`.

    An issuer that does not say when it was cannot satisfy anybody who asks.
    """
    if max_age is None:
        return
    if claims.authenticated_at is None or now > claims.authenticated_at + max_age + leeway:
        raise SignInTooOld(int(max_age.total_seconds()))


def verified_payload(*, token: str, issuer: Issuer, keys: KeySet, now: datetime) -> dict[str, Any]:
    """The payload of a JWT after its signature, type, issuer, audience, client and times were checked."""
    signed = open_token(
        token=token, algorithms=issuer.algorithms, keys=keys, most_bytes=issuer.max_token_bytes
    )
    _check_type(signed.header.get("typ"), issuer)
    payload = read_members(signed.payload)
    check_texts(payload)
    if payload.get("iss") != issuer.url:
        raise TokenRefused("issuer-wrong")
    if issuer.audience not in _names(payload.get("aud"), split=False):
        raise TokenRefused("audience-wrong")
    if issuer.azp and text_claim(payload, ("azp",)) not in issuer.azp:
        raise TokenRefused("client-wrong")
    _check_times(payload, issuer, now)
    return payload


def read_claims(*, payload: Mapping[str, Any], issuer: Issuer) -> Claims:
    """What a verified payload says, in our words. Raises TokenRefused `claims-incomplete`."""
    names = issuer.claims
    subject = text_claim(payload, names.subject)
    if subject is None or not subject.strip() or len(subject) > _LONGEST_SUBJECT:
        raise TokenRefused("claims-incomplete")
    expires_at = _time(payload.get("exp"))
    if expires_at is None:
        raise TokenRefused("claims-incomplete")
    level = _level(payload, names.level, issuer)
    attributes = _attributes(payload, names.attributes)
    return Claims(
        subject=subject,
        issuer=issuer.url,
        audience=_names(payload.get("aud"), split=False),
        level=level,
        authenticated_at=_time(_claim(payload, names.authenticated_at)),
        issued_at=_time(payload.get("iat")),
        expires_at=expires_at,
        jti=text_claim(payload, ("jti",)),
        client=text_claim(payload, ("azp",)) or text_claim(payload, ("client_id",)),
        roles=frozenset(_names(_claim(payload, names.roles), split=False)),
        scopes=frozenset(_names(_claim(payload, names.scopes), split=True)),
        attributes=attributes,
        attribute_levels=_attribute_levels(payload, attributes, level, issuer),
        proved_by=text_claim(payload, names.proved_by) if names.proved_by else None,
        session=text_claim(payload, names.session) if names.session else None,
        account=text_claim(payload, ("sub",)),
        certificate=bound_certificate(payload),
    )


def check_texts(members: Mapping[str, Any]) -> None:
    """Raises TokenRefused for a text that nothing here can store: with a NUL, or half a character."""
    left: list[Any] = [members]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and _NO_TEXT.search(value):
            raise TokenRefused("claims-incomplete")


def _check_purpose(payload: Mapping[str, Any], token: str) -> None:
    """No token that says something else gives access: a logout or event (RFC 8417), an ID token."""
    marked = not _ID_TOKEN_MARKS.isdisjoint(payload)
    if "events" in payload or (marked and _media_type(read_header(token=token).get("typ")) != "at+jwt"):
        raise TokenRefused("type-not-allowed")


def _check_type(found: object, issuer: Issuer) -> None:
    """RFC 8725 § 3.11."""
    if found is None and issuer.type_may_be_missing:
        return
    if _media_type(found) not in {kind.lower() for kind in issuer.types}:
        raise TokenRefused("type-not-allowed")


def _media_type(found: object) -> str | None:
    """Compared without case and without `application/` (RFC 7515 § 4.1.9)."""
    return found.lower().removeprefix("application/") if isinstance(found, str) else None


def _check_times(payload: Mapping[str, Any], issuer: Issuer, now: datetime) -> None:
    expires_at, starts_at, issued_at = (_time(payload.get(name)) for name in ("exp", "nbf", "iat"))
    if expires_at is None:
        raise TokenRefused("claims-incomplete")
    if now >= expires_at + issuer.leeway:
        raise TokenRefused("expired")
    for start in (starts_at, issued_at):
        if start is not None and now < start - issuer.leeway:
            raise TokenRefused("not-yet-valid")


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


def text_claim(payload: Mapping[str, Any], path: Claim) -> str | None:
    """The text at a path of a payload, None if it is absent. Raises TokenRefused for anything but text."""
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


def _level(payload: Mapping[str, Any], path: Claim, issuer: Issuer) -> TrustLevel:
    name = text_claim(payload, path)
    return issuer.levels.get(name, TrustLevel.NONE) if name is not None else TrustLevel.NONE


def _attribute_levels(
    payload: Mapping[str, Any], attributes: Mapping[str, Any], level: TrustLevel, issuer: Issuer
) -> Mapping[str, TrustLevel]:
    """A claim for the level that is configured but absent means: nobody vouches for this attribute."""
    paths = issuer.claims.attribute_levels
    return MappingProxyType(
        {
            name: min(level, _level(payload, paths[name], issuer)) if name in paths else level
            for name in attributes
        }
    )


def _attributes(payload: Mapping[str, Any], wanted: Mapping[str, Claim]) -> Mapping[str, Any]:
    found = {name: _claim(payload, path) for name, path in wanted.items()}
    return MappingProxyType({name: value for name, value in found.items() if value is not None})
