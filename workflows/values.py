"""What values are and how they compare: kinds, exactness, missing values, bounds on lists."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from forms.problems import Problem
from workflows.syntax import ExpressionProblem

MAX_LIST = 1_000
MAX_TEXT = 20_000
# List elements one evaluation may look at, and values a result may consist of (shared ones count again).
MAX_WORK = 200_000
MAX_RESULT = 10_000
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARABLE = frozenset({"truth", "number", "text"})


class Work:
    """What one evaluation may still do: zen-engine knows no limit of its own."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_WORK

    def spend(self, amount: int) -> None:
        """Raises `ExpressionProblem` when the budget is used up."""
        self._left -= amount
        if self._left < 0:
            stop(
                "too-much-work",
                "Der Ausdruck rechnet zu lange. Bitte auf mehrere Schritte verteilen.",
                "the expression computes for too long. Spread it over several steps.",
            )


def exact(value: Any) -> Any:
    """A number as `int` or `Decimal` (a float by its shortest notation), anything else unchanged."""
    if isinstance(value, float):
        return Decimal(repr(value)) if value - value == 0 else None
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two results are the same value: `1` and `1.0` are, `1` and `true` are not."""
    left, right = exact(left), exact(right)
    if kind(left) != kind(right):
        return False
    match left:
        case list() | tuple():
            return len(left) == len(right) and all(map(same, left, right))
        case Mapping():
            return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        case _:
            return bool(left == right)


def compare(sign: str, left: Any, right: Any, *, asks_for_null: bool, work: Work) -> bool | None:
    if asks_for_null and sign in {"==", "!="}:
        return bool((left is right) == (sign == "=="))
    if sign in {"in", "not in"}:
        return contained(left, right, wanted=sign == "in", work=work)
    if kind(left) not in _COMPARABLE or kind(left) != kind(right):
        return None
    if sign in {"==", "!="}:
        return bool((left == right) == (sign == "=="))
    return None if kind(left) == "truth" else _ORDER[sign](left, right)


def contained(value: Any, collection: Any, *, wanted: bool, work: Work) -> bool | None:
    if value is None or not isinstance(collection, (list, tuple)):
        return None
    items = bounded(collection, work=work)
    answers = [compare("==", value, exact(item), asks_for_null=False, work=work) for item in items]
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


def bounded(items: Sequence[Any], *, work: Work) -> Sequence[Any]:
    """The list itself, if it is short enough and the budget still allows to look at it."""
    if len(items) > MAX_LIST:
        stop(
            "list-too-long",
            f"Die Liste hat mehr als {MAX_LIST} Einträge; so lange Listen wertet ein Ausdruck nicht aus.",
            f"the list has more than {MAX_LIST} entries; an expression does not evaluate lists that long.",
        )
    work.spend(len(items))
    return items


def bounded_text(text: str) -> str:
    """The text itself; joining texts again and again would fill the memory."""
    if len(text) > MAX_TEXT:
        stop(
            "text-too-long",
            f"Ein Text hat mehr als {MAX_TEXT} Zeichen; so lange Texte setzt ein Ausdruck nicht zusammen.",
            f"a text has more than {MAX_TEXT} characters; an expression does not compose texts that long.",
        )
    return text


def bounded_result(value: Any) -> Any:
    """The value itself, if writing it down stays within bounds: lists may hold one another many times."""
    left, rest = MAX_RESULT, [value]
    while rest:
        left -= 1
        match rest.pop():
            case list() | tuple() as items:
                rest += items[: left + 1]
            case Mapping() as members:
                rest += list(members.values())[: left + 1]
            case _:
                pass
        if left < 0:
            stop(
                "result-too-large",
                f"Das Ergebnis besteht aus mehr als {MAX_RESULT} Werten.",
                f"the result consists of more than {MAX_RESULT} values.",
            )
    return value


def stop(code: str, de: str, en: str) -> NoReturn:
    raise ExpressionProblem([Problem("value", code, {"de": de, "en": en})])
