"""The dated cases of `legal_calendar.txt`, and our holidays against a second calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows import own_calendar
from workflows.deadlines import (
    LAENDER,
    Counting,
    Duration,
    Holidays,
    add,
    add_working_days,
    appeal_until,
    end_of_period,
    extend,
    parse_duration,
)
from workflows.notification import Channel, Law, notified_by_fiction
from workflows.periods import approval_by_silence

TABLE = Path(__file__).with_name("legal_calendar.txt")
CASES = [
    [part.strip() for part in line.split("|")]
    for line in TABLE.read_text().splitlines()
    if line and not line.startswith("#")
]


def _silence(start: date, period: str, days_off: Holidays) -> date | None:
    found = approval_by_silence(complete_on=start, days_off=days_off, period=parse_duration(text=period))
    return found.until if found else None


def _notified(start: date, period: str, days_off: Holidays) -> date:
    law, channel = period.split("/")
    found = notified_by_fiction(law=Law(law), channel=Channel(channel), dispatched=start, days_off=days_off)
    return found.day


# Kind → start, period and days off to a day.
COMPUTED: dict[str, Callable[[date, str, Holidays], date | None]] = {
    "last-day": lambda start, period, _: add(start=start, duration=parse_duration(text=period)),
    "first-day-counts": lambda start, period, _: add(
        start=start, duration=parse_duration(text=period), counting=Counting.FROM_BEGINNING
    ),
    "period": lambda start, period, days_off: end_of_period(
        start=start, duration=parse_duration(text=period), days_off=days_off
    ),
    "notified": _notified,
    "appeal": lambda start, _, days_off: appeal_until(notified=start, days_off=days_off),
    "appeal-without-instruction": lambda start, _, days_off: appeal_until(
        notified=start, days_off=days_off, instructed=False
    ),
    "extension": lambda start, period, days_off: extend(
        end=start, duration=parse_duration(text=period), days_off=days_off
    ),
    "working-days": lambda start, period, days_off: add_working_days(
        start=start, days=int(period), days_off=days_off
    ),
    "silence": _silence,
}


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_dated_case(case: list[str]) -> None:
    kind, land, start, period, expected, source = case
    days_off = Holidays(land if land != "-" else "NI")
    found = COMPUTED[kind](date.fromisoformat(start), period, days_off)
    assert found == date.fromisoformat(expected), source


def test_the_table_is_wide_enough() -> None:
    assert len(CASES) >= 120
    assert {land for _, land, *_ in CASES} - {"-"} == set(LAENDER)
    assert all(source for *_, source in CASES)
    assert {kind for kind, *_ in CASES} == set(COMPUTED)
    assert len({tuple(case[:4]) for case in CASES}) == len(CASES)


def test_easter_of_the_second_calendar() -> None:
    # Published dates, the extreme ones among them.
    known = [date(2018, 4, 1), date(2019, 4, 21), date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]
    known += [date(1818, 3, 22), date(1943, 4, 25), date(2038, 4, 25), date(1981, 4, 19), date(1954, 4, 18)]
    assert [own_calendar.easter(day.year) for day in known] == known


@pytest.mark.parametrize("land", sorted(LAENDER))
def test_the_working_days_of_each_land_are_those_of_the_second_calendar(land: str) -> None:
    days_off, day = Holidays(land), date(2015, 1, 1)
    different = []
    while day.year <= 2035:
        if days_off.is_working_day(day=day) != own_calendar.works(land, day):
            different.append(day)
        day += timedelta(days=1)
    assert different == []


DAYS = st.dates(date(2016, 1, 1), date(2033, 12, 31))
DURATIONS = st.builds(Duration, months=st.integers(0, 14), days=st.integers(0, 60))
LANDS = st.sampled_from(sorted(LAENDER))


@given(DAYS, st.integers(0, 60), DURATIONS, LANDS)
def test_a_later_start_never_ends_earlier(start: date, later: int, duration: Duration, land: str) -> None:
    days_off = Holidays(land)
    for begin in Counting:
        early = add(start=start, duration=duration, counting=begin)
        assert early <= add(start=start + timedelta(days=later), duration=duration, counting=begin)
    one = end_of_period(start=start, duration=duration, days_off=days_off)
    assert one <= end_of_period(start=start + timedelta(days=later), duration=duration, days_off=days_off)
    assert own_calendar.works(land, one)


@given(DAYS, DURATIONS, st.integers(0, 14), st.integers(0, 60), LANDS)
def test_a_longer_period_never_ends_earlier(
    start: date, duration: Duration, months: int, days: int, land: str
) -> None:
    # Months and days are compared part by part: a month is no fixed number of days.
    longer = Duration(months=duration.months + months, days=duration.days + days)
    days_off = Holidays(land)
    ends = [end_of_period(start=start, duration=each, days_off=days_off) for each in (duration, longer)]
    assert ends[0] <= ends[1]


@given(DAYS, DURATIONS, DURATIONS, LANDS)
def test_an_extension_counts_from_the_old_end(
    start: date, first: Duration, second: Duration, land: str
) -> None:
    days_off = Holidays(land)
    old = end_of_period(start=start, duration=first, days_off=days_off)
    new = extend(end=old, duration=second, days_off=days_off)
    assert new == own_calendar.next_working(land, add(start=old, duration=second))
    assert new >= old


@given(DAYS, st.integers(0, 30), LANDS)
def test_working_days_are_counted_one_by_one(start: date, days: int, land: str) -> None:
    end = add_working_days(start=start, days=days, days_off=Holidays(land))
    between = ((start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert sum(own_calendar.works(land, day) for day in between) == days
