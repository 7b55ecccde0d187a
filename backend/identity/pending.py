"""What the portal has to remember while somebody signs in elsewhere: sealed, in her own browser."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.keys.queries import fingerprint
from backend.keys.vault import CannotOpen, Key

LONGEST = timedelta(minutes=30)


class NothingPending(Exception):
    """The browser did not start a sign-in here, or too long ago."""


def seal_pending(*, authority_id: UUID, values: Mapping[str, Any], now: datetime) -> str:
    """As a cookie's value: nobody but this installation can read or change it."""
    content = {"values": dict(values), "until": (now + LONGEST).isoformat()}
    sealed = _key().seal_json(content, context=f"pending:{authority_id}")
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def open_pending(*, authority_id: UUID, cookie: str | None, now: datetime) -> Mapping[str, Any]:
    """Raises `NothingPending`."""
    try:
        sealed = base64.urlsafe_b64decode((cookie or "") + "=" * (-len(cookie or "") % 4))
        content = _key().open_json(sealed, context=f"pending:{authority_id}")
    except (ValueError, CannotOpen) as error:
        raise NothingPending from error
    if now >= datetime.fromisoformat(content["until"]):
        raise NothingPending
    return dict(content["values"])


def _key() -> Key:
    return Key.of(fingerprint(purpose="pending-sign-in", value=""))
