"""Declares, corrects and ends absences, so that on every day somebody is there for the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.authorities.deputies import away, open_absences, staff
from backend.authorities.errors import (
    AbsenceRefused,
    ChangedMeanwhile,
    KeyReused,
    NoSuchClerk,
    problem,
    unknown_unit,
)
from backend.authorities.models import Absence, Clerk, Unit
from backend.authorities.staff import locked, one_at_a_time
from backend.keys.queries import fingerprint
from backend.tenancy import acting_for
from forms.problems import Problem
from workflows.deputies import first_day_without_deputy

LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class AbsenceWish:
    """An absence as somebody wants it; `unit` None: all units. One of `deputy` and `deputy_unit`."""

    first_day: date
    last_day: date
    unit: str | None = None
    deputy: UUID | None = None
    deputy_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    absence: Absence
    repeated: bool


@dataclass(frozen=True, slots=True)
class Declarer:
    """Who says so: `own` if it is the absent clerk herself, who may choose among her unit's people only."""

    actor: str
    own: UUID | None = None

    def check(self, clerk_id: UUID) -> None:
        if self.own is not None and self.own != clerk_id:
            raise NoSuchClerk


def declare(
    *,
    authority_id: UUID,
    clerk_id: UUID,
    wish: AbsenceWish,
    by: Declarer,
    idempotency_key: str,
    now: datetime,
) -> Declared:
    """Somebody will be away. The same key again gives the same absence.

    Raises `NoSuchClerk`, `AbsenceRefused` with everything that is wrong, or `KeyReused`.
    """
    key = fingerprint(purpose="absence-key", value=f"{by.actor}\0{idempotency_key}")
    request = fingerprint(purpose="absence-request", value=repr((clerk_id, wish)))
    with acting_for(authority_id=authority_id):
        one_at_a_time(authority_id)
        by.check(clerk_id)
        clerk = locked(clerk_id=clerk_id)
        earlier = _found(idempotency_key=key)
        if earlier is not None:
            if bytes(earlier.request_hash) != request:
                raise KeyReused
            return Declared(earlier, repeated=True)
        absence = Absence(
            authority_id=authority_id,
            clerk=clerk,
            declared_by=by.actor,
            declared_at=now,
            idempotency_key=key,
            request_hash=request,
        )
        _apply(absence, wish, by)
        absence.save(force_insert=True)
        return Declared(absence, repeated=False)


def correct(
    *, authority_id: UUID, absence_id: UUID, revision: int, wish: AbsenceWish, by: Declarer, now: datetime
) -> Absence:
    """End an absence and declare another in its place, in the name of whoever corrects it.

    Raises `NoSuchClerk`, `ChangedMeanwhile` or `AbsenceRefused`.
    """
    with acting_for(authority_id=authority_id):
        one_at_a_time(authority_id)
        old = _open(absence_id, revision, by)
        _end(old, by, now)
        absence = Absence(
            authority_id=authority_id,
            clerk=old.clerk,
            declared_by=by.actor,
            declared_at=now,
            # What was ended is never corrected again: there is one successor.
            idempotency_key=fingerprint(purpose="absence-correction", value=str(old.id)),
            request_hash=fingerprint(purpose="absence-request", value=repr((old.clerk_id, wish))),
        )
        _apply(absence, wish, by)
        absence.save(force_insert=True)
        return absence


def end(*, authority_id: UUID, absence_id: UUID, revision: int, by: Declarer, now: datetime) -> Absence:
    """From this moment on nobody stands in because of it. Raises `NoSuchClerk` or `ChangedMeanwhile`."""
    with acting_for(authority_id=authority_id):
        one_at_a_time(authority_id)
        absence = _open(absence_id, revision, by)
        _end(absence, by, now)
        return absence


def _end(absence: Absence, by: Declarer, now: datetime) -> None:
    absence.ended_at, absence.ended_by = now, by.actor
    absence.revision += 1
    absence.save(update_fields=["ended_at", "ended_by", "revision"])


def _found(**where: Any) -> Absence | None:
    return Absence.objects.filter(**where).select_related("clerk", "unit", "deputy", "deputy_unit").first()


def _open(absence_id: UUID, revision: int, by: Declarer) -> Absence:
    absence = _found(id=absence_id, ended_at=None)
    if absence is None:
        raise NoSuchClerk
    by.check(absence.clerk_id)
    if absence.revision != revision:
        raise ChangedMeanwhile(absence.revision)
    return absence


def _apply(absence: Absence, wish: AbsenceWish, by: Declarer) -> None:
    """Put the wish into the row, or refuse it whole."""
    problems = list(_problems_of_days(wish))
    absence.first_day, absence.last_day = wish.first_day, wish.last_day
    absence.unit = _unit("/unit", wish.unit, problems)
    absence.deputy_unit = _unit("/deputy_unit", wish.deputy_unit, problems)
    absence.deputy = _deputy(absence.clerk, wish, problems)
    if not problems:
        problems += _problems_of_deputy(absence, by)
    if not problems:
        problems += _problems_with_others(absence)
    if problems:
        raise AbsenceRefused(problems)


def _problems_of_days(wish: AbsenceWish) -> list[Problem]:
    if wish.last_day < wish.first_day:
        return [
            problem(
                "/last_day",
                "ends-before-it-begins",
                "Der letzte Tag liegt vor dem ersten.",
                "The last day is before the first.",
            )
        ]
    if wish.last_day - wish.first_day > LONGEST:
        return [
            problem(
                "/last_day",
                "too-long",
                "Länger als drei Jahre: bitte das Konto deaktivieren.",
                "Longer than three years: please deactivate the account.",
            )
        ]
    return []


def _unit(where: str, key: str | None, problems: list[Problem]) -> Unit | None:
    unit = Unit.objects.filter(key=key).first() if key is not None else None
    if key is not None and unit is None:
        problems.append(unknown_unit(where, key))
    return unit


def _deputy(absent: Clerk, wish: AbsenceWish, problems: list[Problem]) -> Clerk | None:
    if (wish.deputy is None) == (wish.deputy_unit is None):
        problems.append(
            problem(
                "/deputy",
                "one-deputy",
                "Bitte genau eines angeben: eine Person (deputy) oder eine Einheit (deputy_unit).",
                "Please give exactly one: a person (deputy) or a unit (deputy_unit).",
            )
        )
        return None
    deputy = Clerk.objects.filter(id=wish.deputy, active=True).first() if wish.deputy else None
    if wish.deputy is not None and (deputy is None or deputy.person == absent.person):
        problems.append(
            problem(
                "/deputy",
                "no-such-deputy",
                "Die Vertretung muss eine andere Person mit einem aktiven Konto dieser Behörde sein.",
                "The deputy must be another person with an active account at this authority.",
            )
        )
    return deputy


def _problems_of_deputy(absence: Absence, by: Declarer) -> list[Problem]:
    """Whoever is away may not hand her rights to just anybody; a configurator may."""
    if by.own is None:
        return []
    keys = set(absence.clerk.memberships.values_list("unit__key", flat=True))
    units = {absence.unit.key} & keys if absence.unit else keys
    if absence.deputy is not None:
        theirs = set(absence.deputy.memberships.values_list("unit__key", flat=True))
        fits = units <= theirs
    else:
        fits = absence.deputy_unit is not None and units == {absence.deputy_unit.key}
    if fits and units:
        return []
    return [
        problem(
            "/deputy",
            "deputy-of-another-unit",
            "Selbst können Sie nur jemanden benennen, der in derselben Einheit arbeitet. Bitte je Einheit "
            "eintragen oder die Fachadministration bitten.",
            "Yourself you can only name somebody who works in the same unit. Please enter each unit for "
            "itself, or ask a configurator.",
        )
    ]


def _problems_with_others(absence: Absence) -> list[Problem]:
    new = away(absence)
    others = [
        away(one)
        for one in open_absences(first_day=absence.first_day, last_day=absence.last_day)
        if one.id != absence.id
    ]
    if any(new.contradicts(other) for other in others):
        return [
            problem(
                "/first_day",
                "overlaps",
                "Für diese Tage ist schon eine Abwesenheit eingetragen. Bitte diese ändern.",
                "There already is an absence on these days. Please change that one.",
            )
        ]
    day = first_day_without_deputy(away=new, staff=staff(absences=(new, *others)))
    if day is None:
        return []
    return [
        problem(
            "/deputy",
            "nobody-left",
            f"Am {day:%d.%m.%Y} wäre niemand da: Die Vertretung ist selbst abwesend und führt zu niemandem. "
            "Bitte eine andere Vertretung wählen.",
            f"On {day.isoformat()} nobody would be there: the deputy is away too and leads to nobody. "
            "Please choose another one.",
        )
    ]
