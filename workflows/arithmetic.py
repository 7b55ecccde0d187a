"""Exact arithmetic and text functions by zen-engine: the only module that hands it anything.

zen gets a skeleton built from a checked tree and every operand as a parameter `v0`, `v1` …, written as
JSON with all digits, because it takes no `Decimal`; numbers come back as text, because it returns floats.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import zen

from workflows.syntax import ENGINE_FUNCTIONS, Binary, Call, Node, Unary
from workflows.values import Work, bounded, bounded_text, exact, kind, stop

ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_MAX_DIGITS = 28

# The process data, the element a closure looks at, and what the evaluation may still do.
Scope = tuple[Mapping[str, Any], Any, Work]
Step = Callable[[Scope], Any]


def engine(node: Node, *, compile_operand: Callable[[Node], Step]) -> Step:
    """Arithmetic and text functions: zen gets the skeleton, and every operand as a parameter."""
    operands: list[Step] = []

    def add(operand: Node) -> str:
        operands.append(compile_operand(operand))
        return f"v{len(operands) - 1}"

    skeleton = _skeleton(node, add)
    # Asked for the number as text: zen computes exactly, but hands numbers over as floats.
    plain, as_text = zen.compile_expression(skeleton), zen.compile_expression(f"string({skeleton})")

    def step(scope: Scope) -> Any:
        values = [operand(scope) for operand in operands]
        if any(kind(value) in {None, "object"} for value in values):
            return None
        work = scope[2]
        work.spend(1)
        context = "{" + ",".join(f'"v{i}":{_json(value, work)}' for i, value in enumerate(values)) + "}"
        result = _ask(plain, context)
        if isinstance(result, str):
            return bounded_text(result)
        return (
            _number(_ask(as_text, context))
            if isinstance(result, (int, float)) and not isinstance(result, bool)
            else result
        )

    return step


def _skeleton(node: Node, add: Callable[[Node], str]) -> str:
    match node:
        case Binary(sign, left, right) if sign in ARITHMETIC:
            return f"({_skeleton(left, add)} {sign} {_skeleton(right, add)})"
        case Unary("-", operand):
            return f"(-{_skeleton(operand, add)})"
        case Call(function, arguments) if function in ENGINE_FUNCTIONS:
            return f"{function}({', '.join(_skeleton(argument, add) for argument in arguments)})"
        case _:
            return add(node)


def _ask(expression: Any, context: str) -> Any:
    try:
        return expression.evaluate(context)
    except RuntimeError as error:
        if "overflow" in str(error):
            _out_of_range()
        return None  # A value of the wrong kind, an empty list: FEEL's null.


def _json(value: Any, work: Work) -> str:
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_scalar(exact(item)) for item in bounded(value, work=work)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    """No function of zen's reads a list within a list; it counts as missing and is not written out."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _digits(value)
    if isinstance(value, str):
        return json.dumps(bounded_text(value))
    return json.dumps(value if isinstance(value, bool) else None)


def _digits(value: int | Decimal) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if (
        len(text.replace("-", "").replace(".", "").lstrip("0")) > _MAX_DIGITS
        or len(text.partition(".")[2]) > _MAX_DIGITS
    ):
        _out_of_range()
    return text


def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text else int(text)


def _out_of_range() -> NoReturn:
    stop(
        "number-out-of-range",
        f"Eine Zahl hat mehr als {_MAX_DIGITS} Stellen und lässt sich nicht exakt rechnen.",
        f"a number has more than {_MAX_DIGITS} digits and cannot be computed exactly.",
    )
