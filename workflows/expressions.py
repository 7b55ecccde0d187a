"""Evaluate a condition or a formula: open it when a result is wrong, a number inexact or a value missing.

One language serves gateways and decision tables. `grammar` says what may be written; here it is evaluated:
arithmetic and text functions by zen-engine, logic and missing values by us, because zen raises on `null`.

Limits (each has a test):

* Numbers are exact decimals of at most 28 significant digits (zen computes with a 96-bit decimal). A
  product or quotient that needs more decimal places is rounded to 28; a greater value raises
  `ExpressionProblem`. `round` rounds half away from zero, as merchants do. No powers, no exponents.
* Missing (`null`) stays unknown: a comparison or calculation with a missing value is `null`, and so is its
  negation, so it never makes a condition true. Ask with `== null`, `!= null` or give a value with `??`.
  Stricter than FEEL, where `missing != 3` is true. As in FEEL, `unknown ? a : b` is `b`.
* Values of different kinds do not compare (`"10" < 9` and `"10" == 10` are `null`). Texts compare by code
  point, so ISO 8601 dates compare as dates. Dividing by zero is `null`.
* `and`, `or`, `not` know three values: `null or true` is true, `null and false` is false.
* `filter`, `map`, `some`, `all`, `none`, `count` look at no more than 1,000 elements and do not nest. One
  evaluation looks at 200,000 list elements, composes texts of 20,000 characters and answers with 10,000
  values at the most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.arithmetic import ARITHMETIC, Scope, Step, engine
from workflows.grammar import parse
from workflows.syntax import (
    CLOSURES,
    COMPARISONS,
    ENGINE_FUNCTIONS,
    Binary,
    Call,
    Choose,
    ExpressionProblem,
    Item,
    ListOf,
    Literal,
    Member,
    Name,
    Node,
    Unary,
)
from workflows.values import Work, bounded, bounded_result, compare, exact

__all__ = ["Expression", "ExpressionProblem", "compile_expression", "compile_node"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; safe to keep and to share between threads."""

    source: str
    names: frozenset[str]
    node: Node
    _step: Step

    def evaluate(self, *, data: Mapping[str, Any]) -> Any:
        """The value for `data`: numbers as `int` or `Decimal`, missing as `None`.

        Missing or unsuitable values never raise. Raises `ExpressionProblem` if a number leaves the exact
        range or the evaluation leaves its bounds (lists, texts, work, size of the result).
        """
        return bounded_result(self._step((data, None, Work())))

    def holds(self, *, data: Mapping[str, Any]) -> bool:
        """Whether the condition is certainly true; unknown counts as not."""
        return self.evaluate(data=data) is True


def compile_expression(*, source: str) -> Expression:
    """Check and compile `source`. Raises `ExpressionProblem` with the position of what is not allowed."""
    return compile_node(source=source, node=parse(source=source))


def compile_node(*, source: str, node: Node) -> Expression:
    """Compile a tree built by another reader (decision tables); `source` is what people read in messages."""
    return Expression(source=source, names=frozenset(_names(node)), node=node, _step=_compile(node))


def _names(node: Node) -> Iterator[str]:
    path = _path(node)
    if path is not None:
        yield path
        return
    match node:
        case Member(base, _) | Unary(_, base):
            yield from _names(base)
        case Binary(_, left, right):
            yield from _names(left)
            yield from _names(right)
        case Choose(condition, yes, no):
            for part in (condition, yes, no):
                yield from _names(part)
        case Call(_, parts) | ListOf(parts):
            for part in parts:
                yield from _names(part)
        case _:
            return


def _path(node: Node) -> str | None:
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Member) and isinstance(node.key, str):
        base = _path(node.base)
        return None if base is None else f"{base}.{node.key}"
    return None


def _compile(node: Node) -> Step:
    match node:
        case Unary("not", operand):
            return _negation(_compile(operand))
        case Choose(condition, yes, no):
            test, then, otherwise = _compile(condition), _compile(yes), _compile(no)
            return lambda scope: then(scope) if test(scope) is True else otherwise(scope)
        case Call(function, arguments) if function not in ENGINE_FUNCTIONS:
            return _own_function(function, [_compile(argument) for argument in arguments])
        case Binary(sign, left, right) if sign not in ARITHMETIC:
            return _logic(sign, left, right)
        case Unary() | Binary() | Call():
            return engine(node, compile_operand=_compile)
        case _:
            return _value(node)


def _value(node: Literal | Name | Item | Member | ListOf) -> Step:
    match node:
        case Literal(value):
            return lambda _scope: value
        case Name(name):
            return lambda scope: exact(scope[0].get(name))
        case Item():
            return lambda scope: exact(scope[1])
        case Member(base, key):
            return _member(_compile(base), key)
        case _:
            steps = [_compile(item) for item in node.items]
            return lambda scope: [step(scope) for step in steps]


def _member(base: Step, key: str | int) -> Step:
    def step(scope: Scope) -> Any:
        value = base(scope)
        if isinstance(key, str):
            return exact(value.get(key)) if isinstance(value, Mapping) else None
        return exact(value[key]) if isinstance(value, (list, tuple)) and key < len(value) else None

    return step


def _negation(operand: Step) -> Step:
    def step(scope: Scope) -> bool | None:
        value: Any = operand(scope)
        return not value if isinstance(value, bool) else None

    return step


def _logic(sign: str, left: Node, right: Node) -> Step:
    first, second = _compile(left), _compile(right)
    if sign in COMPARISONS:
        asks_for_null = Literal(None) in (left, right)
        return lambda scope: compare(
            sign, first(scope), second(scope), asks_for_null=asks_for_null, work=scope[2]
        )
    if sign == "??":

        def otherwise(scope: Scope) -> Any:
            value = first(scope)
            return second(scope) if value is None else value

        return otherwise
    decides = sign == "or"

    def connect(scope: Scope) -> bool | None:
        one = first(scope)
        if one is decides:
            return sign == "or"
        two = second(scope)
        if two is decides:
            return sign == "or"
        known = isinstance(one, bool) and isinstance(two, bool)
        return (not decides) if known else None

    return connect


def _own_function(function: str, arguments: list[Step]) -> Step:
    return _closure(function, *arguments) if function in CLOSURES else _length(*arguments)


def _length(argument: Step) -> Step:
    def step(scope: Scope) -> int | None:
        value = argument(scope)
        return len(value) if isinstance(value, (str, list, tuple)) else None

    return step


def _closure(function: str, collection: Step, body: Step) -> Step:
    def step(scope: Scope) -> Any:
        items = collection(scope)
        if not isinstance(items, (list, tuple)):
            return None
        values = [body((scope[0], item, scope[2])) for item in bounded(items, work=scope[2])]
        match function:
            case "map":
                return values
            case "filter":
                return [exact(item) for item, value in zip(items, values, strict=True) if value is True]
            case "count":
                return sum(value is True for value in values)
            case "all":
                return _quantified(values, decides=False)
            case _:
                found = _quantified(values, decides=True)
                return found if function == "some" or found is None else not found

    return step


def _quantified(values: list[Any], *, decides: bool) -> bool | None:
    if any(value is decides for value in values):
        return decides
    return (not decides) if all(isinstance(value, bool) for value in values) else None
