"""Finds keys and unwraps them. Runs inside the caller's transaction."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from backend.keys.models import AuthorityKey, DataKey
from backend.keys.vault import CannotOpen, Key

# Which key is the newest of an authority. Remembered per process: a rotation takes effect with a restart
# at the latest, and the older key still opens what it wrapped.
_newest: dict[UUID, tuple[UUID, Key]] = {}


def wrapping_key(*, authority_id: UUID) -> tuple[UUID, Key]:
    """The newest key of the authority, with its id."""
    if authority_id not in _newest:
        row = AuthorityKey.objects.filter(authority_id=authority_id).latest("created_at")
        _newest[authority_id] = (row.id, _unwrap(authority_id, row.master_key, bytes(row.wrapped)))
    return _newest[authority_id]


def wrapping_key_by_id(*, authority_id: UUID, key_id: UUID) -> Key:
    """One key of the authority, also an older one. Raises `CannotOpen`."""
    row = AuthorityKey.objects.filter(authority_id=authority_id, id=key_id).first()
    if row is None:
        raise CannotOpen(f"authority key {key_id}")
    return _unwrap(authority_id, row.master_key, bytes(row.wrapped))


def data_key(*, owner_id: UUID) -> Key:
    """The key of one case. Raises `CannotOpen` when it was destroyed."""
    row = DataKey.objects.select_related("authority_key").filter(owner_id=owner_id).first()
    if row is None:
        raise CannotOpen(f"the key of {owner_id} does not exist or was destroyed")
    wrapping = _unwrap(row.authority_id, row.authority_key.master_key, bytes(row.authority_key.wrapped))
    return Key.of(wrapping.open(bytes(row.wrapped), context=f"data:{owner_id}"))


def was_erased(*, owner_id: UUID) -> bool:
    """Whether a case or draft has no key any more: whatever was sealed with it is gone for good."""
    return not DataKey.objects.filter(owner_id=owner_id).exists()


def fingerprint(*, purpose: str, value: str) -> bytes:
    """A keyed hash (HMAC-SHA-256) with which equal values are found again without storing them.

    Its key never changes (`LAUFZETTEL_INDEX_KEY`): with another one nothing would be found any more.
    """
    return hmac.digest(settings.ENVIRONMENT.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256)


@lru_cache(maxsize=1024)
def _unwrap(authority_id: UUID, master_key: str, wrapped: bytes) -> Key:
    for name, material in settings.ENVIRONMENT.master_keys:
        if name == master_key:
            return Key.of(Key.of(material).open(wrapped, context=f"authority:{authority_id}"))
    raise CannotOpen(f"LAUFZETTEL_MASTER_KEYS has no key named {master_key}")
