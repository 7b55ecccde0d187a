"""The staff of an authority for those who look after it: clerks, units, absences."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from backend.authorities.errors import NoSuchClerk
from backend.authorities.models import Absence, Clerk, Unit
from backend.authorities.staff import MEMBERSHIPS
from backend.tenancy import acting_for


def clerks(*, authority_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Clerk]:
    """All accounts, active or not, oldest first, from the place `after`."""
    with acting_for(authority_id=authority_id):
        found = _clerks()
        if after is not None:
            created_at, clerk_id = after
            found = found.filter(Q(created_at__gt=created_at) | Q(created_at=created_at, id__gt=clerk_id))
        return list(found.order_by("created_at", "id")[:limit])


def clerk(*, authority_id: UUID, clerk_id: UUID) -> Clerk:
    """Raises `NoSuchClerk`."""
    with acting_for(authority_id=authority_id):
        found = _clerks().filter(id=clerk_id).first()
        if found is None:
            raise NoSuchClerk
        return found


def units(*, authority_id: UUID) -> list[Unit]:
    """By key."""
    with acting_for(authority_id=authority_id):
        return list(Unit.objects.order_by("key"))


def absences(*, authority_id: UUID, clerk_id: UUID) -> list[Absence]:
    """All of one clerk, the latest first, ended ones too. Raises `NoSuchClerk`."""
    with acting_for(authority_id=authority_id):
        if not Clerk.objects.filter(id=clerk_id).exists():
            raise NoSuchClerk
        found = Absence.objects.filter(clerk_id=clerk_id).select_related("unit", "deputy_unit")
        return list(found.order_by("-first_day", "-id"))


def _clerks() -> QuerySet[Clerk]:
    return Clerk.objects.prefetch_related(MEMBERSHIPS)
