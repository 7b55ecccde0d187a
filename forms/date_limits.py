"""How far a day may lie from today: `"x-date": {"not-before": "today-120Y", "not-after": "today"}`.

A bound is `today`, `today` and a distance in days, weeks, months or years (`today+14D`, `today-18Y`), or a
day (`2024-01-01`). The clock is not read here: whoever checks answers says what day it is.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from forms.datatypes.dates import is_date

KEYWORD = "x-date"
_MEMBERS = ("not-before", "not-after")
_BOUND = re.compile(r"today(?:([+-])([0-9]{1,3})([DWMY]))?", re.ASCII)
_MONTHS = {"M": 1, "Y": 12}
_DAYS = {"D": 1, "W": 7}
_ANY_DAY = date(2024, 1, 15)


@dataclass(frozen=True, slots=True)
class Bound:
    """A day, or a distance from today; `months` are counted first."""

    day: date | None = None
    months: int = 0
    days: int = 0

    def on(self, today: date) -> date:
        """The 29th to 31st of a month that is shorter becomes its last day."""
        if self.day is not None:
            return self.day
        year, month = divmod(today.year * 12 + today.month - 1 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(today.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class DateLimits:
    """The first and the last day that may be entered; None: no limit on that side."""

    not_before: Bound | None
    not_after: Bound | None


def read_limits(value: object) -> DateLimits | None:
    """What `x-date` says; None if it says nothing, or something that no day can ever fit."""
    if not isinstance(value, Mapping) or not value or value.keys() - set(_MEMBERS):
        return None
    bounds = {name: _bound(text) for name, text in value.items()}
    if None in bounds.values():
        return None
    limits = DateLimits(bounds.get("not-before"), bounds.get("not-after"))
    return None if _never(limits) else limits


def _bound(text: Any) -> Bound | None:
    if not isinstance(text, str):
        return None
    if is_date(text):
        return Bound(day=date.fromisoformat(text))
    found = _BOUND.fullmatch(text)
    if found is None:
        return None
    sign, number, unit = found.groups()
    distance = int(f"{sign}{number}") if unit else 0
    return Bound(months=distance * _MONTHS.get(unit, 0), days=distance * _DAYS.get(unit, 0))


def _never(limits: DateLimits) -> bool:
    first, last = limits.not_before, limits.not_after
    if first is None or last is None or (first.day is None) is not (last.day is None):
        return False
    return first.on(_ANY_DAY) > last.on(_ANY_DAY)
