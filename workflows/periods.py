"""The rarer rules of legal time: half months, broken periods, fixed days, hours, approval by silence.

Sources: §§ 189, 191, 192 BGB, § 31 (3) to (6) and § 42a VwVfG. Nothing here reads the clock.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from workflows.deadlines import Duration, Holidays, end_of_period, extend

# § 189 BGB. With whole months, the fifteen days count last, as `deadlines.add` does.
HALF_YEAR = Duration(months=6)
QUARTER = Duration(months=3)
HALF_MONTH = Duration(days=15)
# § 42a (2) VwVfG, unless the statute names another.
APPROVAL_PERIOD = Duration(months=3)
_DAYS_A_YEAR, _DAYS_A_MONTH, _MIDDLE = 365, 30, 15


class PeriodProblem(ValueError):
    """What is asked contradicts the law: the message says why."""


class PartOfMonth(StrEnum):
    """Words of a rule: at the beginning, in the middle, at the end of a month (§ 192 BGB)."""

    BEGINNING = "beginning"
    MIDDLE = "middle"
    END = "end"


def day_of_month(*, year: int, month: int, part: PartOfMonth) -> date:
    """The day that such a word means: the first, the fifteenth, the last."""
    match part:
        case PartOfMonth.BEGINNING:
            return date(year, month, 1)
        case PartOfMonth.MIDDLE:
            return date(year, month, _MIDDLE)
        case _:
            return date(year, month, calendar.monthrange(year, month)[1])


def days_apart(*, years: int = 0, months: int = 0, days: int = 0) -> int:
    """How many days a period has that need not run on: a year 365, a month 30 (§ 191 BGB)."""
    return years * _DAYS_A_YEAR + months * _DAYS_A_MONTH + days


def fixed_day(*, day: date, days_off: Holidays, final: bool) -> date:
    """The day by which something must be done.

    `final`: the citizen was told of § 31 (3) sentence 2 VwVfG, or it is an appointment (5): then it stands
    on a day off too. Else it moves to the next working day.
    """
    return day if final else days_off.next_working_day(day=day)


def end_of_hours(*, start: datetime, hours: int) -> datetime:
    """The end of a period in hours, which runs through days off and clock changes (§ 31 (6) VwVfG), in UTC.

    Raises `ValueError` for a time without zone.
    """
    if start.tzinfo is None:
        raise ValueError("a time without a zone does not say when hours begin")
    return start.astimezone(UTC) + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class ApprovalBySilence:
    """The authority may decide until the end of `until`; on `approved_on` approval is given."""

    until: date

    @property
    def approved_on(self) -> date:
        return self.until + timedelta(days=1)


def approval_by_silence(
    *,
    complete_on: date | None,
    days_off: Holidays,
    period: Duration = APPROVAL_PERIOD,
    extension: Duration | None = None,
    extension_told_on: date | None = None,
) -> ApprovalBySilence | None:
    """§ 42a VwVfG, only where a statute orders it; None as long as the documents are not complete.

    The period may be extended once, with reasons that are told while it still runs. Raises `PeriodProblem`
    for an extension that came too late or was not told.
    """
    if complete_on is None:
        return None
    until = end_of_period(start=complete_on, duration=period, days_off=days_off)
    if extension is None:
        return ApprovalBySilence(until)
    if extension_told_on is None or extension_told_on > until:
        raise PeriodProblem(
            f"the period of § 42a VwVfG ended on {until}; an extension must be told by then, with reasons"
        )
    return ApprovalBySilence(extend(end=until, duration=extension, days_off=days_off))
