"""Signing in with OpenID Connect: Authorization Code, PKCE (RFC 7636), state, nonce and `iss` (RFC 9207)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from backend.identity.issuers import IssuerAway, KeysUnavailable, Kind, TrustedIssuer
from backend.identity.providers.contract import Departure, SignInRefused, Wanted, Way
from backend.identity.providers.oidc.answers import claims_of, code_of
from backend.identity.providers.oidc.metadata import endpoint, issuer_behind
from backend.identity.providers.oidc.requests import RefusedByIssuer, exchange_code
from backend.identity.queries import trusted_issuers
from backend.identity.verified import VerifiedIdentity
from signing.levels import TrustLevel
from signing.refusals import TokenRefused
from signing.tokens import Claims

RANDOM_BYTES = 32


class OpenIdConnect:
    """The provider for the issuers of `LAUFZETTEL_ISSUERS` that have a `portal`."""

    def ways(self, *, authority: str) -> tuple[Way, ...]:
        return tuple(
            Way(name=one.name, label=one.label, provider="oidc", for_clerks=one.kind is Kind.CLERKS)
            for one in trusted_issuers().values()
            if one.portal and one.serves(authority=authority)
        )

    def start(self, *, way: Way, wanted: Wanted, now: datetime) -> Departure:
        """Raises `IssuerAway`, before anybody is sent to an issuer that does not answer."""
        trusted, portal = issuer_behind(name=way.name)
        metadata = trusted.keys.answering(now=now)
        state, nonce, verifier = (secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        parameters = {
            "response_type": "code",
            "client_id": portal.client_id,
            "redirect_uri": wanted.return_to,
            "scope": " ".join(portal.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
            "ui_locales": wanted.language,
            **_strength(trusted, wanted, metadata),
        }
        max_age = wanted.max_age or trusted.issuer.max_age
        return Departure(
            url=_with_query(endpoint(trusted, metadata, "authorization_endpoint"), parameters),
            remember={
                "state": state,
                "nonce": nonce,
                "verifier": verifier,
                "return_to": wanted.return_to,
                "max_age": int(max_age.total_seconds()) if max_age else None,
                "level": wanted.level.word if wanted.level is not None else None,
            },
        )

    def finish(
        self, *, way: Way, remembered: Mapping[str, Any], answer: Mapping[str, str], now: datetime
    ) -> VerifiedIdentity:
        trusted, portal = issuer_behind(name=way.name)
        metadata = trusted.keys.metadata or trusted.keys.answering(now=now)
        code = code_of(answer=answer, remembered=remembered, issuer=trusted.issuer.url, metadata=metadata)
        try:
            tokens = exchange_code(
                portal=portal,
                endpoint=endpoint(trusted, metadata, "token_endpoint"),
                audience=trusted.issuer.url,
                code=code,
                verifier=remembered["verifier"],
                return_to=remembered["return_to"],
                now=now,
            )
            claims = claims_of(trusted, metadata=metadata, tokens=tokens, remembered=remembered, now=now)
        except RefusedByIssuer as refused:
            raise SignInRefused("refused", refused.error) from refused
        except TokenRefused as refused:
            raise SignInRefused(
                "mixed-up" if refused.code == "nonce-wrong" else "refused", refused.code
            ) from refused
        except KeysUnavailable as error:
            raise IssuerAway(trusted.issuer.url) from error
        if remembered["level"] and claims.level < TrustLevel[remembered["level"].upper()]:
            raise SignInRefused("level", claims.level.word)
        return _identity(claims)

    def goodbye(self, *, identity: VerifiedIdentity, return_to: str, now: datetime) -> Departure | None:
        """RP-initiated logout. Without an ID token as a hint: it says who she is, and this is an address."""
        trusted = trusted_issuers().get(identity.issuer)
        if trusted is None or trusted.portal is None:
            return None
        metadata = trusted.keys.metadata or trusted.keys.answering(now=now)
        if "end_session_endpoint" not in metadata:
            return None
        parameters = {"client_id": trusted.portal.client_id, "post_logout_redirect_uri": return_to}
        return Departure(url=_with_query(endpoint(trusted, metadata, "end_session_endpoint"), parameters))


def _strength(trusted: TrustedIssuer, wanted: Wanted, metadata: Mapping[str, Any]) -> dict[str, str]:
    """How sure and how fresh the sign-in has to be, in the issuer's words."""
    parameters = {}
    max_age = wanted.max_age or trusted.issuer.max_age
    if max_age is not None:
        parameters["max_age"] = str(int(max_age.total_seconds()))
    names = trusted.level_names(level=wanted.level) if wanted.level else ()
    # One or the other, never both (Core § 5.5.1.1). acr_values is only a wish; an essential claim makes the
    # issuer step up or say no.
    if metadata.get("claims_parameter_supported") is True:
        acr = {"essential": True, "values": names} if names else None
        parameters["claims"] = json.dumps({"id_token": {"acr": acr, "auth_time": None}})
    elif names:
        parameters["acr_values"] = " ".join(names)
    return parameters


def _identity(claims: Claims) -> VerifiedIdentity:
    return VerifiedIdentity(
        issuer=claims.issuer,
        subject=claims.subject,
        level=claims.level,
        attributes=dict(claims.attributes),
        attribute_levels=dict(claims.attribute_levels),
        proved_by=claims.proved_by or "",
        authenticated_at=claims.authenticated_at,
        session=claims.session,
        account=claims.account,
    )


def _with_query(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(parameters)}"


PROVIDER = OpenIdConnect()
