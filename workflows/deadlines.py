"""The legal calendar: when a period ends, when a notice counts as notified, until when one may appeal.

Sources: §§ 187, 188, 190, 193 BGB, § 31 VwVfG, § 108 AO (periods); §§ 58, 70, 74 VwGO (appeals). The rarer
rules are in `periods`, notification in `notification`. Nothing here reads the clock.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

from forms.problems import Problem, Problems

LAENDER: Mapping[str, str] = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen",
    "HH": "Hamburg", "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen",
    "NW": "Nordrhein-Westfalen", "RP": "Rheinland-Pfalz", "SL": "Saarland", "SN": "Sachsen",
    "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein", "TH": "Thüringen",
}  # fmt: skip
# The day of a deadline is a German day, wherever the server stands.
_GERMANY = ZoneInfo("Europe/Berlin")
_DURATION = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?")
_SATURDAY = 5
# Days off that only some municipalities have: where the holiday library knows them, and for which Länder.
MUNICIPAL: Mapping[str, frozenset[str]] = {
    "catholic": frozenset({"BY", "SN", "TH"}),
    "augsburg": frozenset({"BY"}),
}
_MONTHS_A_YEAR = 12


class DurationProblem(Problems):
    """A text is no duration a legal deadline can be counted in."""


class Counting(StrEnum):
    """Whether the first day counts: not after an event (§ 187 I BGB), from a day's beginning (II)."""

    AFTER_EVENT = "after-event"
    FROM_BEGINNING = "from-beginning"


@dataclass(frozen=True, slots=True)
class Duration:
    """A calendar duration; months and years first, then days, as ISO 8601 writes them."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        months = f"{self.months}M" if self.months else ""
        days = f"{self.days}D" if self.days or not self.months else ""
        return f"P{months}{days}"


@dataclass(frozen=True, slots=True)
class Holidays:
    """The days off of one authority: its Land, and what only its municipality celebrates.

    `municipal` names sets ("catholic": Mariä Himmelfahrt in Bavaria, Fronleichnam in parts of Saxony and
    Thuringia; "augsburg": Friedensfest there); `yearly` are (month, day), `single` are one-off days.
    Raises `ValueError` for an unknown Land, or a set that this Land does not have.
    """

    land: str
    municipal: frozenset[str] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    single: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.land not in LAENDER:
            known = ", ".join(sorted(LAENDER))
            raise ValueError(f"unknown Land {self.land!r}; use one of {known}")
        for name in self.municipal:
            if self.land not in MUNICIPAL.get(name, ()):
                known = ", ".join(each for each, lands in MUNICIPAL.items() if self.land in lands) or "none"
                raise ValueError(f"no municipal holidays {name!r} in {self.land}; there are: {known}")

    def is_working_day(self, *, day: date) -> bool:
        """Neither Saturday, Sunday nor a public holiday here (§ 193 BGB, § 31 (3) VwVfG).

        24 and 31 December are working days.
        """
        return (
            day.weekday() < _SATURDAY
            and day not in _public_holidays(self.land, self.municipal, day.year)
            and (day.month, day.day) not in self.yearly
            and day not in self.single
        )

    def next_working_day(self, *, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while not self.is_working_day(day=day):
            day += timedelta(days=1)
        return day

    def previous_working_day(self, *, day: date) -> date:
        """`day` itself, or the last working day before it."""
        while not self.is_working_day(day=day):
            day -= timedelta(days=1)
        return day


@cache
def _public_holidays(land: str, municipal: frozenset[str], year: int) -> frozenset[date]:
    place = "Augsburg" if "augsburg" in municipal else land
    categories = ("public", *sorted(municipal & {"catholic"}))
    return frozenset(country_holidays("DE", subdiv=place, years=year, categories=categories))


def parse_duration(*, text: str) -> Duration:
    """An ISO 8601 duration in years, months, weeks and days (P1Y, P1M, P1W, P14D).

    Raises `DurationProblem`: hours are refused, because legal deadlines count days (§ 31 (6) VwVfG aside).
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise DurationProblem(
            [
                Problem(
                    "duration",
                    "bad-duration",
                    {
                        "de": f"„{text}“ ist keine Dauer. Bitte P14D (Tage), P2W (Wochen), P1M (Monate) oder "
                        "P1Y (Jahre) schreiben.",
                        "en": f"'{text}' is not a duration. Write P14D (days), P2W (weeks), P1M (months) or "
                        "P1Y (years).",
                    },
                )
            ]
        )
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    return Duration(months=years * _MONTHS_A_YEAR + months, days=weeks * 7 + days)


def add(*, start: date, duration: Duration, counting: Counting = Counting.AFTER_EVENT) -> date:
    """The last day of the period, before any shift (§§ 187, 188 BGB).

    A month without the day ends on its last day (§ 188 III): 31 January plus one month is 28 or 29 February.
    """
    begin = start - timedelta(days=1) if counting is Counting.FROM_BEGINNING else start
    # A period from the first of a month ends with the month's last day, not the day number before it.
    whole_months = counting is Counting.FROM_BEGINNING and start.day == 1
    month = begin.year * _MONTHS_A_YEAR + begin.month - 1 + duration.months
    year, month = divmod(month, _MONTHS_A_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    day = last if whole_months else min(begin.day, last)
    return date(year, month + 1, day) + timedelta(days=duration.days)


def end_of_period(
    *,
    start: date,
    duration: Duration,
    days_off: Holidays,
    counting: Counting = Counting.AFTER_EVENT,
) -> date:
    """The last day on which one may act: no Saturday, Sunday or holiday (§ 31 (3) VwVfG, § 193 BGB)."""
    return days_off.next_working_day(day=add(start=start, duration=duration, counting=counting))


def extend(*, end: date, duration: Duration, days_off: Holidays) -> date:
    """The new end of an extended period; it counts from the old end (§ 190 BGB), already shifted.

    Only periods that an authority has set may be extended, also afterwards (§ 31 (7) VwVfG).
    """
    return end_of_period(start=end, duration=duration, days_off=days_off)


def add_working_days(*, start: date, days: int, days_off: Holidays) -> date:
    """The `days`-th working day after `start`, which itself does not count. `days` must not be negative."""
    if days < 0:
        raise ValueError("working days are counted forward")
    day = start
    for _ in range(days):
        day = days_off.next_working_day(day=day + timedelta(days=1))
    return day


def has_ended(*, end: date, now: datetime) -> bool:
    """Whether a period whose last day is `end` is over at `now`: it lasts until 24:00 German time.

    Raises `ValueError` for a time without zone.
    """
    if now.tzinfo is None:
        raise ValueError("a time without a zone does not say which day it is in Germany")
    return now.astimezone(_GERMANY).date() > end


def appeal_until(
    *,
    notified: date,
    days_off: Holidays,
    instructed: bool = True,
    period: Duration = Duration(months=1),
) -> date:
    """The last day for an objection or suit, as a rule one month after notification.

    §§ 70, 74 VwGO, § 355 AO, § 84 SGG (three months abroad: `period`). Without a correct instruction about
    remedies (`instructed=False`) it is one year (§ 58 (2) VwGO, § 356 (2) AO, § 66 (2) SGG).
    """
    return end_of_period(
        start=notified, duration=period if instructed else Duration(months=12), days_off=days_off
    )
