"""Who sends this request: from a bearer token to a citizen or a clerk of the authority."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings

from backend.authorities.queries import ClerkAccount, by_id
from backend.identity.configuration import read_issuers
from backend.identity.guests import TOKEN_PREFIX, guest_behind
from backend.identity.issuers import Kind, TrustedIssuer
from backend.identity.principals import Citizen, Machine
from backend.identity.revocations import refuse_revoked
from backend.identity.verified import VerifiedIdentity
from backend.identity.working import who_works
from backend.keys.queries import fingerprint
from backend.tenancy import acting_for
from signing.levels import TrustLevel
from signing.refusals import TokenRefused
from signing.tokens import Claims

LONGEST_TOKEN = 65_536


@cache
def trusted_issuers() -> dict[str, TrustedIssuer]:
    """Read once per process; an unsafe configuration stops the start (see `backend.wsgi`)."""
    environment = settings.ENVIRONMENT
    return read_issuers(
        configured=environment.issuers,
        production=environment.production,
        certificates=bool(environment.client_certificate_header),
    )


def who_is(
    *, token: str, authority_id: UUID, now: datetime, certificate: str | None = None
) -> Citizen | ClerkAccount | Machine:
    """The person or machine behind a token, as this authority knows her.

    `certificate`: the `x5t#S256` of the client's, if a trusted proxy has handed one over. Raises
    `TokenRefused` (`SignInTooOld` where she only has to sign in again; a clerk without an active account here
    is `issuer-wrong`: nobody of ours), or `identity.issuers.KeysUnavailable`.
    """
    if token.startswith(TOKEN_PREFIX):
        with acting_for(authority_id=authority_id):
            return guest_behind(token=token, now=now)
    trusted = trusted_issuers().get(_issuer_named_by(token))
    if trusted is None or not _serves(trusted, authority_id):
        raise TokenRefused("issuer-wrong")
    claims = trusted.claims(token=token, now=now, certificate=certificate)
    refuse_revoked(claims=claims)
    if trusted.kind is Kind.CITIZENS:
        return citizen_of(identity=_identity(claims))
    working = who_works(trusted=trusted, claims=claims, authority_id=authority_id, now=now)
    if working is None:
        raise TokenRefused("issuer-wrong")
    return working


def clerk_issuers(*, authority_id: UUID) -> frozenset[str]:
    """Addresses of the issuers with which this authority's clerks sign in."""
    return frozenset(
        url
        for url, trusted in trusted_issuers().items()
        if trusted.kind is Kind.CLERKS and _serves(trusted, authority_id)
    )


def is_clerks(*, issuer: str) -> bool:
    """Whether people of the staff sign in there."""
    trusted = trusted_issuers().get(issuer)
    return trusted is not None and trusted.kind is Kind.CLERKS


def level_names(*, issuer: str, level: TrustLevel) -> tuple[str, ...]:
    """How an issuer calls a trust level and those above it; empty for an issuer we do not know."""
    trusted = trusted_issuers().get(issuer)
    return trusted.level_names(level=level) if trusted else ()


def citizen_of(*, identity: VerifiedIdentity) -> Citizen:
    """The citizen whom an issuer vouches for, whether by a token or at the portal: the same person."""
    # JSON keeps the two apart: no other pair of issuer and subject gives the same text.
    account = json.dumps([identity.issuer, identity.subject])
    return Citizen(
        applicant=fingerprint(purpose="applicant", value=account),
        level=identity.level,
        attributes=identity.attributes,
        attribute_levels=identity.attribute_levels,
        source=identity.issuer,
        proved_by=identity.proved_by,
        authenticated_at=identity.authenticated_at,
    )


def _serves(trusted: TrustedIssuer, authority_id: UUID) -> bool:
    return not trusted.authorities or trusted.serves(authority=by_id(authority_id=authority_id).slug)


def _identity(claims: Claims) -> VerifiedIdentity:
    return VerifiedIdentity(
        issuer=claims.issuer,
        subject=claims.subject,
        level=claims.level,
        attributes=claims.attributes,
        attribute_levels=claims.attribute_levels,
        proved_by=claims.proved_by or "",
        authenticated_at=claims.authenticated_at,
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
