from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.deputies import Away, Staff, StandIn, deputies, first_day_without_deputy, stands_in_for

MONDAY = date(2026, 11, 23)
CLERKS = ("anna", "berta", "carl", "dora")
UNITS = ("steueramt", "bauamt")
ROLES = ("clerk", "approver")


def away(clerk: str, deputy: str | None = None, *, first: int = 0, days: int = 5, **more: str | None) -> Away:
    first_day = MONDAY + timedelta(days=first)
    return Away(clerk, first_day, first_day + timedelta(days=days - 1), deputy=deputy, **more)


def staff(*absences: Away, **memberships: list[str]) -> Staff:
    """`anna=["steueramt/approver"]`; everybody else is a clerk of the tax office."""
    held = {
        clerk: frozenset(tuple(one.split("/")) for one in memberships.get(clerk, ["steueramt/clerk"]))
        for clerk in CLERKS
    }
    return Staff(memberships=held, absences=absences)


def stands_in(clerk: str, town: Staff, day: int = 0) -> set[str]:
    found = stands_in_for(clerk=clerk, staff=town, on=MONDAY + timedelta(days=day))
    return {f"{one.clerk} {one.unit}/{one.role}" for one in found}


@pytest.mark.parametrize(("day", "expected"), [(-1, False), (0, True), (4, True), (5, False)])
def test_from_the_first_to_the_last_day(day: int, expected: bool) -> None:
    town = staff(away("anna", "berta"), anna=["steueramt/clerk", "steueramt/approver"])
    both = {"anna steueramt/clerk", "anna steueramt/approver"}
    assert stands_in("berta", town, day) == (both if expected else set())
    assert stands_in("carl", town, day) == set()


def test_only_for_the_unit_of_the_absence() -> None:
    town = staff(away("anna", "berta", unit="bauamt"), anna=["steueramt/clerk", "bauamt/clerk"])
    assert stands_in("berta", town) == {"anna bauamt/clerk"}


def test_a_deputy_who_is_away_passes_on() -> None:
    town = staff(away("anna", "berta"), away("berta", "carl", first=2, days=1))
    assert stands_in("berta", town) == {"anna steueramt/clerk"}
    assert stands_in("carl", town, 2) == {"anna steueramt/clerk", "berta steueramt/clerk"}
    assert stands_in("berta", town, 2) == set()


def test_a_deputy_who_is_away_from_another_unit_only_stays() -> None:
    town = staff(away("anna", "berta"), away("berta", "carl", unit="bauamt"))
    assert stands_in("berta", town) == {"anna steueramt/clerk"}


def test_a_circle_ends_with_nobody() -> None:
    town = staff(away("anna", "berta"), away("berta", "carl"), away("carl", "anna"))
    assert [stands_in(clerk, town) for clerk in CLERKS] == [set()] * 4


def test_a_unit_stands_in_with_those_who_are_there() -> None:
    town = staff(
        away("anna", deputy_unit="bauamt"), away("berta", "dora"),
        berta=["bauamt/clerk"], carl=["bauamt/clerk"], dora=["it/clerk"],
    )  # fmt: skip
    assert stands_in("carl", town) == {"anna steueramt/clerk"}
    assert stands_in("dora", town) == {"berta bauamt/clerk"}
    assert stands_in("berta", town) == set()


def test_whoever_left_stands_in_for_nobody() -> None:
    town = staff(away("anna", "gone"))
    assert deputies(absent="anna", unit="steueramt", staff=town, on=MONDAY) == frozenset()


def test_the_day_on_which_nobody_is_left_is_found() -> None:
    mine = away("anna", "berta")
    town = staff(mine, away("berta", "anna", first=3, days=9))
    assert first_day_without_deputy(away=mine, staff=town) == MONDAY + timedelta(days=3)
    assert first_day_without_deputy(away=mine, staff=staff(mine)) is None
    other = away("anna", "berta", unit="bauamt")
    assert first_day_without_deputy(away=other, staff=staff(other, away("berta", "anna"))) is None


@pytest.mark.parametrize(
    ("other", "contradicts"),
    [
        (away("anna", "carl", first=4), True),
        (away("anna", "carl", first=5), False),
        (away("anna", "carl", unit="bauamt"), True),
        (away("berta", "carl"), False),
    ],
)
def test_contradictions(other: Away, contradicts: bool) -> None:
    assert away("anna", "berta").contradicts(other) is contradicts
    assert other.contradicts(away("anna", "berta")) is contradicts
    assert not away("anna", "b", unit="steueramt").contradicts(away("anna", "c", unit="bauamt"))


@st.composite
def towns(draw: st.DrawFn) -> Staff:
    pairs = st.frozensets(st.tuples(st.sampled_from(UNITS), st.sampled_from(ROLES)), max_size=3)
    memberships = {clerk: draw(pairs) for clerk in CLERKS[: draw(st.integers(2, 4))]}
    absences: list[Away] = []
    for _ in range(draw(st.integers(0, 6))):
        to_unit = draw(st.booleans())
        new = away(
            draw(st.sampled_from(CLERKS)),
            None if to_unit else draw(st.sampled_from(CLERKS)),
            first=draw(st.integers(-3, 3)),
            days=draw(st.integers(1, 5)),
            unit=draw(st.sampled_from([None, *UNITS])),
            deputy_unit=draw(st.sampled_from(UNITS)) if to_unit else None,
        )
        if not any(new.contradicts(old) for old in absences):
            absences.append(new)
    return Staff(memberships=memberships, absences=tuple(absences))


@given(towns(), st.integers(-4, 8))
def test_nobody_gets_more_than_absent_people_have(town: Staff, day: int) -> None:
    on = MONDAY + timedelta(days=day)
    for clerk in town.memberships:
        for one in stands_in_for(clerk=clerk, staff=town, on=on):
            assert (one.unit, one.role) in town.memberships[one.clerk]
            assert one.clerk != clerk
            assert town.absence_of(clerk=one.clerk, unit=one.unit, on=on) is not None
            assert town.absence_of(clerk=clerk, unit=one.unit, on=on) is None, "who is away passes on"


@given(towns(), st.integers(-4, 8))
def test_where_no_deputy_is_a_unit_at_most_one_person_stands_in(town: Staff, day: int) -> None:
    persons = Staff(town.memberships, tuple(one for one in town.absences if one.deputy is not None))
    seen: dict[StandIn, str] = {}
    for clerk in town.memberships:
        for one in stands_in_for(clerk=clerk, staff=persons, on=MONDAY + timedelta(days=day)):
            assert seen.setdefault(one, clerk) == clerk


@given(towns(), st.data())
def test_the_days_looked_at_are_enough(town: Staff, data: st.DataObject) -> None:
    if not town.absences:
        return
    one = data.draw(st.sampled_from(town.absences))
    held = {unit for unit, _ in town.memberships.get(one.clerk, frozenset())}
    days = [one.first_day + timedelta(days=n) for n in range((one.last_day - one.first_day).days + 1)]
    bad = [
        day
        for day in days
        if any(
            one.covers(unit=unit, on=day) and not deputies(absent=one.clerk, unit=unit, staff=town, on=day)
            for unit in held
        )
    ]
    assert first_day_without_deputy(away=one, staff=town) == (bad[0] if bad else None)
