"""What values are and how they compare: kinds, exactness, missing values, bounds on lists."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from forms.problems import Problem
from workflows.syntax import ExpressionProblem

MAX_LIST = 1_000
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARABLE = frozenset({"truth", "number", "text"})


def exact(value: Any) -> Any:
    """A number as `int` or `Decimal` (a float by its shortest notation), anything else unchanged."""
    if isinstance(value, float):
        return Decimal(repr(value)) if value - value == 0 else None
    return value


def compare(sign: str, left: Any, right: Any, *, asks_for_null: bool) -> bool | None:
    if asks_for_null and sign in {"==", "!="}:
        return bool((left is right) == (sign == "=="))
    if sign in {"in", "not in"}:
        return contained(left, right, wanted=sign == "in")
    if kind(left) not in _COMPARABLE or kind(left) != kind(right):
        return None
    if sign in {"==", "!="}:
        return bool((left == right) == (sign == "=="))
    return None if kind(left) == "truth" else _ORDER[sign](left, right)


def contained(value: Any, collection: Any, *, wanted: bool) -> bool | None:
    if value is None or not isinstance(collection, (list, tuple)):
        return None
    answers = [compare("==", value, exact(item), asks_for_null=False) for item in bounded(collection)]
    if True in answers:
        return wanted
    return None if None in answers else not wanted


def kind(value: Any) -> str | None:
    match value:
        case bool():
            return "truth"
        case int() | Decimal():
            return "number"
        case str():
            return "text"
        case list() | tuple():
            return "list"
        case Mapping():
            return "object"
        case _:
            return None


def bounded(items: Sequence[Any]) -> Sequence[Any]:
    if len(items) > MAX_LIST:
        stop(
            "list-too-long",
            f"Die Liste hat mehr als {MAX_LIST} Einträge; so lange Listen wertet ein Ausdruck nicht aus.",
            f"the list has more than {MAX_LIST} entries; an expression does not evaluate lists that long.",
        )
    return items


def stop(code: str, de: str, en: str) -> NoReturn:
    raise ExpressionProblem([Problem("value", code, {"de": de, "en": en})])
