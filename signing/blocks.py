"""Read this to see how lines become headings, paragraphs, lists and tables, and `**`/`[…](…)` become runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from forms.problems import Problem
from signing.body import Align, Block, Heading, ListBlock, Paragraph, Run, TableBlock
from signing.expansion import MARK, Line, restore
from signing.template import problem

_HEADING: Final = re.compile(r"(#+)\s+(\S.*)")
_BULLET: Final = re.compile(r"(\s*)-\s+(\S.*)")
_NUMBER: Final = re.compile(r"(\s*)\d{1,3}\.\s+(\S.*)")
_SEPARATOR: Final = re.compile(r"\|(\s*:?-+:?\s*\|)+")
_INLINE: Final = re.compile(r"\*\*|\[(?P<text>[^\[\]]*)\]\((?P<href>[^()]*)\)")
_HREF: Final = re.compile(r"https://[^\s<>\"\\]+|mailto:[\w.+-]+@[\w.-]+|tel:\+?[0-9-]+", re.ASCII)


class BlockReader:
    """Reads the lines of one filled-in letter; `problems` collects what is wrong with them."""

    def __init__(self, *, values: Sequence[str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def read(self, *, lines: Sequence[Line]) -> tuple[Block, ...]:
        blocks: list[Block] = []
        at = 0
        while at < len(lines):
            group = [lines[at]]
            at += 1
            kind = _kind(group[0].text)
            while kind not in {"blank", "heading"} and at < len(lines) and _continues(kind, lines[at].text):
                group.append(lines[at])
                at += 1
            match kind:
                case "heading":
                    blocks += self._heading(group[0])
                case "table":
                    blocks += self._table(group)
                case "bullet" | "number":
                    blocks.append(self._list(group, kind))
                case "text":
                    blocks += self._paragraph(group)
        return tuple(blocks)

    def _complain(self, line: int, code: str, de: str, en: str) -> None:
        self.problems.append(problem(line=line, code=code, de=de + ".", en=en + "."))

    def _heading(self, line: Line) -> list[Block]:
        match = _HEADING.fullmatch(line.text.strip())
        if not match or len(match[1]) > 2:  # noqa: PLR2004 - the language has # and ##
            self._complain(
                line.number, "bad-heading",
                "Eine Überschrift besteht aus # oder ##, einem Leerzeichen und Text",
                "A heading is # or ##, a space and text",
            )  # fmt: skip
            return []
        return [Heading(level=len(match[1]) + 1, runs=self._runs(match[2], line.number))]

    def _paragraph(self, group: Sequence[Line]) -> list[Block]:
        runs = self._runs(_joined([line.text for line in group]), group[0].number)
        return [Paragraph(runs)] if any(run.text.strip() for run in runs) else []

    def _list(self, group: Sequence[Line], kind: str) -> ListBlock:
        pattern = _BULLET if kind == "bullet" else _NUMBER
        items: list[tuple[int, list[str]]] = []
        for line in group:
            match = pattern.fullmatch(line.text)
            if match and not match[1]:
                items.append((line.number, [match[2]]))
                continue
            if _BULLET.fullmatch(line.text) or _NUMBER.fullmatch(line.text):
                self._complain(
                    line.number, "nested-list",
                    "Listen in Listen gibt es nicht; beginnen Sie die Zeile am Rand oder trennen Sie "
                    "die Listen durch eine Leerzeile",
                    "There are no lists in lists; start the line at the margin or part the lists "
                    "by an empty line",
                )  # fmt: skip
            items[-1][1].append(line.text)
        return ListBlock(
            items=tuple(self._runs(_joined(lines), number) for number, lines in items),
            numbered=kind == "number",
        )

    def _table(self, group: Sequence[Line]) -> list[Block]:
        head = self._cells(group[0])
        align: tuple[Align, ...] = (Align.LEFT,) * len(head)
        rows = list(group[1:])
        if rows and _SEPARATOR.fullmatch(rows[0].text.strip()):
            marks = rows.pop(0).text.strip().strip("|").split("|")
            align = tuple(Align.RIGHT if mark.strip().endswith(":") else Align.LEFT for mark in marks)
        for line in group[1:]:
            count = line.text.strip().strip("|").count("|") + 1
            if not line.text.strip().endswith("|") or len(line.text.strip().split("|")) - 2 != len(head):
                self._complain(
                    line.number, "uneven-table",
                    f"Die Zeile hat {count} Spalten, der Tabellenkopf {len(head)}; jede Zeile endet mit |",
                    f"The row has {count} columns, the table's head {len(head)}; every row ends with |",
                )  # fmt: skip
        cells = tuple(self._cells(line) for line in rows)
        even = len(align) == len(head) and all(len(row) == len(head) for row in cells)
        return [TableBlock(head=head, rows=cells, align=align)] if even and cells else []

    def _cells(self, line: Line) -> tuple[tuple[Run, ...], ...]:
        text = line.text.strip().removeprefix("|").removesuffix("|")
        return tuple(self._runs(cell.strip(), line.number) for cell in text.split("|"))

    def _runs(self, text: str, line: int) -> tuple[Run, ...]:
        runs: list[Run] = []
        bold, at = False, 0
        for match in _INLINE.finditer(text):
            self._add(runs, text[at : match.start()], bold)
            at = match.end()
            if match[0] == "**":
                bold = not bold
            else:
                self._add(runs, match["text"], bold, self._href(match["href"], line))
        self._add(runs, text[at:], bold)
        if bold:
            self._complain(line, "unclosed-bold", "** wird nicht geschlossen", "** is not closed")
        return tuple(runs)

    def _add(self, runs: list[Run], text: str, bold: bool, href: str | None = None) -> None:
        if text:
            runs.append(Run(restore(text=text, values=self._values), bold, href))

    def _href(self, href: str, line: int) -> str | None:
        if _HREF.fullmatch(href) and not MARK.search(href):
            return href
        shown = MARK.sub("{{…}}", href)
        self._complain(
            line, "bad-link",
            f"„{shown}“ ist kein Ziel für einen Verweis; erlaubt sind feste Adressen mit "
            "https:, mailto: oder tel:",
            f'"{shown}" cannot be linked to; fixed https:, mailto: or tel: addresses can',
        )  # fmt: skip
        return None


def _kind(text: str) -> str:
    if not text.strip():
        return "blank"
    if text.startswith("#"):
        return "heading"
    if text.lstrip().startswith("|"):
        return "table"
    if re.match(r"-\s", text):
        return "bullet"
    if re.match(r"\d{1,3}\.\s", text):
        return "number"
    return "text"


def _continues(kind: str, text: str) -> bool:
    """Whether a line belongs to the block of `kind` that the line before it belongs to."""
    following = _kind(text)
    if kind in {"bullet", "number"}:
        return following == kind or (following == "text" and text.startswith("  "))
    return following == kind


def _joined(lines: Sequence[str]) -> str:
    """Source lines as one text: a line break in the source is a space, after a backslash a real break."""
    text = ""
    for line in lines:
        stripped = line.strip()
        text += stripped[:-1].rstrip() + "\n" if stripped.endswith("\\") else stripped + " "
    return text.rstrip()
