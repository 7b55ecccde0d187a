"""Answers that are dates but lie too far back or ahead, seen from the day on which they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from forms.conditions import Place
from forms.datatypes.dates import is_date
from forms.date_limits import KEYWORD, Bound, DateLimits, read_limits
from forms.faults import Fault
from forms.filling import spots
from forms.schema import Field

Limited = tuple[tuple[Place, DateLimits], ...]


def limited_dates(root: Field) -> Limited:
    """The questions with limits, of a form that was found sound."""
    found = ((place, read_limits(field.keywords.get(KEYWORD))) for place, field in root.places())
    return tuple((place, limits) for place, limits in found if limits is not None)


def date_faults(*, limited: Limited, answers: dict[str, Any], today: date) -> Iterator[Fault]:
    """One fault for each answer outside of its limits. What is no date is the matter of its format."""
    for place, limits in limited:
        for spot in spots(answers, place):
            value = spot.holder.get(spot.name)
            if not isinstance(value, str) or not is_date(value):
                continue
            day = date.fromisoformat(value)
            first, last = _on(limits.not_before, today), _on(limits.not_after, today)
            if first is not None and day < first:
                yield Fault(spot.path, "date-too-early", "today" if first == today else "", limit=first)
            elif last is not None and day > last:
                yield Fault(spot.path, "date-too-late", "today" if last == today else "", limit=last)


def _on(bound: Bound | None, today: date) -> date | None:
    return None if bound is None else bound.on(today)
