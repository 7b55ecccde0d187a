"""Who works here: from the claims of a verified token to a clerk's account or a machine of this authority."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from backend.authorities.provisioning import Told, account_at_sign_in
from backend.authorities.queries import ClerkAccount
from backend.identity.issuers import Kind, TrustedIssuer
from backend.identity.principals import Machine
from signing.refusals import TokenRefused
from signing.tokens import Claims


def who_works(
    *, trusted: TrustedIssuer, claims: Claims, authority_id: UUID, now: datetime
) -> ClerkAccount | Machine | None:
    """The clerk or machine behind a token of an issuer that serves this authority; None: nobody of ours.

    Raises `TokenRefused` when the issuer should have said which person it is and did not.
    """
    if trusted.kind is Kind.MACHINES:
        # A machine belongs to the authorities its issuer is configured for, never to all.
        if not trusted.authorities:
            return None
        return Machine(client=claims.client or claims.subject, issuer=claims.issuer, scopes=claims.scopes)
    return account_at_sign_in(
        authority_id=authority_id,
        issuer=claims.issuer,
        subject=claims.subject,
        told=_told(trusted, claims),
        today=localdate(now),
    )


def _told(trusted: TrustedIssuer, claims: Claims) -> Told | None:
    if trusted.memberships is None:
        return None
    given = {name: str(value) for name, value in claims.attributes.items() if isinstance(value, str | int)}
    # Four eyes count persons: an issuer that is to name them must.
    if "person" in trusted.issuer.claims.attributes and not given.get("person"):
        raise TokenRefused("claims-incomplete")
    parts = (given.get("given_name"), given.get("family_name"))
    full_name = given.get("name") or " ".join(part for part in parts if part)
    return Told(
        person=given.get("person", claims.subject)[:100],
        name=(full_name or claims.subject)[:200],
        memberships=trusted.memberships.of(claims.roles),
        at=claims.issued_at,
    )
