"""The words and the tree of our expression language: change it to allow a function.

Only what is named here can ever be evaluated; everything else is refused with its position.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from forms.problems import Problem, Problems

# Name → least and greatest number of arguments.
ENGINE_FUNCTIONS = {
    "abs": (1, 1), "round": (1, 2), "floor": (1, 1), "ceil": (1, 1), "trunc": (1, 1),
    "sum": (1, 1), "min": (1, 1), "max": (1, 1), "avg": (1, 1),
    "upper": (1, 1), "lower": (1, 1), "trim": (1, 1),
    "startsWith": (2, 2), "endsWith": (2, 2), "contains": (2, 2), "number": (1, 1), "string": (1, 1),
}  # fmt: skip
OWN_FUNCTIONS = {"len": (1, 1)}
CLOSURES = dict.fromkeys(("filter", "map", "some", "all", "none", "count"), (2, 2))
FUNCTIONS = {**ENGINE_FUNCTIONS, **OWN_FUNCTIONS, **CLOSURES}
CLOCK_FUNCTIONS = frozenset({"now", "today", "date", "d", "time", "dateString", "duration", "year"})
RANDOM_FUNCTIONS = frozenset({"rand", "random", "uuid"})

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in"})


class ExpressionProblem(Problems):
    """An expression that is refused, or a number that leaves the exact range while evaluating."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: Decimal | int | str | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """`#`: the element a closure looks at."""


@dataclass(frozen=True, slots=True)
class Member:
    base: Node
    key: str | int


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choose:
    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    items: tuple[Node, ...]


Node = Literal | Name | Item | Member | Unary | Binary | Choose | Call | ListOf


def refuse(*, code: str, at: int, de: str, en: str) -> NoReturn:
    """Raise the one problem an expression is refused for; `at` counts characters from 0."""
    where = f"character {at + 1}"
    raise ExpressionProblem([Problem(where, code, {"de": f"Zeichen {at + 1}: {de}", "en": f"{where}: {en}"})])


def refuse_function(name: str, at: int) -> NoReturn:
    if name in CLOCK_FUNCTIONS:
        refuse(
            code="clock-function",
            at=at,
            de=f"{name}() ist nicht erlaubt: Ausdrücke kennen keine Uhr. Daten als Text vergleichen "
            f"(context.received_on), Fristen im Ablauf festlegen.",
            en=f"{name}() is not allowed: expressions know no clock. Compare dates as text "
            f"(context.received_on), set deadlines in the process.",
        )
    if name in RANDOM_FUNCTIONS:
        refuse(
            code="random-function",
            at=at,
            de=f"{name}() ist nicht erlaubt: Entscheidungen dürfen nicht vom Zufall abhängen.",
            en=f"{name}() is not allowed: decisions must not depend on chance.",
        )
    known = ", ".join(sorted(FUNCTIONS))
    refuse(
        code="unknown-function",
        at=at,
        de=f"Die Funktion {name}() gibt es nicht. Es gibt: {known}.",
        en=f"there is no function {name}(). There are: {known}.",
    )
