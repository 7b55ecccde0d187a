"""Reading the Präzisierung of a field: JSON as text in XDatenfelder 2, attributes in version 3.

What people wrote there is often broken; that is a warning, never a reason to refuse the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from forms.fim.grammar import problem
from forms.fim.model import Precision
from forms.problems import Problem
from forms.xml_stream import Node

_MOST_LENGTH = 1_000_000
_MOST_DIGITS = 30


def read_precision(*, node: Node | None, field: str) -> tuple[Precision, list[Problem]]:
    """The limits of a field and a warning for each part that cannot be read."""
    if node is None:
        return Precision(), []
    values: Any = node.attributes
    if node.text and not values:
        try:
            values = json.loads(node.text)
        except (ValueError, RecursionError) as error:
            return Precision(), [_warning(node, field, str(error)[:80])]
    if not isinstance(values, Mapping):
        return Precision(), [_warning(node, field, "{…}")]
    reader = _Values(values)
    found = Precision(
        min_length=reader.length("minLength"),
        max_length=reader.length("maxLength"),
        minimum=reader.number("minValue"),
        maximum=reader.number("maxValue"),
        pattern=reader.pattern(),
    )
    if found.min_length is not None and found.max_length is not None and found.min_length > found.max_length:
        reader.unreadable.append("minLength > maxLength")
        found = Precision(minimum=found.minimum, maximum=found.maximum, pattern=found.pattern)
    if found.minimum is not None and found.maximum is not None and found.minimum > found.maximum:
        reader.unreadable.append("minValue > maxValue")
        found = Precision(found.min_length, found.max_length, pattern=found.pattern)
    return found, [_warning(node, field, reason) for reason in reader.unreadable]


class _Values:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.unreadable: list[str] = []

    def length(self, name: str) -> int | None:
        number = self.number(name)
        if number is None:
            return None
        if number != number.to_integral_value() or not 0 <= number <= _MOST_LENGTH:
            self.unreadable.append(f"{name}={number}")
            return None
        return int(number)

    def number(self, name: str) -> Decimal | None:
        written = self.values.get(name)
        if written is None or written == "":
            return None
        try:
            number = Decimal(str(written).strip().replace(",", "."))
        except InvalidOperation:
            number = Decimal("NaN")
        if isinstance(written, bool) or not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
            self.unreadable.append(f"{name}={str(written)[:40]}")
            return None
        return number

    def pattern(self) -> str:
        written = self.values.get("pattern")
        if written is None or isinstance(written, str):
            return written or ""
        self.unreadable.append("pattern")
        return ""


def _warning(node: Node, field: str, reason: str) -> Problem:
    written = node.text or ", ".join(f"{name}={value}" for name, value in node.attributes.items())
    return problem(node.line, "precision-unreadable", written[:80], field, reason)
