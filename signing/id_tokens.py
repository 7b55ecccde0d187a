"""What an issuer tells the portal: somebody signed in (ID token), somebody signed out (logout token).

The rules are those of OpenID Connect Core 1.0 § 3.1.3.7 and Back-Channel Logout 1.0 § 2.6, on top of
everything `signing/tokens.py` asks of any token.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from signing.issuers import Claim, Issuer
from signing.jwks import KeySet
from signing.jws import read_header
from signing.refusals import TokenRefused
from signing.tokens import Claims, check_age, check_texts, read_claims, text_claim, verified_payload

LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
# A logout token is used at once; older ones are somebody's recording.
OLDEST_LOGOUT: Final = timedelta(minutes=5)
_LONGEST_NAME: Final = 255
# What only a signed token may say: who, by whom, for whom, when, how surely.
_SIGNED_ONLY: Final = frozenset(
    {"iss", "sub", "aud", "azp", "exp", "nbf", "iat", "jti", "sid", "acr", "amr", "auth_time", "cnf"}
)
_HASH: Final = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the portal knows of the sign-in that the ID token has to belong to."""

    client: str
    nonce: str
    access_token: str | None


@dataclass(frozen=True, slots=True)
class Logout:
    """Who signed out at the issuer: one sign-in there (`session`), or all of a person's (`subject`)."""

    jti: str
    subject: str | None
    session: str | None


def verify_id_token(
    *, token: str, issuer: Issuer, keys: KeySet, expected: Expected, now: datetime
) -> Mapping[str, Any]:
    """The payload of an ID token that was made for this sign-in. Raises TokenRefused."""
    own = _for_portal(issuer, expected.client, types=frozenset({"JWT"}))
    payload = verified_payload(token=token, issuer=own, keys=keys, now=now)
    _check_client(payload, expected.client)
    if not _same(text_claim(payload, ("nonce",)), expected.nonce):
        raise TokenRefused("nonce-wrong")
    hashed = text_claim(payload, ("at_hash",))
    if hashed is not None and not _same(hashed, _half_hash(expected.access_token, token)):
        raise TokenRefused("access-token-wrong")
    return payload


def claims_of_sign_in(
    *,
    payload: Mapping[str, Any],
    userinfo: Mapping[str, Any],
    issuer: Issuer,
    max_age: timedelta | None,
    now: datetime,
) -> Claims:
    """Who signed in: the ID token, and from userinfo only attributes and their proof.

    `max_age`: how long ago the person may have shown who she is; None if the portal did not ask.
    Raises TokenRefused; userinfo about somebody else is `claims-incomplete` (Core § 5.3.2).
    """
    if userinfo and userinfo.get("sub") != payload.get("sub"):
        raise TokenRefused("claims-incomplete")
    allowed = _from_userinfo(issuer, issuer.claims.proved_by)
    more = {name: value for name, value in userinfo.items() if name in allowed}
    check_texts(more)
    claims = read_claims(payload={**more, **payload}, issuer=issuer)
    check_age(claims=claims, max_age=max_age, leeway=issuer.leeway, now=now)
    return claims


def unsaid(*, payload: Mapping[str, Any], issuer: Issuer) -> bool:
    """Whether the ID token lacks an attribute that the configuration names: then userinfo is worth asking."""
    return not _from_userinfo(issuer) <= payload.keys()


def _from_userinfo(issuer: Issuer, *more: Claim) -> frozenset[str]:
    """The claims that userinfo may add: attributes and their levels, never who signed in and how."""
    names = issuer.claims
    own = (
        names.subject, names.level, names.authenticated_at, names.session, names.roles, names.scopes,
    )  # fmt: skip
    wanted = (*more, *names.attributes.values(), *names.attribute_levels.values())
    return frozenset(path[0] for path in wanted if path) - {path[0] for path in own if path} - _SIGNED_ONLY


def verify_logout_token(*, token: str, issuer: Issuer, client: str, keys: KeySet, now: datetime) -> Logout:
    """Who signed out. Raises TokenRefused; whoever calls has to refuse a `jti` it has seen before."""
    own = _for_portal(issuer, client, types=frozenset({"logout+jwt", "JWT"}))
    payload = verified_payload(token=token, issuer=own, keys=keys, now=now)
    events = payload.get("events")
    # An ID token has a nonce and no event: it must never pass for a logout token.
    if (
        "nonce" in payload
        or not isinstance(events, Mapping)
        or not isinstance(events.get(LOGOUT_EVENT), dict)
    ):
        raise TokenRefused("logout-token-wrong")
    issued = payload.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise TokenRefused("claims-incomplete")
    if now.timestamp() - issued > (OLDEST_LOGOUT + issuer.leeway).total_seconds():
        raise TokenRefused("expired")
    jti, subject, session = (text_claim(payload, (name,)) for name in ("jti", "sub", "sid"))
    named = [name for name in (subject, session) if name]
    if not jti or not named or any(len(name) > _LONGEST_NAME for name in (jti, *named)):
        raise TokenRefused("claims-incomplete")
    return Logout(jti=jti, subject=subject or None, session=session or None)


def _for_portal(issuer: Issuer, client: str, *, types: frozenset[str]) -> Issuer:
    """The same issuer, when it speaks to the portal itself: the client is the audience."""
    return replace(issuer, audience=client, azp=frozenset(), types=types, type_may_be_missing=True)


def _check_client(payload: Mapping[str, Any], client: str) -> None:
    azp = text_claim(payload, ("azp",))
    several = isinstance(payload.get("aud"), list) and len(payload["aud"]) > 1
    if (azp is None and several) or (azp is not None and azp != client):
        raise TokenRefused("client-wrong")


def _half_hash(access_token: str | None, token: str) -> str:
    """`at_hash`: the left half of the access token's hash (OpenID Connect Core § 3.1.3.6)."""
    size = re.sub(r"\D", "", str(read_header(token=token).get("alg")))
    digest = _HASH[size]((access_token or "").encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _same(found: str | None, wanted: str) -> bool:
    return found is not None and hmac.compare_digest(found.encode("utf-8", "surrogatepass"), wanted.encode())
