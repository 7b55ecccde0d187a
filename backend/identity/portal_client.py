"""As whom the portal comes to an issuer: its client id there, and how it shows that it is the portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signing.client_assertions import UnfitClientKey, algorithm_of

AUTHENTICATIONS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
MEMBERS = frozenset({"client_id", "authentication", "secret_file", "key_file", "key_id", "scopes"})
SHORTEST_SECRET = 16


@dataclass(frozen=True, slots=True)
class PortalClient:
    """The portal as a client of one issuer. `secret` and `key_pem` never show in a log."""

    client_id: str
    authentication: str
    secret: str = field(default="", repr=False)
    key_pem: bytes = field(default=b"", repr=False)
    key_id: str | None = None
    scopes: tuple[str, ...] = ("openid",)


def read_portal_client(*, entry: Any, production: bool, reasons: list[str]) -> PortalClient | None:
    """The `portal` member of an issuer's entry; what is wrong with it is added to `reasons`."""
    if entry is None:
        return None
    if not isinstance(entry, Mapping):
        reasons.append("portal must be an object")
        return None
    reasons.extend(f"portal.{name} is not known" for name in sorted(entry.keys() - MEMBERS))
    client_id, key_id = entry.get("client_id"), entry.get("key_id")
    if not isinstance(client_id, str) or not client_id:
        reasons.append("portal.client_id is missing")
    if key_id is not None and not isinstance(key_id, str):
        reasons.append("portal.key_id must be a text")
    authentication = entry.get("authentication", "client_secret_basic")
    if authentication not in AUTHENTICATIONS:
        reasons.append(f"portal.authentication must be one of {', '.join(AUTHENTICATIONS)}")
    if authentication == "none" and production:
        reasons.append("portal.authentication none lets anybody pass for the portal: development only")
    secret = key_pem = b""
    if str(authentication).startswith("client_secret"):
        secret = _file(entry, "secret_file", reasons).strip()
        if len(secret) < SHORTEST_SECRET:
            reasons.append(f"portal.secret_file needs at least {SHORTEST_SECRET} characters")
    if authentication == "private_key_jwt":
        key_pem = _key(entry, reasons)
    return PortalClient(
        client_id=str(client_id),
        authentication=str(authentication),
        secret=secret.decode("utf-8", "replace"),
        key_pem=key_pem,
        key_id=key_id,
        scopes=_scopes(entry.get("scopes", ["openid"]), reasons),
    )


def _scopes(value: Any, reasons: list[str]) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not all(isinstance(name, str) for name in value)
        or "openid" not in value
    ):
        reasons.append('portal.scopes must be a list of names with "openid" among them')
        return ()
    return tuple(value)


def _file(entry: Mapping[str, Any], name: str, reasons: list[str]) -> bytes:
    try:
        return Path(str(entry[name])).read_bytes()
    except KeyError:
        reasons.append(f"portal.{name} is missing")
    except OSError as error:
        reasons.append(f"portal.{name} cannot be read ({error.strerror})")
    return b""


def _key(entry: Mapping[str, Any], reasons: list[str]) -> bytes:
    key_pem = _file(entry, "key_file", reasons)
    try:
        algorithm_of(key_pem=key_pem)
    except UnfitClientKey as error:
        reasons.append(f"portal.key_file {error}")
    return key_pem
