"""Half months, broken periods, fixed days, hours, approval by silence, reminders, municipal holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows import own_calendar
from workflows.deadlines import LAENDER, Duration, Holidays, add, appeal_until
from workflows.periods import (
    HALF_MONTH,
    HALF_YEAR,
    QUARTER,
    PartOfMonth,
    PeriodProblem,
    approval_by_silence,
    day_of_month,
    days_apart,
    end_of_hours,
    fixed_day,
)
from workflows.reminders import escalations, reminders, working_days_before

NI = Holidays("NI")
BERLIN = timezone(timedelta(hours=1))


def test_half_years_quarters_and_half_months() -> None:
    # § 189 I BGB: six months, three months, fifteen days.
    start = date(2025, 8, 31)
    assert add(start=start, duration=HALF_YEAR) == date(2026, 2, 28)
    assert add(start=start, duration=QUARTER) == date(2025, 11, 30)
    assert add(start=date(2025, 2, 15), duration=HALF_MONTH) == date(2025, 3, 2)
    # § 189 II: a month and a half counts the fifteen days last.
    month_and_half = Duration(months=1, days=HALF_MONTH.days)
    assert add(start=date(2025, 1, 31), duration=month_and_half) == date(2025, 3, 15)


def test_periods_that_need_not_run_on() -> None:
    # § 191 BGB.
    assert days_apart(months=1) == 30
    assert days_apart(years=1) == 365
    assert days_apart(years=2, months=3, days=4) == 824
    assert days_apart(months=12) == 360


@pytest.mark.parametrize(
    ("year", "month", "part", "day"),
    [(2025, 2, "beginning", 1), (2025, 2, "middle", 15), (2025, 2, "end", 28), (2024, 2, "end", 29), (2025, 12, "end", 31)],
)  # fmt: skip
def test_beginning_middle_and_end_of_a_month(year: int, month: int, part: str, day: int) -> None:
    # § 192 BGB.
    assert day_of_month(year=year, month=month, part=PartOfMonth(part)) == date(year, month, day)


def test_a_day_that_was_named_as_final_stands() -> None:
    # § 31 (3) sentence 2 and (5) VwVfG; 7 June 2025 is a Saturday before Whitsun.
    assert fixed_day(day=date(2025, 6, 7), days_off=NI, final=True) == date(2025, 6, 7)
    assert fixed_day(day=date(2025, 6, 7), days_off=NI, final=False) == date(2025, 6, 10)


def test_hours_run_through_days_off_and_the_change_of_clocks() -> None:
    # § 31 (6) VwVfG: Friday 12:00 plus 48 hours is Sunday; in the night to 30 March 2025 an hour is missing.
    friday = datetime(2025, 3, 28, 12, 0, tzinfo=BERLIN)
    assert end_of_hours(start=friday, hours=48) == datetime(2025, 3, 30, 11, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="zone"):
        end_of_hours(start=datetime(2025, 3, 28, 12, 0), hours=1)  # noqa: DTZ001


def test_silence_approves_only_after_everything_is_there() -> None:
    assert approval_by_silence(complete_on=None, days_off=NI) is None
    found = approval_by_silence(complete_on=date(2025, 3, 3), days_off=NI)
    assert found is not None
    assert (found.until, found.approved_on) == (date(2025, 6, 3), date(2025, 6, 4))


def test_the_period_of_silence_is_extended_once_from_its_old_end() -> None:
    month, start = Duration(months=1), date(2025, 3, 3)

    def extended(told: date | None) -> date:
        found = approval_by_silence(complete_on=start, days_off=NI, extension=month, extension_told_on=told)
        assert found is not None
        return found.until

    assert extended(date(2025, 6, 3)) == date(2025, 7, 3)
    for told in (None, date(2025, 6, 4)):
        with pytest.raises(PeriodProblem, match="2025-06-03"):
            extended(told)


def test_appeals_from_abroad_may_take_longer() -> None:
    # § 84 (1) sentence 2 SGG.
    until = appeal_until(notified=date(2025, 3, 3), days_off=NI, period=Duration(months=3))
    assert until == date(2025, 6, 3)


def test_reminders_come_on_working_days_before_the_end() -> None:
    end = date(2025, 6, 10)
    before = [Duration(days=1), Duration(days=7), Duration(months=1), Duration(days=2)]
    # 9 June is Whit Monday, 8 June a Sunday: both become Friday the 6th; 10 May is a Saturday.
    assert reminders(end=end, before=before, days_off=NI) == (
        date(2025, 5, 9),
        date(2025, 6, 3),
        date(2025, 6, 6),
    )
    late = reminders(end=end, before=before, days_off=NI, not_before=date(2025, 6, 4))
    assert late == (date(2025, 6, 6),)
    assert reminders(end=end, before=[Duration()], days_off=NI) == ()
    march = reminders(end=date(2025, 3, 31), before=[Duration(months=1)], days_off=NI)
    assert march == (date(2025, 2, 28),)


def test_escalations_come_on_working_days_after_the_end() -> None:
    end = date(2025, 6, 6)
    after = [Duration(days=7), Duration(), Duration(days=1)]
    assert escalations(end=end, after=after, days_off=NI) == (date(2025, 6, 10), date(2025, 6, 13))


def test_working_days_before_a_deadline() -> None:
    assert working_days_before(end=date(2025, 4, 22), days=2, days_off=NI) == date(2025, 4, 16)
    with pytest.raises(ValueError, match="backward"):
        working_days_before(end=date(2025, 4, 22), days=-1, days_off=NI)


@given(
    st.dates(date(2016, 1, 1), date(2033, 1, 1)),
    st.lists(st.builds(Duration, months=st.integers(0, 6), days=st.integers(0, 60)), max_size=5),
    st.sampled_from(sorted(LAENDER)),
)
def test_reminders_lie_before_and_escalations_after(end: date, each: list[Duration], land: str) -> None:
    days_off = Holidays(land)
    before = reminders(end=end, before=each, days_off=days_off)
    after = escalations(end=end, after=each, days_off=days_off)
    assert all(day < end for day in before)
    assert all(day > end for day in after)
    assert all(own_calendar.works(land, day) for day in (*before, *after))
    assert list(before) == sorted(set(before))
    assert list(after) == sorted(set(after))


@pytest.mark.parametrize(
    ("land", "name", "day"),
    [
        # Art. 1 (1) 2 and (2) FTG BY, § 1 SächsSFG, § 2 (2) ThürFtG.
        ("BY", "catholic", date(2025, 8, 15)),
        ("SN", "catholic", date(2025, 6, 19)),
        ("TH", "catholic", date(2025, 6, 19)),
        ("BY", "augsburg", date(2025, 8, 8)),
    ],
)
def test_holidays_of_municipalities(land: str, name: str, day: date) -> None:
    assert Holidays(land).is_working_day(day=day)
    assert not Holidays(land, municipal=frozenset({name})).is_working_day(day=day)


@pytest.mark.parametrize(("land", "name"), [("NI", "catholic"), ("SN", "augsburg"), ("BY", "school")])
def test_municipal_holidays_that_the_land_does_not_have_are_refused(land: str, name: str) -> None:
    with pytest.raises(ValueError, match="no municipal holidays"):
        Holidays(land, municipal=frozenset({name}))
