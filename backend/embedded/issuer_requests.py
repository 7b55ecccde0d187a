"""What the development issuer checks in a request before it answers: addresses, trust levels, credentials."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from backend.embedded.issuer_accounts import LEVEL_ADDRESS, TRUST_LEVELS, Client

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """An OAuth error (RFC 6749, sections 4.1.2.1 and 5.2); `redirect` is where to send it, if anywhere."""

    def __init__(self, error: str, description: str, *, redirect: str | None = None) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.redirect = error, description, redirect

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


def refuser(request: Mapping[str, str]) -> Any:
    """Makes errors that go back to the application; only after its redirect address has been checked."""

    def refuse(error: str, description: str) -> Refused:
        query = {"error": error, "error_description": description}
        query |= {"state": request["state"]} if "state" in request else {}
        return Refused(error, description, redirect=with_query(request["redirect_uri"], query))

    return refuse


def wanted_level(request: Mapping[str, str], refuse: Any) -> str | None:
    """The weakest level of `acr_values` (any of them will do, OpenID Connect Core, section 3.1.2.1)."""
    values = [value.removeprefix(LEVEL_ADDRESS) for value in request.get("acr_values", "").split()]
    known = [level for level in TRUST_LEVELS if level in values]
    if values and not known:
        raise refuse(
            "unmet_authentication_requirements", f"acr_values: use {LEVEL_ADDRESS}low, …substantial or …high"
        )
    return known[0] if known else None


def reaches(level: str, wanted: str | None) -> bool:
    return wanted is None or TRUST_LEVELS.index(level) >= TRUST_LEVELS.index(wanted)


def may_redirect(client: Client, address: str) -> bool:
    if address in client.redirect_uris:
        return True
    parts = urlsplit(address)
    # On loopback any port will do for development (RFC 8252, section 7.3).
    return (
        parts.scheme == "http"
        and parts.hostname in LOOPBACK_HOSTS
        and not parts.fragment
        and not parts.username
    )


def with_query(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def challenge(verifier: str) -> str:
    """S256 of RFC 7636, section 4.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    kind, _, value = (authorization or "").partition(" ")
    if kind.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(
            "invalid_client", "the Authorization header is not valid Basic authentication"
        ) from error
    return unquote(name), unquote(secret)
