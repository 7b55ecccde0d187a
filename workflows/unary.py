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

from workflows.feel_hints import hint
from workflows.grammar import parse
from workflows.ranges import Range, Value, kind_of, only, others
from workflows.syntax import Binary, ExpressionProblem, Literal, Member, Name, Node, Unary

# No identifier of the language can be spelled like this.
CELL = "?"
MAX_CELL = 2_000

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_DATE = re.compile(r'(?:date\(\s*("[^"]*")\s*\)|@("[^"]*"))')
_OPENING, _CLOSING = frozenset("[]("), frozenset("[])")
_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)(.+)", re.DOTALL)
_NEGATED = re.compile(r"not\s*\((.*)\)", re.DOTALL)


class CellError(ValueError):
    """A cell we do not understand; `de` and `en` say why."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(en)
        self.de, self.en = de, en


@dataclass(frozen=True, slots=True)
class Test:
    """One input cell: the expression over `CELL`, and for proofs the values it matches.

    `ranges` is None if they are not known (other variables), () if every value matches. `values`: the cell's
    plain values in their order, None if it is no mere list of values.
    """

    node: Node
    ranges: tuple[Range, ...] | None
    values: tuple[Value, ...] | None = None


def read_test(*, text: str) -> Test:
    """Compile an input cell. Raises `CellError`."""
    source = text.strip()
    if len(source) > MAX_CELL:
        raise CellError("Die Zelle ist zu lang.", "The cell is too long.")
    if source in {"", "-"}:
        return Test(Literal(True), ())
    negated = _NEGATED.fullmatch(source)
    if negated is None:
        return _alternatives(source)
    inner = _alternatives(negated.group(1))
    left = None if inner.ranges is None else others(inner.ranges)
    # A cell that nothing can match would read as one that everything matches.
    return Test(Unary("not", inner.node), left or None)


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
        problem, (german, english) = error.problems[0].text, hint(source)
        raise CellError(problem["de"] + german, problem["en"] + english) from error


def _alternatives(source: str) -> Test:
    parts = [_one(part) for part in _split(source, ",")]
    known = tuple(each for _, found in parts for each in found or ())
    complete = all(found is not None for _, found in parts)
    return Test(
        _either([node for node, _ in parts]),
        known if complete else None,
        tuple(each.low for each in known) if complete and all(each.single for each in known) else None,
    )


def _either(nodes: list[Node]) -> Node:
    """One `or` over all, balanced, so that a long list is no deep tree."""
    if len(nodes) == 1:
        return nodes[0]
    half = len(nodes) // 2
    return Binary("or", _either(nodes[:half]), _either(nodes[half:]))


def _split(source: str, separator: str) -> Iterator[str]:
    """Parts between separators outside of texts; in S-FEEL nothing else holds commas."""
    begin, position = 0, 0
    while position < len(source):
        text = _TEXT.match(source, position)
        if text:
            position = text.end()
        elif source.startswith(separator, position):
            yield source[begin:position].strip()
            begin = position = position + len(separator)
        else:
            position += 1
    yield source[begin:].strip()


def _one(part: str) -> tuple[Node, tuple[Range, ...] | None]:
    cell = Name(CELL)
    ends = list(_split(part[1:-1], "..")) if part[:1] in _OPENING and part[-1:] in _CLOSING else []
    if len(ends) == 2:  # noqa: PLR2004
        low_in, high_in = part[0] == "[", part[-1] == "]"
        left, right = map(_endpoint, ends)
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


def _comparison(cell: Node, sign: str, endpoint: Node) -> tuple[Node, tuple[Range, ...] | None]:
    node = Binary(sign, cell, endpoint)
    match sign, endpoint:
        case "==", Literal(value):
            return node, (only(value),)
        case "!=", Literal(value):
            return node, others((only(value),))
        case (("<" | "<="), Literal(value)):
            return node, (Range(None, False, value, sign == "<="),)
        case ((">" | ">="), Literal(value)):
            return node, (Range(value, sign == ">=", None, False),)
        case _:
            return node, None


def _range(low: Node, high: Node, *, low_in: bool, high_in: bool) -> tuple[Range, ...] | None:
    _check_order(low)
    _check_order(high)
    if not isinstance(low, Literal) or not isinstance(high, Literal):
        return None
    if kind_of(low.value) != kind_of(high.value):
        raise CellError(
            "Anfang und Ende des Bereichs passen nicht zusammen.",
            "The ends of the interval are of different kinds.",
        )
    if low.value > high.value:  # type: ignore[operator]
        raise CellError("Der Bereich ist leer.", "The interval is empty.")
    return (Range(low.value, low_in, high.value, high_in),)


def _check_order(endpoint: Node) -> None:
    if isinstance(endpoint, Literal) and (endpoint.value is None or isinstance(endpoint.value, bool)):
        raise CellError(
            "null, true und false haben keine Reihenfolge.", "null, true and false have no order."
        )


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
        german, english = hint(source)
        raise CellError(
            f"„{source}“ wird nicht verstanden. Möglich sind Werte, Listen mit Komma, Vergleiche (< 5), "
            f'Bereiche ([1..5]), not(…), null, date("2025-01-31") und -.{german}',
            f"'{source}' is not understood. Possible are values, lists with commas, comparisons (< 5), "
            f'intervals ([1..5]), not(…), null, date("2025-01-31") and -.{english}',
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
