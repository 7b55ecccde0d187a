"""Who sends this request: from a bearer token to a citizen or a clerk of the authority."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings

from backend.authorities.queries import ClerkAccount, clerk_by_account
from backend.identity.issuers import Kind, TrustedIssuer, read_issuers
from backend.identity.principals import Citizen
from backend.keys.queries import fingerprint
from backend.tenancy import acting_for
from signing.refusals import TokenRefused
from signing.tokens import Claims

LONGEST_TOKEN = 65_536


@cache
def trusted_issuers() -> dict[str, TrustedIssuer]:
    """Read once per process; an unsafe configuration stops the start (see `backend.wsgi`)."""
    environment = settings.ENVIRONMENT
    return read_issuers(configured=environment.issuers, production=environment.production)


def who_is(*, token: str, authority_id: UUID, now: datetime) -> Citizen | ClerkAccount:
    """The person behind a token, as this authority knows her.

    Raises `TokenRefused` (a clerk without an active account here is `issuer-wrong`: nobody of ours), or
    `identity.issuers.KeysUnavailable`.
    """
    trusted = trusted_issuers().get(_issuer_named_by(token))
    if trusted is None:
        raise TokenRefused("issuer-wrong")
    claims = trusted.claims(token=token, now=now)
    if trusted.kind is Kind.CITIZENS:
        return _citizen(claims)
    if trusted.kind is Kind.CLERKS:
        with acting_for(authority_id=authority_id):
            clerk = clerk_by_account(issuer=claims.issuer, subject=claims.subject)
        if clerk is not None:
            return clerk
    raise TokenRefused("issuer-wrong")


def _citizen(claims: Claims) -> Citizen:
    # JSON keeps the two apart: no other pair of issuer and subject gives the same text.
    account = json.dumps([claims.issuer, claims.subject])
    return Citizen(
        applicant=fingerprint(purpose="applicant", value=account),
        level=claims.level,
        attributes=claims.attributes,
    )


def _issuer_named_by(token: str) -> str:
    """Which issuer an unverified token names: only chooses whose keys will verify it."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:  # noqa: PLR2004 -- RFC 7515 § 7.1
        raise TokenRefused("token-malformed")
    try:
        payload = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise TokenRefused("token-malformed") from error
    issuer = payload.get("iss") if isinstance(payload, dict) else None
    if not isinstance(issuer, str):
        raise TokenRefused("token-malformed")
    return issuer
