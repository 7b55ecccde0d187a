"""Patterns of a Präzisierung: rewritten to fit the whole text, refused if the linear engine cannot run them.

A second thing is needed of a pattern: a text that fits, for the example application of the package. So it
is read here into its parts; what cannot be read gets no example and is left to a person.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

import jsonschema_rs

from forms.schema_checks import is_linear

_MOST_REPEATS = 200
_CLASSES = {
    "d": string.digits,
    "w": string.ascii_letters + string.digits + "_",
    "s": " ",
    "p": "",
    "D": "a",
    "W": "-",
    "S": "a",
}
_PLAIN = string.ascii_letters + string.digits + "-. ,/+_@:"


def whole_pattern(*, pattern: str) -> str | None:
    """The pattern as JSON Schema needs it to fit the whole text; None if it cannot be used."""
    whole = f"^(?:{pattern})$"
    return whole if pattern and is_linear(whole) else None


def text_that_fits(*, pattern: str, shortest: int = 0, longest: int | None = None) -> str | None:
    """A text that fits a whole pattern and the lengths (in characters); None if none was found.

    Tries the fewest repetitions first, then more. What is found is proved with the real engine.
    """
    keywords: dict[str, object] = {"pattern": pattern, "minLength": shortest}
    if longest is not None:
        keywords["maxLength"] = longest
    engine = jsonschema_rs.Draft202012Validator(keywords, pattern_options=jsonschema_rs.RegexOptions())
    reader = _Reader(pattern)
    try:
        tree = reader.alternatives()
    except _UnreadableError:
        return None
    if reader.position != len(pattern):
        return None
    for more in range(min(shortest, _MOST_REPEATS) + 2):
        for branch in range(_MOST_BRANCHES):
            text = _text(tree, more, branch)
            if len(text) <= (longest or 10_000) and engine.is_valid(text):
                return text
    return None


_MOST_BRANCHES = 4


class _UnreadableError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class _Part:
    """Signs to choose from, or alternatives of sequences; repeated from `least` to `most` times."""

    signs: str
    branches: tuple[tuple[_Part, ...], ...]
    least: int = 1
    most: int = 1


def _text(branches: Sequence[Sequence[_Part]], more: int, branch: int) -> str:
    chosen = branches[min(branch, len(branches) - 1)]
    return "".join(_repeated(part, more, branch) for part in chosen)


def _repeated(part: _Part, more: int, branch: int) -> str:
    once = _text(part.branches, more, branch) if part.branches else part.signs[:1]
    return once * min(part.least + more, part.most)


class _Reader:
    """Reads the usual parts of a pattern: signs, classes, groups, alternatives, repetitions, anchors."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def peek(self, length: int = 1) -> str:
        return self.pattern[self.position : self.position + length]

    def take(self) -> str:
        if self.position >= len(self.pattern):
            raise _UnreadableError
        self.position += 1
        return self.pattern[self.position - 1]

    def alternatives(self) -> tuple[tuple[_Part, ...], ...]:
        found = [self.sequence()]
        while self.peek() == "|":
            self.take()
            found.append(self.sequence())
        return tuple(found)

    def sequence(self) -> tuple[_Part, ...]:
        parts: list[_Part] = []
        while self.peek() not in {"", "|", ")"}:
            part = self.part()
            if part is not None:
                parts.append(self.repeated(part))
        return tuple(parts)

    def part(self) -> _Part | None:
        sign = self.take()
        if sign in "^$":
            return None
        if sign == "(":
            return self.group()
        if sign == "[":
            return _Part(self.signs(), ())
        if sign == ".":
            return _Part("a", ())
        if sign == "\\":
            return _Part(self.escape(), ())
        return _Part(sign, ())

    def group(self) -> _Part:
        if self.peek() == "?":
            self.take()
            if self.take() != ":":
                raise _UnreadableError
        branches = self.alternatives()
        if self.take() != ")":
            raise _UnreadableError
        return _Part("", branches)

    def escape(self) -> str:
        sign = self.take()
        if sign in _CLASSES:
            if not _CLASSES[sign]:
                raise _UnreadableError
            return _CLASSES[sign]
        if sign in "bBuxkcPpfnrtv0123456789":
            raise _UnreadableError
        return sign

    def signs(self) -> str:
        negated = self.peek() == "^"
        if negated:
            self.take()
        listed, first = "", True
        while first or self.peek() != "]":
            first = False
            low = self.one()
            if self.peek() == "-" and self.peek(2) not in {"-]", "-"} and len(low) == 1:
                self.take()
                high = self.one()
                listed += "".join(map(chr, range(ord(low), min(ord(high[0]), ord(low) + 200) + 1)))
            else:
                listed += low
        self.take()
        if negated:
            listed = "".join(sign for sign in _PLAIN if sign not in listed)
        if not listed:
            raise _UnreadableError
        return min(listed, key=lambda sign: (sign not in _PLAIN, sign == " ")) + listed

    def one(self) -> str:
        sign = self.take()
        return self.escape() if sign == "\\" else sign

    def repeated(self, part: _Part) -> _Part:
        found = re.compile(r"([?*+])|\{(\d{1,4})(?:(,)(\d{0,4}))?\}").match(self.pattern, self.position)
        if found is None:
            return part
        self.position = found.end()
        if self.peek() == "?":
            self.take()
        if found[1]:
            least, most = {"?": (0, 1), "*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS)}[found[1]]
        else:
            least = int(found[2])
            most = least if not found[3] else int(found[4]) if found[4] else max(least, _MOST_REPEATS)
        return _Part(part.signs, part.branches, least, most)
