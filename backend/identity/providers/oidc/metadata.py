"""Which issuer a way leads to, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from backend.identity.issuers import TrustedIssuer
from backend.identity.portal_client import PortalClient
from backend.identity.providers.contract import SignInRefused
from backend.identity.queries import trusted_issuers
from signing.jwks import KeySet
from signing.refusals import TokenRefused

Answer = TypeVar("Answer")


def issuer_behind(*, name: str) -> tuple[TrustedIssuer, PortalClient]:
    """Raises `SignInRefused` for a name that is not configured."""
    for one in trusted_issuers().values():
        if one.portal and one.name == name:
            return one, one.portal
    raise SignInRefused("refused", "no such way")


def with_keys(
    trusted: TrustedIssuer, use: Callable[[KeySet], Answer], now: datetime, *, from_issuer: bool
) -> Answer:
    """`use` with the issuer's keys; once more with fresh ones if a token names a key we do not know.

    `from_issuer`: see `IssuerKeys.at`.
    """
    try:
        return use(trusted.keys.at(now=now))
    except TokenRefused as refused:
        if refused.code != "key-unknown":
            raise
        return use(trusted.keys.at(now=now, unknown_key=True, from_issuer=from_issuer))


def endpoint(trusted: TrustedIssuer, metadata: Mapping[str, Any], name: str) -> str:
    """An address from the issuer's metadata. Raises `SignInRefused` if there is none to trust."""
    url = str(metadata.get(name, ""))
    wanted = {"https", "http"} if trusted.issuer.development else {"https"}
    if urlsplit(url).scheme not in wanted or not urlsplit(url).hostname:
        raise SignInRefused("refused", f"{name} is missing or not https")
    return url
