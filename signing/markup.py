r"""Read this to see how a letter text of a service package (letters/<name>.<lang>.md) is read and filled in.

A letter text starts with a front matter of `subject:` and `title:` between two lines `---`. Then come
headings (`#`, `##`), paragraphs, `- ` and `1. ` lists, tables (`| a | b |`), `**bold**` and
`[text](https://…)`; a `\` at the end of a line breaks the line, and before a sign it takes away its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from forms.problems import Problem, Problems
from signing.blocks import BlockReader
from signing.body import Body
from signing.expansion import MARK_END, MARK_START, Expanded, Expansion, restore
from signing.template import MAX_SOURCE, Node, parse, paths, problem
from signing.values import LANGUAGES

_FRONT_KEYS: Final = ("subject", "title")
_FORBIDDEN: Final = re.compile(f"[\x00-\x08\x0b-\x1f\x7f{MARK_START}{MARK_END}]")


class MarkupProblems(Problems):
    """The letter text cannot be used, or not with these values; every problem names its line."""


@dataclass(frozen=True, slots=True)
class LetterText:
    """A checked letter text. `fields` lists every path it reads; items of a loop as `list[].member`."""

    fields: frozenset[str]
    _front: Mapping[str, tuple[Node, ...]]
    _nodes: tuple[Node, ...]

    def render(self, *, values: Mapping[str, Any], language: str) -> Body:
        """The text with `values` filled in. `language` (`de`, `en`) decides how money and dates are written.

        Raises `MarkupProblems` where a value is missing or does not fit, naming field and line.
        """
        if language not in LANGUAGES:
            raise ValueError(f"Letters can be written in {LANGUAGES}, not in {language!r}.")
        problems: list[Problem] = []
        front = {}
        for key, nodes in self._front.items():
            filled = Expansion(language=language).expand(nodes=nodes, values=values)
            problems += filled.problems
            front[key] = " ".join(_plain(filled).split())
        filled = Expansion(language=language).expand(nodes=self._nodes, values=values)
        reader = BlockReader(values=filled.values)
        blocks = reader.read(lines=filled.lines)
        problems += [*filled.problems, *reader.problems]
        if problems:
            raise MarkupProblems(problems)
        title = front.get("title") or front["subject"]
        return Body(subject=front["subject"], title=title, language=language, blocks=blocks)


def compile_letter(*, source: str) -> LetterText:
    """Reads and checks a letter text; raises `MarkupProblems` with everything that is wrong, by line."""
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    problems = _unusable(source)
    if problems:
        raise MarkupProblems(problems)
    front, body, first_line = _split_front(source, problems)
    front_nodes = {}
    for key, (text, line) in front.items():
        front_nodes[key], found = parse(source=text, first_line=line)
        problems += found
    nodes, found = parse(source=body, first_line=first_line)
    problems += found
    if not found:
        problems += _probe(nodes)
    if problems:
        raise MarkupProblems(problems)
    every = [*nodes, *(node for part in front_nodes.values() for node in part)]
    return LetterText(fields=paths(nodes=every), _front=front_nodes, _nodes=nodes)


def _plain(filled: Expanded) -> str:
    return restore(text="\n".join(line.text for line in filled.lines), values=filled.values)


def _unusable(source: str) -> list[Problem]:
    if len(source) > MAX_SOURCE:
        return [
            problem(
                line=1,
                code="letter-too-long",
                de=f"Der Brieftext ist länger als {MAX_SOURCE} Zeichen.",
                en=f"The letter text is longer than {MAX_SOURCE} characters.",
            )
        ]
    return [
        problem(
            line=source.count("\n", 0, match.start()) + 1,
            code="forbidden-character",
            de=f"Das unsichtbare Zeichen U+{ord(match[0]):04X} ist nicht erlaubt; löschen Sie es.",
            en=f"The invisible character U+{ord(match[0]):04X} is not allowed; delete it.",
        )
        for match in _FORBIDDEN.finditer(source)
    ]


def _split_front(source: str, problems: list[Problem]) -> tuple[dict[str, tuple[str, int]], str, int]:
    """The front matter (key → text and line), the rest, and the line the rest starts on."""
    lines = source.split("\n")
    end = lines.index("---", 1) if lines[0] == "---" and "---" in lines[1:] else 0
    if not end:
        problems.append(
            problem(
                line=1,
                code="no-front-matter",
                de="Am Anfang fehlt der Kopf: eine Zeile ---, dann „subject: …“, „title: …“, dann ---.",
                en='The head is missing at the start: a line ---, then "subject: …", "title: …", then ---.',
            )
        )
        return {}, source, 1
    front = _front_lines(lines[1:end], problems)
    if "subject" not in front:
        problems.append(
            problem(
                line=1,
                code="no-subject",
                de="Im Kopf fehlt „subject:“ (der Betreff).",
                en='The head lacks "subject:".',
            )
        )
    return front, "\n".join(lines[end + 1 :]), end + 2


def _front_lines(lines: Sequence[str], problems: list[Problem]) -> dict[str, tuple[str, int]]:
    front: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, start=2):
        key, colon, text = line.partition(":")
        key = key.strip()
        if colon and key in _FRONT_KEYS and key not in front and text.strip():
            front[key] = (text.strip(), number)
        elif line.strip():
            problems.append(
                problem(
                    line=number,
                    code="bad-front-matter",
                    de=f"„{line.strip()}“ gehört nicht in den Kopf; er kennt subject und title, je einmal.",
                    en=f'"{line.strip()}" does not belong in the head: it has subject and title, once each.',
                )
            )
    return front


def _probe(nodes: tuple[Node, ...]) -> list[Problem]:
    """Reads the blocks with all conditions met and with none, to find faults before any case does."""
    found: dict[tuple[str, str], Problem] = {}
    for probe in (True, False):
        filled = Expansion(language="de", probe=probe).expand(nodes=nodes, values={})
        reader = BlockReader(values=filled.values)
        reader.read(lines=filled.lines)
        found |= {(p.where, p.code): p for p in reader.problems}
    return list(found.values())
