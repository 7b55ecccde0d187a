from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.deadlines import (
    LAENDER,
    Counting,
    Duration,
    DurationProblem,
    Holidays,
    add,
    add_working_days,
    appeal_until,
    end_of_period,
    extend,
    has_ended,
    parse_duration,
)

NI = Holidays("NI")
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
DURATIONS = st.builds(Duration, months=st.integers(0, 30), days=st.integers(0, 400))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P1M", Duration(months=1)),
        ("P14D", Duration(days=14)),
        ("P2W", Duration(days=14)),
        ("P1Y", Duration(months=12)),
        (" P1Y2M3D ", Duration(months=14, days=3)),
    ],
)
def test_durations_are_read_as_modellers_write_them(text: str, expected: Duration) -> None:
    assert parse_duration(text=text) == expected
    assert parse_duration(text=str(expected)) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "14", "14 Tage", "PT48H", "P1.5M", "-P1D", "P1D1M", "P99999D", "P0"]
)
def test_what_is_no_duration_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(DurationProblem) as caught:
        parse_duration(text=text)
    assert "P14D" in caught.value.problems[0].text["de"]


def test_an_empty_duration_is_written_as_zero_days() -> None:
    assert str(Duration()) == "P0D"


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # § 187 I, § 188 I BGB: the day of the event does not count.
        (date(2025, 3, 3), Duration(days=14), date(2025, 3, 17)),
        # § 188 II: same number a month later; III: the last day where the number is missing.
        (date(2025, 3, 15), Duration(months=1), date(2025, 4, 15)),
        (date(2025, 1, 31), Duration(months=1), date(2025, 2, 28)),
        (date(2024, 1, 31), Duration(months=1), date(2024, 2, 29)),
        (date(2024, 2, 29), Duration(months=12), date(2025, 2, 28)),
        (date(2025, 11, 30), Duration(months=3), date(2026, 2, 28)),
        (date(2025, 1, 31), Duration(months=1, days=1), date(2025, 3, 1)),
    ],
)
def test_a_period_after_an_event(start: date, duration: Duration, end: date) -> None:
    assert add(start=start, duration=duration) == end


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        # § 187 II BGB: the first day counts, as with ages and leases.
        (date(2025, 3, 1), Duration(months=1), date(2025, 3, 31)),
        (date(2025, 2, 1), Duration(months=1), date(2025, 2, 28)),
        (date(2025, 3, 2), Duration(months=1), date(2025, 4, 1)),
        (date(2025, 3, 1), Duration(days=14), date(2025, 3, 14)),
        (date(2025, 1, 1), Duration(months=12), date(2025, 12, 31)),
    ],
)
def test_a_period_from_the_beginning_of_a_day(start: date, duration: Duration, end: date) -> None:
    assert add(start=start, duration=duration, counting=Counting.FROM_BEGINNING) == end


@given(DAYS, DURATIONS, st.sampled_from(sorted(LAENDER)))
def test_no_deadline_ends_on_a_day_off_nor_before_its_time(
    start: date, duration: Duration, land: str
) -> None:
    days_off = Holidays(land)
    plain, end = (
        add(start=start, duration=duration),
        end_of_period(start=start, duration=duration, days_off=days_off),
    )
    assert days_off.is_working_day(day=end)
    assert plain <= end <= plain + timedelta(days=6)
    between = (plain + timedelta(days=n) for n in range((end - plain).days))
    assert not any(days_off.is_working_day(day=day) for day in between)


@pytest.mark.parametrize(
    ("land", "day", "works"),
    [
        ("NI", date(2025, 10, 31), False),
        ("BY", date(2025, 10, 31), True),
        ("BY", date(2025, 1, 6), False),
        ("NI", date(2025, 12, 24), True),
        ("NI", date(2025, 12, 31), True),
        ("BE", date(2025, 5, 8), False),
        ("BB", date(2025, 5, 8), True),
        ("HE", date(2025, 6, 19), False),
        ("NI", date(2025, 6, 21), False),
    ],
)
def test_holidays_are_those_of_the_land(land: str, day: date, works: bool) -> None:
    assert Holidays(land).is_working_day(day=day) is works


def test_a_municipality_may_have_more_days_off() -> None:
    assumption = date(2025, 8, 15)
    assert Holidays("BY").is_working_day(day=assumption)
    assert not Holidays("BY", municipal=frozenset({"catholic"})).is_working_day(day=assumption)
    assert not Holidays("BY", yearly=frozenset({(8, 15)})).is_working_day(day=assumption)
    assert not Holidays("BY", single=frozenset({assumption})).is_working_day(day=assumption)


def test_an_unknown_land_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown Land 'XX'"):
        Holidays("XX")


def test_the_end_moves_over_a_long_weekend() -> None:
    # 18 April 2025 is Good Friday, 21 April Easter Monday.
    assert end_of_period(start=date(2025, 3, 18), duration=Duration(months=1), days_off=NI) == date(
        2025, 4, 22
    )


def test_an_extension_counts_from_the_old_end() -> None:
    assert extend(end=date(2025, 4, 22), duration=Duration(days=14), days_off=NI) == date(2025, 5, 6)


def test_working_days_skip_days_off() -> None:
    assert add_working_days(start=date(2025, 4, 17), days=1, days_off=NI) == date(2025, 4, 22)
    assert add_working_days(start=date(2025, 4, 19), days=0, days_off=NI) == date(2025, 4, 19)
    with pytest.raises(ValueError, match="forward"):
        add_working_days(start=date(2025, 4, 17), days=-1, days_off=NI)


def test_appeals_take_a_month_or_a_year_without_instruction() -> None:
    assert appeal_until(notified=date(2025, 1, 31), days_off=NI) == date(2025, 2, 28)
    assert appeal_until(notified=date(2025, 5, 1), days_off=NI) == date(2025, 6, 2)
    assert appeal_until(notified=date(2025, 1, 31), days_off=NI, instructed=False) == date(2026, 2, 2)


def test_a_deadline_lasts_until_midnight_in_germany() -> None:
    end = date(2025, 6, 2)
    assert not has_ended(end=end, now=datetime(2025, 6, 2, 21, 59, tzinfo=UTC))
    assert has_ended(end=end, now=datetime(2025, 6, 2, 22, 0, tzinfo=UTC))
    with pytest.raises(ValueError, match="zone"):
        has_ended(end=end, now=datetime(2025, 6, 2))  # noqa: DTZ001
