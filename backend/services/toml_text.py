"""TOML with places: reads a package's TOML file and says on which line a key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.services.package import PackageProblems
from forms.problems import Problem

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+(?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*=")
_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class TomlText:
    """The content of one TOML file, and for each dotted key the line on which it stands (from 1).

    Tables of a list are counted: `scenario.0.name`. Numbers with a point are `Decimal`.
    """

    name: str
    data: Mapping[str, Any]
    lines: Mapping[str, int]

    def place(self, key: str) -> str:
        """`file:line N` of a key, or of the nearest table above it that stands in the file."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.name}:line {self.lines.get(key, 1)}"


def read_toml(*, name: str, content: bytes) -> TomlText:
    """Parse one file; raises `PackageProblems` with the line where the TOML is broken."""
    text = content.decode()
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        line = int(found.group(1)) if found and found.group(1) else text.count("\n") + 1
        reason = _PLACE.sub("", str(error)).strip()
        raise PackageProblems(
            [
                Problem(
                    where=f"{name}:line {line}",
                    code="toml-broken",
                    text={
                        "de": f"Diese Zeile ist kein gültiges TOML ({reason}).",
                        "en": f"This line is not valid TOML ({reason}).",
                    },
                )
            ]
        ) from error
    return TomlText(name=name, data=data, lines=_lines_of(text))


def _lines_of(text: str) -> dict[str, int]:
    """A line scan, good enough for naming places: the parser itself does not keep them."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = _counted(header.group(2), counts, opens=header.group(1) == "[[")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = re.sub(r"\s", "", key.group(1))
            lines.setdefault(f"{table}.{name}" if table else name, number)
    return lines


def _counted(path: str, counts: dict[str, int], *, opens: bool) -> str:
    """`scenario.steps` → `scenario.1.steps.0`: each list of tables on the way gets its current index."""
    result, raw = "", ""
    parts = path.split(".")
    for position, part in enumerate(parts):
        raw = f"{raw}.{part}" if raw else part
        result = f"{result}.{part}" if result else part
        if opens and position == len(parts) - 1:
            counts[result] = counts.get(result, -1) + 1
        if result in counts:
            result = f"{result}.{counts[result]}"
    return result
