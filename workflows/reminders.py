"""When people are reminded of a deadline and who hears of it afterwards: days, computed from its end.

Reminders come on working days, when somebody is there to act. Nothing here reads the clock.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from workflows.deadlines import Duration, Holidays, add

_MONTHS_A_YEAR = 12


def reminders(
    *, end: date, before: Sequence[Duration], days_off: Holidays, not_before: date | None = None
) -> tuple[date, ...]:
    """The days to remind of a deadline that ends on `end`, the earliest first, each once.

    A day off moves to the working day before. What would come before `not_before` (the day the deadline was
    set) or on `end` itself is left out.
    """
    days = {days_off.previous_working_day(day=_back(end, each)) for each in before}
    return tuple(sorted(day for day in days if day < end and (not_before is None or day >= not_before)))


def escalations(*, end: date, after: Sequence[Duration], days_off: Holidays) -> tuple[date, ...]:
    """The days on which a missed deadline is told further up, the earliest first, each once.

    Always after `end`: a period that was missed is missed at the end of its last day.
    """
    days = {max(add(start=end, duration=each), end + timedelta(days=1)) for each in after}
    return tuple(sorted({days_off.next_working_day(day=day) for day in days}))


def working_days_before(*, end: date, days: int, days_off: Holidays) -> date:
    """The `days`-th working day before `end`, which itself does not count. `days` must not be negative."""
    if days < 0:
        raise ValueError("working days before a deadline are counted backward")
    day = end
    for _ in range(days):
        day = days_off.previous_working_day(day=day - timedelta(days=1))
    return day


def _back(end: date, duration: Duration) -> date:
    """The day a duration earlier: first the days back, then the months."""
    day = end - timedelta(days=duration.days)
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 - duration.months, _MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
