"""Which values a cell matches, as ranges: where two cells meet, and a value that shows it.

Numbers are dense, texts are ordered by code point (so ISO days are ordered as days).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

Value = Decimal | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Range:
    """Values of one kind from `low` to `high`; `None` is open towards that side; equal bounds: one value.

    Without any bound: `null` if `low_in`, else every value of `kind`.
    """

    low: Value
    low_in: bool
    high: Value
    high_in: bool
    kind: str = ""

    def __post_init__(self) -> None:
        if not self.kind:
            bound = self.low if self.low is not None else self.high
            object.__setattr__(self, "kind", kind_of(bound))

    @property
    def single(self) -> bool:
        """Exactly one value, which may be `null`."""
        return self.low_in and self.high_in and self.low == self.high


def only(value: Value) -> Range:
    """The range of one value."""
    return Range(value, True, value, True)


def kind_of(value: Value) -> str:
    """The kind within which values are ordered."""
    match value:
        case None:
            return "null"
        case bool():
            return "truth"
        case str():
            return "text"
        case _:
            return "number"


NULL = only(None)
ANYTHING = (
    NULL,
    only(False),
    only(True),
    Range(None, False, None, False, "number"),
    Range(None, False, None, False, "text"),
)


def others(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """What `not(…)` matches: values of the same kind beside these; beside `null` every other value.

    A comparison across kinds is unknown, and so is its negation; of two kinds nothing is left.
    """
    left: list[Range] = [each for each in ANYTHING if each != NULL]
    for each in ranges:
        if each != NULL:
            left = [part for one in left if one.kind == each.kind for part in _without(one, each)]
    return tuple(left)


def _without(one: Range, hole: Range) -> Iterator[Range]:
    if one.kind == "truth":
        if one != hole:
            yield one
        return
    sides = []
    if hole.low is not None:
        sides.append(Range(None, False, hole.low, not hole.low_in, one.kind))
    if hole.high is not None:
        sides.append(Range(hole.high, not hole.high_in, None, False, one.kind))
    for side in sides:
        both = meet(one, side)
        if both is not None:
            yield both


def meet(one: Range, two: Range) -> Range | None:
    """The values in both, or None if there are none."""
    if one.kind != two.kind:
        return None
    if one.kind in {"null", "truth"}:
        return one if one == two else None
    low, low_in = _tighter(one.low, one.low_in, two.low, two.low_in, above=True)
    high, high_in = _tighter(one.high, one.high_in, two.high, two.high_in, above=False)
    both = Range(low, low_in, high, high_in, one.kind)
    return None if _empty(both) else both


def _tighter(one: Any, one_in: bool, two: Any, two_in: bool, *, above: bool) -> tuple[Any, bool]:
    if one is None or two is None:
        return (one, one_in) if two is None else (two, two_in)
    if one == two:
        return one, one_in and two_in
    return (one, one_in) if (one > two) is above else (two, two_in)


def _empty(both: Range) -> bool:
    low: Any = both.low
    high: Any = both.high
    if both.kind == "text":
        return high is not None and not _fits(both, _least_text(both))
    if low is None or high is None:
        return False
    return bool(low > high) or (low == high and not (both.low_in and both.high_in))


def _least_text(both: Range) -> str:
    low = "" if both.low is None else str(both.low)
    return low if both.low is None or both.low_in else f"{low}\x00"


def _fits(both: Range, value: Any) -> bool:
    low: Any = both.low
    high: Any = both.high
    above = low is None or value > low or (both.low_in and value == low)
    return above and (high is None or bool(value < high) or (both.high_in and bool(value == high)))


def example(both: Range) -> Value:
    """A value within a range that is not empty, as plain as it can be."""
    candidates = {"number": _numbers, "text": _texts}.get(both.kind, _bounds)
    return next(value for value in candidates(both) if _fits(both, value)) if both != NULL else None


def _bounds(both: Range) -> Iterator[Any]:
    yield both.low


def _numbers(both: Range) -> Iterator[Any]:
    low: Any = both.low
    high: Any = both.high
    if low is None and high is None:
        yield 0
    elif low is None or high is None:
        bound = high if low is None else low
        yield from (bound, bound + (1 if high is None else -1))
    else:
        floor = int(Decimal(low).to_integral_value(ROUND_FLOOR))
        yield from (low, floor + 1, high, (Decimal(low) + Decimal(high)) / 2)


def _texts(both: Range) -> Iterator[Any]:
    yield from (bound for bound in (both.low, both.high) if bound is not None)
    yield from _days(both)
    stem = "" if both.low is None else str(both.low)
    yield from (*(stem + tail for tail in ("a", "0", " ")), _least_text(both))


def _days(both: Range) -> Iterator[str]:
    """A day beside a bound that is a day."""
    for bound, step in ((both.low, 1), (both.high, -1)):
        try:
            yield (date.fromisoformat(str(bound)) + timedelta(days=step)).isoformat()
        except (ValueError, OverflowError):
            continue
