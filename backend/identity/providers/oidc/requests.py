"""The portal's own requests to an OpenID Connect issuer: code for tokens, and what it says of a person."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

import httpx
import structlog

from backend.identity.issuers import LARGEST_ANSWER, SECONDS, IssuerAway
from backend.identity.portal_client import PortalClient
from signing.client_assertions import ASSERTION_TYPE, client_assertion

log = structlog.get_logger()

SERVER_ERROR = 500


class RefusedByIssuer(Exception):
    """The issuer gives no tokens; `error` is its code (RFC 6749 § 5.2) or ours."""

    def __init__(self, error: str) -> None:
        self.error = error[:100]
        super().__init__(self.error)


def exchange_code(
    *,
    portal: PortalClient,
    endpoint: str,
    audience: str,
    code: str,
    verifier: str,
    return_to: str,
    now: datetime,
) -> Mapping[str, str]:
    """The tokens for an authorization code, with `id_token` among them.

    Raises `RefusedByIssuer`, or `IssuerAway` if it does not answer: a code is good for one try only.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": verifier,
    }
    headers = _authenticate(portal, form, audience=audience, now=now)
    try:
        with _client() as client:
            answer = client.post(endpoint, data=form, headers=headers)
            content = _object(answer)
    except httpx.HTTPError as error:
        raise IssuerAway(endpoint) from error
    if answer.status_code >= SERVER_ERROR:
        raise IssuerAway(endpoint)
    if answer.status_code != httpx.codes.OK:
        raise RefusedByIssuer(str(content.get("error", answer.status_code)))
    tokens = {
        name: content[name] for name in ("id_token", "access_token") if isinstance(content.get(name), str)
    }
    if "id_token" not in tokens:
        raise RefusedByIssuer("no id_token")
    return tokens


def ask_userinfo(*, endpoint: str, access_token: str) -> Mapping[str, Any]:
    """What the issuer says of the person; nothing if it does not answer: every attribute may be missing."""
    try:
        with _client() as client:
            answer = client.get(endpoint, headers={"Authorization": f"Bearer {access_token}"})
            return _object(answer.raise_for_status())
    except (httpx.HTTPError, RefusedByIssuer) as error:
        log.warning("userinfo_not_fetched", error=type(error).__name__)
        return {}


def _authenticate(
    portal: PortalClient, form: dict[str, str], *, audience: str, now: datetime
) -> Mapping[str, str]:
    """Adds to the form, or returns as headers, what shows that the portal is asking (RFC 6749 § 2.3)."""
    if portal.authentication == "client_secret_basic":
        pair = (quote_plus(portal.client_id), quote_plus(portal.secret))
        encoded = base64.b64encode(":".join(pair).encode()).decode()
        return {"Authorization": f"Basic {encoded}"}
    form["client_id"] = portal.client_id
    if portal.authentication == "client_secret_post":
        form["client_secret"] = portal.secret
    if portal.authentication == "private_key_jwt":
        form["client_assertion_type"] = ASSERTION_TYPE
        form["client_assertion"] = client_assertion(
            client=portal.client_id,
            audience=audience,
            key_pem=portal.key_pem,
            kid=portal.key_id,
            jti=secrets.token_urlsafe(16),
            now=now,
        )
    return {}


def _client() -> httpx.Client:
    return httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False)


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    if len(answer.content) > LARGEST_ANSWER:
        raise RefusedByIssuer("answer too large")
    try:
        content = answer.json()
    except ValueError:
        content = None
    return content if isinstance(content, dict) else {}
