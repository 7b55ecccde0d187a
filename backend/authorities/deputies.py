"""Who is away and who stands in, from the tables for the rules of `workflows.deputies`.

Runs inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.authorities.models import Absence, Clerk, Membership
from workflows.deputies import Away, Staff, stands_in_for


@dataclass(frozen=True, slots=True, order=True)
class Substitution:
    """The right to do what an absent clerk may do with `role` in `unit`."""

    unit: str
    role: str
    clerk: UUID
    person: str


def away(absence: Absence) -> Away:
    """An absence as the rules see it."""
    return Away(
        clerk=str(absence.clerk_id),
        first_day=absence.first_day,
        last_day=absence.last_day,
        unit=absence.unit.key if absence.unit else None,
        deputy=str(absence.deputy_id) if absence.deputy_id else None,
        deputy_unit=absence.deputy_unit.key if absence.deputy_unit else None,
    )


def staff(*, absences: tuple[Away, ...]) -> Staff:
    """Everybody active, with the absences that count."""
    held: dict[str, set[tuple[str, str]]] = {
        str(clerk): set() for clerk in Clerk.objects.filter(active=True).values_list("id", flat=True)
    }
    for clerk, unit, role in Membership.objects.filter(clerk__active=True).values_list(
        "clerk_id", "unit__key", "role"
    ):
        held.setdefault(str(clerk), set()).add((unit, role))
    return Staff(memberships={clerk: frozenset(pairs) for clerk, pairs in held.items()}, absences=absences)


def open_absences(*, first_day: date, last_day: date) -> list[Absence]:
    """Absences that have not been ended and share a day with the given ones."""
    found = Absence.objects.filter(ended_at=None, first_day__lte=last_day, last_day__gte=first_day)
    return list(found.select_related("unit", "deputy_unit"))


def substitutions(*, clerk_id: UUID, today: date) -> frozenset[Substitution]:
    """What a clerk may do today in the place of others. One small query on days when nobody is away."""
    absences = open_absences(first_day=today, last_day=today)
    if not absences:
        return frozenset()
    rights = stands_in_for(
        clerk=str(clerk_id), staff=staff(absences=tuple(away(one) for one in absences)), on=today
    )
    persons = dict(
        Clerk.objects.filter(id__in={UUID(one.clerk) for one in rights}).values_list("id", "person")
    )
    return frozenset(
        Substitution(unit=one.unit, role=one.role, clerk=UUID(one.clerk), person=persons[UUID(one.clerk)])
        for one in rights
    )
