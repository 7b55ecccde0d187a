"""Makes and destroys keys. Runs inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from backend.keys import queries
from backend.keys.models import AuthorityKey, DataKey
from backend.keys.vault import Key, new_material


def create_authority_key(*, authority_id: UUID, now: datetime) -> None:
    """Give an authority the key that wraps the keys of its cases from now on."""
    name, material = settings.ENVIRONMENT.master_keys[0]
    AuthorityKey.objects.create(
        authority_id=authority_id,
        master_key=name,
        wrapped=Key.of(material).seal(new_material(), context=f"authority:{authority_id}"),
        created_at=now,
    )


def create_data_key(*, authority_id: UUID, owner_id: UUID) -> Key:
    """Make the key of a new case and return it ready for use."""
    wrapping_id, wrapping = queries.wrapping_key(authority_id=authority_id)
    material = new_material()
    DataKey.objects.create(
        authority_id=authority_id,
        owner_id=owner_id,
        authority_key_id=wrapping_id,
        wrapped=wrapping.seal(material, context=f"data:{owner_id}"),
    )
    return Key.of(material)


def destroy_data_key(*, owner_id: UUID) -> None:
    """Crypto-erasure: what was sealed with this key can never be read again."""
    DataKey.objects.filter(owner_id=owner_id).delete()
