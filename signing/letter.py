"""Read this to know what a letter consists of before it is set, and how its characters are checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.problems import Problem, Problems
from signing import fonts
from signing.body import Body, Heading, ListBlock, Paragraph, Run, TableBlock


class LetterProblems(Problems):
    """A letter cannot be set: something does not fit its field, or the font lacks a character."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A coat of arms: PNG bytes, what it shows in words, and its size in millimetres (at most 60 × 25)."""

    png: bytes
    alt: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all letters of an authority share. `footer` holds up to four columns of lines."""

    name: str
    return_address: str
    unit: str = ""
    logo: Logo | None = None
    footer: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `recipient`: the lines of the address; `information`: labels and values, e.g. the date."""

    letterhead: Letterhead
    recipient: tuple[str, ...]
    information: tuple[tuple[str, str], ...]
    body: Body


def unknown_characters(*, letter: Letter) -> Iterator[Problem]:
    """One problem for every text with a character the font lacks, naming both."""
    for where, text in _texts(letter):
        try:
            fonts.clean(text=text)
        except fonts.UnknownCharacter as unknown:
            yield Problem(where, "unknown-character", unknown.text)


def _texts(letter: Letter) -> Iterator[tuple[str, str]]:
    """Every text of the letter with a JSON pointer to it."""
    head = letter.letterhead
    yield from (("/letterhead/name", head.name), ("/letterhead/unit", head.unit))
    yield "/letterhead/return_address", head.return_address
    for index, column in enumerate(head.footer):
        yield f"/letterhead/footer/{index}", "\n".join(column)
    for index, line in enumerate(letter.recipient):
        yield f"/recipient/{index}", line
    for index, row in enumerate(letter.information):
        yield f"/information/{index}", "\n".join(row)
    yield "/body/subject", letter.body.subject
    for index, block in enumerate(letter.body.blocks):
        for run in _block_runs(block):
            yield f"/body/blocks/{index}", run.text


def _block_runs(block: Heading | Paragraph | ListBlock | TableBlock) -> Iterator[Run]:
    match block:
        case Heading(runs=runs) | Paragraph(runs=runs):
            yield from runs
        case ListBlock(items=items):
            for item in items:
                yield from item
        case TableBlock(head=head, rows=rows):
            for row in (head, *rows):
                for cell in row:
                    yield from cell
