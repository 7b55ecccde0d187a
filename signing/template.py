"""Read this to see how placeholders, conditions and loops of a letter text are read.

The language is deliberately small and cannot run code: `{{ path }}`, `{{ path | format }}`,
`{% if path %}`, `{% if not path %}`, `{% else %}`, `{% endif %}`, `{% for name in path %}`, `{% endfor %}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from forms.problems import Problem
from signing.values import FORMATS

MAX_SOURCE: Final = 100_000
MAX_NESTING: Final = 8

_PATH = r"[A-Za-z_]\w*(?:\.\w+)*"
_TAG: Final = re.compile(
    r"^[ \t]*(?P<alone>\{%(?:(?!%\})[^\n])*%\})[ \t]*(?:\n|\Z)"  # Alone on its line: takes the line with it.
    r"|(?P<tag>\{%[^\n]*?%\})|(?P<value>\{\{[^\n]*?\}\})|\\(?P<escaped>[\\*|\[\](){}#%.\-])|(?P<open>\{[{%])",
    re.MULTILINE,
)
_PLACEHOLDER: Final = re.compile(rf"({_PATH})\s*(?:\|\s*([a-z]+))?", re.ASCII)
_IF: Final = re.compile(rf"if\s+(not\s+)?({_PATH})", re.ASCII)
_FOR: Final = re.compile(rf"for\s+([A-Za-z_]\w*)\s+in\s+({_PATH})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    line: int
    literal: bool = False
    """An escaped character: printed as it is, never markup."""


@dataclass(frozen=True, slots=True)
class Value:
    path: str
    format: str
    line: int


@dataclass(frozen=True, slots=True)
class If:
    path: str
    negated: bool
    line: int
    then: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class For:
    name: str
    path: str
    line: int
    nodes: tuple[Node, ...]


Node = Text | Value | If | For


def problem(*, line: int, code: str, de: str, en: str) -> Problem:
    """A problem of the letter text; `line` counts from 1 in the file as the author sees it."""
    return Problem(where=f"line {line}", code=code, text={"de": de, "en": en})


class _Reader:
    """Turns source text into nodes, collecting problems instead of stopping at the first."""

    def __init__(self, *, source: str, first_line: int) -> None:
        self.problems: list[Problem] = []
        self._tokens = list(_tokens(source, first_line))
        self._at = 0

    def read(self) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self._at < len(self._tokens):
            nodes += self._nodes(depth=0)
            if self._at < len(self._tokens):  # A closing word that nothing opened.
                _, content, line = self._tokens[self._at]
                self._complain(
                    line, "unexpected-tag", f"„{content}“ schließt nichts", f'"{content}" closes nothing'
                )
                self._at += 1
        return tuple(nodes)

    def _complain(self, line: int, code: str, de: str, en: str) -> None:
        self.problems.append(problem(line=line, code=code, de=de + ".", en=en + "."))

    def _nodes(self, *, depth: int) -> tuple[Node, ...]:
        nodes: list[Node] = []
        while self._at < len(self._tokens):
            kind, content, line = self._tokens[self._at]
            if kind == "tag" and content in {"else", "endif", "endfor"}:
                break
            self._at += 1
            match kind:
                case "text":
                    nodes.append(Text(content, line))
                case "escaped":
                    nodes.append(Text(content, line, literal=True))
                case "value":
                    nodes += self._placeholder(content, line)
                case "open":
                    self._complain(
                        line, "unclosed-tag",
                        f"„{content}“ wird in derselben Zeile nicht geschlossen",
                        f'"{content}" is not closed on the same line',
                    )  # fmt: skip
                case _:
                    nodes += self._block(content, line, depth)
        return tuple(nodes)

    def _placeholder(self, content: str, line: int) -> tuple[Value, ...]:
        match = _PLACEHOLDER.fullmatch(content)
        if not match:
            self._complain(
                line, "bad-placeholder",
                f"„{{{{ {content} }}}}“ ist kein Platzhalter; erlaubt ist {{{{ pfad.zum.wert }}}} oder "
                "{{ pfad | money }}",
                f'"{{{{ {content} }}}}" is not a placeholder; write {{{{ path.to.value }}}} or '
                "{{ path | money }}",
            )  # fmt: skip
            return ()
        form = match[2] or "text"
        if form not in FORMATS:
            known = ", ".join(FORMATS)
            self._complain(
                line, "unknown-format",
                f"Das Format „{form}“ gibt es nicht; es gibt {known}",
                f'There is no format "{form}"; there are {known}',
            )  # fmt: skip
            return ()
        return (Value(match[1], form, line),)

    def _block(self, content: str, line: int, depth: int) -> tuple[Node, ...]:
        if depth >= MAX_NESTING:
            self._complain(
                line, "nested-too-deep",
                f"Bedingungen und Schleifen sind tiefer als {MAX_NESTING} Ebenen verschachtelt",
                f"Conditions and loops are nested deeper than {MAX_NESTING} levels",
            )  # fmt: skip
        if match := _IF.fullmatch(content):
            return (self._if(match, line, depth),)
        if match := _FOR.fullmatch(content):
            nodes = self._branch("endfor", line, depth, ("for",))
            self._close("endfor", "for", line)
            return (For(match[1], match[2], line, nodes),)
        self._complain(
            line, "unknown-tag",
            f"„{{% {content} %}}“ gibt es nicht; es gibt if, else, endif, for … in …, endfor",
            f'There is no "{{% {content} %}}"; there are if, else, endif, for … in …, endfor',
        )  # fmt: skip
        return ()

    def _if(self, match: re.Match[str], line: int, depth: int) -> If:
        then = self._branch("endif", line, depth, ("if",))
        otherwise: tuple[Node, ...] = ()
        if self._next_is("else"):
            else_line = self._tokens[self._at][2]
            self._at += 1
            otherwise = self._branch("endif", else_line, depth, ("else",))
        self._close("endif", "if", line)
        return If(match[2], bool(match[1]), line, then, otherwise)

    def _branch(self, end: str, line: int, depth: int, opened: tuple[str]) -> tuple[Node, ...]:
        nodes = self._nodes(depth=depth + 1)
        closed = self._at < len(self._tokens)
        if closed and not any(not isinstance(n, Text) or n.text.strip() for n in nodes):
            self._complain(
                line, "empty-branch",
                f"Zwischen „{opened[0]}“ und „{end}“ oder „else“ steht nichts",
                f'There is nothing between "{opened[0]}" and "{end}" or "else"',
            )  # fmt: skip
        return nodes

    def _next_is(self, word: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][:2] == ("tag", word)

    def _close(self, end: str, opened: str, line: int) -> None:
        if self._next_is(end):
            self._at += 1
        else:
            self._complain(
                line, "unclosed-block",
                f"„{opened}“ wird nicht mit „{{% {end} %}}“ geschlossen",
                f'"{opened}" is not closed by "{{% {end} %}}"',
            )  # fmt: skip


def _tokens(source: str, first_line: int) -> Iterator[tuple[str, str, int]]:
    """(kind, content, line) for text, values and tags in order."""
    at, line = 0, first_line
    for match in _TAG.finditer(source):
        if match.start() > at:
            yield "text", source[at : match.start()], line
            line += source.count("\n", at, match.start())
        kind = match.lastgroup or ""
        content = match[kind]
        if kind in {"alone", "tag", "value"}:
            content = content[2:-2].strip()
        yield ("tag" if kind == "alone" else kind), content, line
        line += match[0].count("\n")
        at = match.end()
    if at < len(source):
        yield "text", source[at:], line


def parse(*, source: str, first_line: int = 1) -> tuple[tuple[Node, ...], list[Problem]]:
    """The source as nodes, with everything that is wrong with its tags."""
    reader = _Reader(source=source, first_line=first_line)
    nodes = reader.read()
    return nodes, reader.problems


def paths(*, nodes: Sequence[Node]) -> frozenset[str]:
    """Every path the text reads. What a loop reads of its items is written `list[].member`."""
    return frozenset(_paths(nodes, {}))


def _paths(nodes: Sequence[Node], names: Mapping[str, str]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Value(path=path):
                yield _absolute(path, names)
            case If(path=path, then=then, otherwise=otherwise):
                yield _absolute(path, names)
                yield from _paths((*then, *otherwise), names)
            case For(name=name, path=path, nodes=inner):
                whole = _absolute(path, names)
                yield whole
                yield from _paths(inner, {**names, name: whole + "[]"})


def _absolute(path: str, names: Mapping[str, str]) -> str:
    first, dot, rest = path.partition(".")
    return names.get(first, first) + dot + rest
