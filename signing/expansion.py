"""Read this to see how values are filled into a letter text without ever becoming markup.

A value never enters the text: `Expansion` leaves a numbered mark where it belongs and hands the values out
separately. What the marks stand for is put back after the markup has been read (`restore`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forms.problems import Problem
from signing.template import For, If, Node, Text, Value, problem
from signing.values import FORMATS, UnfitValue, as_text

MAX_LINES: Final = 5_000
"""Lines of one filled-in letter; a loop over more is refused."""

# Two of Unicode's noncharacters frame the number of a value; sources and values containing them are refused.
MARK_START: Final = "\ufdd0"
MARK_END: Final = "\ufdd1"
MARK: Final = re.compile(f"{MARK_START}(\\d+){MARK_END}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the filled-in text and the source line it came from (counted from 1)."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Expanded:
    """Filled-in text: `lines` with marks in it, `values` by the marks' numbers, and what was missing."""

    lines: tuple[Line, ...]
    values: tuple[str, ...]
    problems: tuple[Problem, ...]


class Expansion:
    """Fills nodes with values. `probe` is for checking: take every condition this way, every loop once."""

    def __init__(self, *, language: str, probe: bool | None = None) -> None:
        self._language = language
        self._probe = probe
        self._values: list[str] = []
        self._parts: list[tuple[str, int]] = []
        self._breaks = 0
        self.problems: list[Problem] = []

    def expand(self, *, nodes: Sequence[Node], values: Mapping[str, Any]) -> Expanded:
        self._walk(nodes, values)
        return Expanded(tuple(self._lines()), tuple(self._values), tuple(self.problems))

    def _lines(self) -> Iterator[Line]:
        text, number = "", 1
        for part, line in self._parts:
            for offset, piece in enumerate(part.split("\n")):
                if offset:
                    yield Line(number, text)
                    text = ""
                number = number if text else line + offset
                text += piece
        yield Line(number, text)

    def _walk(self, nodes: Sequence[Node], scope: Mapping[str, Any]) -> None:
        for node in nodes:
            if self._breaks > MAX_LINES:
                return
            match node:
                case Text(text=text, line=line, literal=literal):
                    self._parts.append((self._mark(text) if literal else text, line))
                    self._count(text, line)
                case Value():
                    self._parts.append((self._mark(self._written(node, scope)), node.line))
                case If(path=path, negated=negated):
                    true = self._probe if self._probe is not None else bool(_look(scope, path)) is not negated
                    self._walk(node.then if true else node.otherwise, scope)
                case For():
                    for item in self._items(node, scope):
                        self._walk(node.nodes, {**scope, node.name: item})

    def _count(self, text: str, line: int) -> None:
        self._breaks += text.count("\n")
        if self._breaks > MAX_LINES:
            self._complain(
                line, "letter-too-long",
                f"Der Brief wird länger als {MAX_LINES} Zeilen",
                f"The letter becomes longer than {MAX_LINES} lines",
            )  # fmt: skip

    def _mark(self, text: str) -> str:
        self._values.append(text)
        return f"{MARK_START}{len(self._values) - 1}{MARK_END}"

    def _complain(self, line: int, code: str, de: str, en: str) -> None:
        self.problems.append(problem(line=line, code=code, de=de + ".", en=en + "."))

    def _written(self, node: Value, scope: Mapping[str, Any]) -> str:
        if self._probe is not None:
            return "x"
        found = _look(scope, node.path)
        if found is None:
            self._complain(
                node.line, "missing-value",
                f"Für „{node.path}“ gibt es keinen Wert. Füllen Sie die Angabe im Ablauf oder setzen Sie "
                f"eine Bedingung „{{% if {node.path} %}}“ davor",
                f'There is no value for "{node.path}". Fill it in the process, or put a condition '
                f'"{{% if {node.path} %}}" around it',
            )  # fmt: skip
            return ""
        try:
            return as_text(FORMATS[node.format](found, self._language), self._language)
        except UnfitValue as unfit:
            self._complain(
                node.line, "unfit-value",
                f"„{node.path}“: {unfit.text['de']}".removesuffix("."),
                f'"{node.path}": {unfit.text["en"]}'.removesuffix("."),
            )  # fmt: skip
            return ""

    def _items(self, node: For, scope: Mapping[str, Any]) -> Sequence[Any]:
        if self._probe is not None:
            return [None] if self._probe else []
        found = _look(scope, node.path)
        if isinstance(found, list | tuple):
            return found
        self._complain(
            node.line, "not-a-list",
            f"„{node.path}“ ist keine Liste; „for“ braucht eine",
            f'"{node.path}" is not a list; "for" needs one',
        )  # fmt: skip
        return ()


def _look(scope: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, `None` where there is none. Only mappings are entered, never objects."""
    found: Any = scope
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def restore(*, text: str, values: Sequence[str]) -> str:
    """`text` with every mark replaced by the value it stands for."""
    return MARK.sub(lambda mark: values[int(mark[1])], text)
