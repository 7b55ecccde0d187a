"""Taking in answers from outside: a private copy of plain JSON values, within limits, in normal form C."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

from forms.pointers import Path

MOST_DEPTH = 32
MOST_NODES = 20_000
LONGEST_TEXT = 20_000
LONGEST_NAME = 200
_MOST_BITS = 256
_MOST_DIGITS = 60

# Control characters (line breaks and tabulator stay), lone surrogates, direction overrides, line and
# paragraph separators, and code points that are no characters.
_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)


class TooLargeError(ValueError):
    """Deeper or larger than any form; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Intake:
    """One reading of answers. What cannot stand is replaced by null and listed in `faults` (path → code).

    `long` lists texts beyond `LONGEST_TEXT`: allowed only where the schema sets a higher `maxLength`.
    """

    faults: dict[Path, str] = field(default_factory=dict)
    long: list[Path] = field(default_factory=list)
    nodes: int = 0

    def copy(self, value: Any, path: Path = ()) -> Any:
        """A copy of `value` made of dict, list, str, int, float, Decimal, bool and None only.

        Raises TooLargeError beyond `MOST_DEPTH` levels or `MOST_NODES` values.
        """
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise TooLargeError("too-many-values")
        if isinstance(value, str):
            return self._text(value, path)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, dict | list):
            if len(path) >= MOST_DEPTH:
                raise TooLargeError("too-deep")
            if isinstance(value, dict):
                return self._object(value, path)
            return [self.copy(entry, (*path, position)) for position, entry in enumerate(value)]
        return self._number(value, path)

    def _object(self, value: dict[Any, Any], path: Path) -> dict[str, Any]:
        copy: dict[str, Any] = {}
        for name, member in value.items():
            if isinstance(name, str) and len(name) <= LONGEST_NAME and _BAD.search(name) is None:
                copy[name] = self.copy(member, (*path, name))
            else:
                self.nodes += 1
                self.faults[path] = "name-not-allowed"
        return copy

    def _text(self, value: str, path: Path) -> str | None:
        if not (value.isascii() and value.isprintable()):
            if _BAD.search(value) is not None:
                self.faults[path] = "character-not-allowed"
                return None
            value = unicodedata.normalize("NFC", value)
        if len(value) > LONGEST_TEXT:
            self.long.append(path)
        return value

    def _number(self, value: Any, path: Path) -> int | float | Decimal | None:
        if isinstance(value, int) and value.bit_length() <= _MOST_BITS:
            return value
        if isinstance(value, float) and isfinite(value):
            return value
        if isinstance(value, Decimal) and value.is_finite():
            digits = len(value.as_tuple().digits)
            if digits <= _MOST_DIGITS and abs(value.adjusted()) <= _MOST_DIGITS:
                return value
        number = isinstance(value, int | float | Decimal)
        self.faults[path] = "number-not-allowed" if number else "not-json"
        return None
