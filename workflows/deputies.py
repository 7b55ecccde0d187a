"""Who stands in for whom on a day: absences, deputies, and deputies of deputies.

Pure: the caller gives everybody's memberships and the absences of the authority. Keys may be of any kind
that can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Away:
    """A clerk is away from `first_day` to `last_day`, both included.

    `unit` None: from all of her units. Exactly one of `deputy` (a clerk) and `deputy_unit` is given.
    """

    clerk: str
    first_day: date
    last_day: date
    unit: str | None = None
    deputy: str | None = None
    deputy_unit: str | None = None

    def covers(self, *, unit: str, on: date) -> bool:
        return self.first_day <= on <= self.last_day and self.unit in (None, unit)

    def contradicts(self, other: Away) -> bool:
        """Both would say who does the same work on the same day."""
        same_work = self.unit is None or other.unit is None or self.unit == other.unit
        same_days = self.first_day <= other.last_day and other.first_day <= self.last_day
        return self.clerk == other.clerk and same_work and same_days


@dataclass(frozen=True, slots=True, order=True)
class StandIn:
    """The right to do what `clerk` may do with `role` in `unit`."""

    clerk: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who works here now: clerk → pairs of unit and role; and who is away when."""

    memberships: Mapping[str, frozenset[tuple[str, str]]]
    absences: tuple[Away, ...]

    def absence_of(self, *, clerk: str, unit: str, on: date) -> Away | None:
        """What keeps a clerk from the work of a unit on a day."""
        of_clerk = (away for away in self.absences if away.clerk == clerk)
        return next((away for away in of_clerk if away.covers(unit=unit, on=on)), None)


def stands_in_for(*, clerk: str, staff: Staff, on: date) -> frozenset[StandIn]:
    """Whose work, of which unit and in which role, `clerk` may do on the day besides her own.

    Nobody who is away stands in: she passes on to her own deputy.
    """
    return frozenset(
        StandIn(absent, unit, role)
        for absent in {away.clerk for away in staff.absences if away.first_day <= on <= away.last_day}
        for unit, role in staff.memberships.get(absent, frozenset())
        if clerk in deputies(absent=absent, unit=unit, staff=staff, on=on)
    )


def deputies(*, absent: str, unit: str, staff: Staff, on: date) -> frozenset[str]:
    """Who does the work of an absent clerk in a unit: empty if she is there, or if nobody is left.

    Follows deputies of deputies; a circle ends with nobody. Never more steps than there are clerks. A
    deputy unit stands in with those of its members who are there, and does not pass on.
    """
    passed = {absent}
    away = staff.absence_of(clerk=absent, unit=unit, on=on)
    while away is not None:
        if away.deputy_unit is not None:
            return _present(away.deputy_unit, unit, staff, on) - passed
        deputy = away.deputy
        if deputy is None or deputy in passed or deputy not in staff.memberships:
            return frozenset()
        passed.add(deputy)
        away = staff.absence_of(clerk=deputy, unit=unit, on=on)
        if away is None:
            return frozenset({deputy})
    return frozenset()


def _present(deputy_unit: str, unit: str, staff: Staff, on: date) -> frozenset[str]:
    """Members of a unit who are away neither from it nor from the work they would do for another."""
    members = (
        clerk for clerk, held in staff.memberships.items() if any(where == deputy_unit for where, _ in held)
    )
    return frozenset(
        clerk
        for clerk in members
        if staff.absence_of(clerk=clerk, unit=deputy_unit, on=on) is None
        and staff.absence_of(clerk=clerk, unit=unit, on=on) is None
    )


def first_day_without_deputy(*, away: Away, staff: Staff) -> date | None:
    """The first day of an absence on which nobody would stand in for one of the units; None if there is none.

    `staff.absences` includes `away`. Only days on which some absence begins or has just ended are looked at:
    between them nothing changes.
    """
    units = {unit for unit, _ in staff.memberships.get(away.clerk, frozenset())}
    for day in sorted(_days_of_change(away, staff.absences)):
        for unit in units:
            if away.covers(unit=unit, on=day) and not deputies(
                absent=away.clerk, unit=unit, staff=staff, on=day
            ):
                return day
    return None


def _days_of_change(away: Away, absences: Iterable[Away]) -> set[date]:
    days = {away.first_day}
    for other in absences:
        days |= {other.first_day, other.last_day + timedelta(days=1)}
    return {day for day in days if away.first_day <= day <= away.last_day}
