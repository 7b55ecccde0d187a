"""Cells of decision tables: S-FEEL unary tests become expressions; change it to support more FEEL.

Standard: OMG DMN 1.5, § 9 (S-FEEL) and § 8.3.3. Intervals become comparisons, dates become ISO texts. A
missing input matches only `-` and `null` (stricter than FEEL, where `not("a")` holds for null).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce

from workflows.grammar import parse
from workflows.syntax import Binary, ExpressionProblem, Literal, Member, Name, Node, Unary

# No identifier of the language can be spelled like this.
CELL = "?"
MAX_CELL = 2_000

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_DATE = re.compile(r'(?:date\(\s*("[^"]*")\s*\)|@("[^"]*"))')
_INTERVAL = re.compile(r"([\[\](])(.+?)\.\.(.+?)([\[\])])", re.DOTALL)
_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)(.+)", re.DOTALL)
_NEGATED = re.compile(r"not\s*\((.*)\)", re.DOTALL)

Value = Decimal | int | str | bool | None


class CellError(ValueError):
    """A cell we do not understand; `de` and `en` say why."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(en)
        self.de, self.en = de, en


@dataclass(frozen=True, slots=True)
class Range:
    """Values from `low` to `high`; `None` is open towards that side; both bounds the same: one value."""

    low: Value
    low_in: bool
    high: Value
    high_in: bool


@dataclass(frozen=True, slots=True)
class Test:
    """One input cell: the expression over `CELL`, and for proofs the values it matches.

    `ranges` is None if they are not known (other variables, negation), () if every value matches.
    """

    node: Node
    ranges: tuple[Range, ...] | None


def read_test(*, text: str) -> Test:
    """Compile an input cell. Raises `CellError`."""
    source = text.strip()
    if len(source) > MAX_CELL:
        raise CellError("Die Zelle ist zu lang.", "The cell is too long.")
    if source in {"", "-"}:
        return Test(Literal(True), ())
    negated = _NEGATED.fullmatch(source)
    if negated:
        inner, _ranges = _alternatives(negated.group(1))
        return Test(Unary("not", inner), None)
    return Test(*_alternatives(source))


def read_value(*, text: str) -> Node:
    """Compile an output cell: a literal, else an expression of our language. Raises `CellError`."""
    source = text.strip()
    if not source:
        return Literal(None)
    literal = _literal(source)
    if literal is not None:
        return literal
    try:
        return parse(source=source)
    except ExpressionProblem as error:
        problem = error.problems[0].text
        raise CellError(problem["de"], problem["en"]) from error


def _alternatives(source: str) -> tuple[Node, tuple[Range, ...] | None]:
    nodes, ranges = [], []
    for part in _split(source):
        node, found = _one(part)
        nodes.append(node)
        ranges.append(found)
    known = tuple(found for found in ranges if found is not None)
    return reduce(lambda left, right: Binary("or", left, right), nodes), (
        known if len(known) == len(ranges) else None
    )


def _split(source: str) -> Iterator[str]:
    """Parts between commas outside of texts; brackets hold no commas in S-FEEL but in function calls."""
    part, depth, position = "", 0, 0
    while position < len(source):
        text = _TEXT.match(source, position)
        if text:
            part, position = part + text.group(), text.end()
            continue
        sign = source[position]
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth <= 0:
            yield part.strip()
            part = ""
        else:
            part += sign
        position += 1
    yield part.strip()


def _one(part: str) -> tuple[Node, Range | None]:
    cell = Name(CELL)
    interval = _INTERVAL.fullmatch(part)
    if interval:
        opening, low, high, closing = interval.groups()
        low_in, high_in = opening == "[", closing == "]"
        left, right = _endpoint(low), _endpoint(high)
        node = Binary(
            "and",
            Binary(">=" if low_in else ">", cell, left),
            Binary("<=" if high_in else "<", cell, right),
        )
        return node, _range(left, right, low_in=low_in, high_in=high_in)
    compared = _COMPARED.fullmatch(part)
    if compared:
        sign, endpoint = compared.group(1), _endpoint(compared.group(2))
        if sign[0] in "<>":
            _check_order(endpoint)
        return _comparison(cell, "==" if sign == "=" else sign, endpoint)
    return _comparison(cell, "==", _endpoint(part))


def _comparison(cell: Node, sign: str, endpoint: Node) -> tuple[Node, Range | None]:
    node = Binary(sign, cell, endpoint)
    match sign, endpoint:
        case "==", Literal(value):
            return node, Range(value, True, value, True)
        case (("<" | "<="), Literal(value)):
            return node, Range(None, False, value, sign == "<=")
        case ((">" | ">="), Literal(value)):
            return node, Range(value, sign == ">=", None, False)
        case _:
            return node, None


def _range(low: Node, high: Node, *, low_in: bool, high_in: bool) -> Range | None:
    _check_order(low)
    _check_order(high)
    if not isinstance(low, Literal) or not isinstance(high, Literal):
        return None
    if type(low.value) is not type(high.value) and not _numbers(low.value, high.value):
        raise CellError(
            "Anfang und Ende des Bereichs passen nicht zusammen.",
            "The ends of the interval are of different kinds.",
        )
    if low.value > high.value:  # type: ignore[operator]
        raise CellError("Der Bereich ist leer.", "The interval is empty.")
    return Range(low.value, low_in, high.value, high_in)


def _check_order(endpoint: Node) -> None:
    if isinstance(endpoint, Literal) and (endpoint.value is None or isinstance(endpoint.value, bool)):
        raise CellError(
            "null, true und false haben keine Reihenfolge.", "null, true and false have no order."
        )


def _numbers(*values: Value) -> bool:
    return all(isinstance(value, (int, Decimal)) and not isinstance(value, bool) for value in values)


def _endpoint(source: str) -> Node:
    source = source.strip()
    literal = _literal(source)
    if literal is not None:
        return literal
    try:
        node = parse(source=source)
    except ExpressionProblem:
        node = Literal(None)
    if not isinstance(node, (Name, Member)) or not _is_path(node):
        raise CellError(
            f"„{source}“ wird nicht verstanden. Möglich sind Werte, Listen mit Komma, Vergleiche (< 5), "
            'Bereiche ([1..5]), not(…), null, date("2025-01-31") und -.',
            f"'{source}' is not understood. Possible are values, lists with commas, comparisons (< 5), "
            'intervals ([1..5]), not(…), null, date("2025-01-31") and -.',
        )
    return node


def _is_path(node: Node) -> bool:
    return isinstance(node, Name) or (isinstance(node, Member) and _is_path(node.base))


def _literal(source: str) -> Literal | None:
    if source in {"true", "false", "null"}:
        return Literal({"true": True, "false": False, "null": None}[source])
    if _NUMBER.fullmatch(source):
        return Literal(Decimal(source) if "." in source else int(source))
    if _TEXT.fullmatch(source):
        return Literal(_text(source))
    dated = _DATE.fullmatch(source)
    return Literal(_day(dated.group(1) or dated.group(2))) if dated else None


def _text(source: str) -> str:
    try:
        # FEEL escapes texts as JSON does.
        return str(json.loads(source, strict=False))
    except ValueError:
        raise CellError(
            f"Der Text {source} ist nicht lesbar.", f"The text {source} cannot be read."
        ) from None


def _day(source: str) -> str:
    try:
        return date.fromisoformat(source[1:-1]).isoformat()
    except ValueError:
        raise CellError(f"{source} ist kein Datum.", f"{source} is not a date.") from None
