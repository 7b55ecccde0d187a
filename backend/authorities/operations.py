"""Sets up authorities, units and clerks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.authorities.models import Authority, Clerk, Membership, Unit
from backend.keys.operations import create_authority_key
from backend.tenancy import acting_for


def found_authority(
    *,
    authority_id: UUID,
    slug: str,
    name: str,
    land: str,
    letterhead: Mapping[str, Any],
    units: Mapping[str, str],
    host: str | None,
    now: datetime,
) -> Authority:
    """Create a municipality with its key and its units (unit key → name).

    `land` is the two-letter code, as in `NI`.
    """
    with acting_for(authority_id=authority_id):
        authority = Authority.objects.create(
            id=authority_id, slug=slug, name=name, land=land, letterhead=dict(letterhead), host=host
        )
        create_authority_key(authority_id=authority_id, now=now)
        Unit.objects.bulk_create(
            Unit(authority_id=authority_id, key=key, name=unit_name) for key, unit_name in units.items()
        )
        return authority


def employ_clerk(
    *,
    authority_id: UUID,
    issuer: str,
    subject: str,
    person: str,
    name: str,
    memberships: Iterable[tuple[str, str]],
) -> Clerk:
    """Create a clerk's account with roles in units. Raises `Unit.DoesNotExist` for an unknown unit."""
    with acting_for(authority_id=authority_id):
        clerk = Clerk.objects.create(
            authority_id=authority_id, issuer=issuer, subject=subject, person=person, name=name
        )
        for unit_key, role in memberships:
            Membership.objects.create(
                authority_id=authority_id, clerk=clerk, unit=Unit.objects.get(key=unit_key), role=role
            )
        return clerk


def move_accounts(*, authority_id: UUID, to_issuer: str) -> int:
    """After the clerks' issuer got a new address: their accounts follow it; returns how many."""
    with acting_for(authority_id=authority_id):
        return (
            Clerk.objects.filter(authority_id=authority_id).exclude(issuer=to_issuer).update(issuer=to_issuer)
        )
