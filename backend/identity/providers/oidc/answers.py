"""What comes back from an OpenID Connect issuer: the code, who signed in, and who signed out there."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.identity.issuers import IssuerAway, KeysUnavailable, TrustedIssuer
from backend.identity.providers.contract import SignInRefused
from backend.identity.providers.oidc.metadata import endpoint, issuer_behind, with_keys
from backend.identity.providers.oidc.requests import ask_userinfo
from signing.id_tokens import (
    Expected,
    Logout,
    claims_of_sign_in,
    unsaid,
    verify_id_token,
    verify_logout_token,
)
from signing.jwks import KeySet
from signing.tokens import Claims

# What the issuer's own errors mean here; whatever else it says is a refusal.
ERRORS = {
    "access_denied": "cancelled",
    "unmet_authentication_requirements": "level",
    "login_required": "cancelled",
    "interaction_required": "cancelled",
}


def code_of(
    *, answer: Mapping[str, str], remembered: Mapping[str, Any], issuer: str, metadata: Mapping[str, Any]
) -> str:
    """The code of an answer that belongs to this browser, this sign-in and this issuer."""
    if not hmac.compare_digest(answer.get("state", "").encode(), remembered["state"].encode()):
        raise SignInRefused("mixed-up", "state")
    says_issuer = metadata.get("authorization_response_iss_parameter_supported") is True
    if ("iss" in answer or says_issuer) and answer.get("iss") != issuer:
        raise SignInRefused("mixed-up", "iss")
    if "error" in answer:
        raise SignInRefused(ERRORS.get(answer["error"], "refused"), answer["error"][:100])
    if not answer.get("code"):
        raise SignInRefused("refused", "no code")
    return answer["code"]


def claims_of(
    trusted: TrustedIssuer,
    *,
    metadata: Mapping[str, Any],
    tokens: Mapping[str, str],
    remembered: Mapping[str, Any],
    now: datetime,
) -> Claims:
    """Who signed in. Raises `TokenRefused`, `KeysUnavailable` or `SignInRefused`."""
    portal = trusted.portal
    if portal is None:
        raise SignInRefused("refused", "no such way")
    expected = Expected(
        client=portal.client_id, nonce=remembered["nonce"], access_token=tokens.get("access_token")
    )

    def verify(keys: KeySet) -> Mapping[str, Any]:
        return verify_id_token(
            token=tokens["id_token"], issuer=trusted.issuer, keys=keys, expected=expected, now=now
        )

    payload = with_keys(trusted, verify, now, from_issuer=True)
    userinfo: Mapping[str, Any] = {}
    if (
        "userinfo_endpoint" in metadata
        and "access_token" in tokens
        and unsaid(payload=payload, issuer=trusted.issuer)
    ):
        address = endpoint(trusted, metadata, "userinfo_endpoint")
        userinfo = ask_userinfo(endpoint=address, access_token=tokens["access_token"])
    seconds = remembered["max_age"]
    return claims_of_sign_in(
        payload=payload,
        userinfo=userinfo,
        issuer=trusted.issuer,
        max_age=timedelta(seconds=seconds) if seconds else None,
        now=now,
    )


def read_logout(*, name: str, token: str, now: datetime) -> tuple[str, Logout]:
    """The issuer and who signed out there (back-channel logout). Raises `TokenRefused`, `IssuerAway`."""
    trusted, portal = issuer_behind(name=name)

    def read(keys: KeySet) -> Logout:
        return verify_logout_token(
            token=token, issuer=trusted.issuer, client=portal.client_id, keys=keys, now=now
        )

    try:
        return trusted.issuer.url, with_keys(trusted, read, now, from_issuer=False)
    except KeysUnavailable as error:
        raise IssuerAway(trusted.issuer.url) from error
