"""Prefill links: answers that an authority puts into a form beforehand, sealed so that only it can read them.

A link begins a draft with them, for example from a letter. It proves nothing about who opens it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.keys.queries import wrapping_key, wrapping_key_by_id
from backend.keys.vault import CannotOpen

LONGEST_TOKEN = 6_000
_ID_BYTES = 16

TEXTS: Mapping[str, Mapping[str, str]] = {
    "link-unreadable": {
        "de": "Dieser Link gilt hier nicht oder ist beschädigt. Bitte beginnen Sie ohne ihn.",
        "en": "This link is not valid here or is damaged. Please begin without it.",
    },
    "link-expired": {
        "de": "Dieser Link ist abgelaufen. Bitte beginnen Sie ohne ihn oder bitten Sie um einen neuen.",
        "en": "This link has expired. Please begin without it or ask for a new one.",
    },
    "link-other-service": {
        "de": "Dieser Link gehört zu einer anderen Leistung.",
        "en": "This link belongs to another service.",
    },
}


class LinkRefused(ValueError):
    """The link cannot be used; `code` is a key of `TEXTS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class LinkTooLong(ValueError):
    """So many answers do not fit into an address."""


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What a link carries: answers to one version of a service's form."""

    version_id: UUID
    answers: dict[str, Any]


def seal_link(
    *, authority_id: UUID, service: str, version_id: UUID, answers: Mapping[str, Any], expires_at: datetime
) -> str:
    """The token of a link, safe in an address (in the caller's transaction). Raises `LinkTooLong`."""
    key_id, key = wrapping_key(authority_id=authority_id)
    content = {
        "service": service,
        "version": str(version_id),
        "answers": answers,
        "expires": expires_at.isoformat(),
    }
    sealed = key.seal_json(content, context=_context(authority_id))
    token = base64.urlsafe_b64encode(key_id.bytes + sealed).decode().rstrip("=")
    if len(token) > LONGEST_TOKEN:
        raise LinkTooLong(str(len(token)))
    return token


def open_link(*, authority_id: UUID, service: str, token: str, now: datetime) -> Prefilled:
    """What a token carries (in the caller's transaction). Raises `LinkRefused`."""
    if len(token) > LONGEST_TOKEN:
        raise LinkRefused("link-unreadable")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        key = wrapping_key_by_id(authority_id=authority_id, key_id=UUID(bytes=raw[:_ID_BYTES]))
        content = key.open_json(raw[_ID_BYTES:], context=_context(authority_id))
    except (binascii.Error, ValueError, CannotOpen) as error:
        raise LinkRefused("link-unreadable") from error
    if content["service"] != service:
        raise LinkRefused("link-other-service")
    if datetime.fromisoformat(content["expires"]) <= now:
        raise LinkRefused("link-expired")
    return Prefilled(version_id=UUID(content["version"]), answers=content["answers"])


def _context(authority_id: UUID) -> str:
    return f"prefill-link:{authority_id}"
