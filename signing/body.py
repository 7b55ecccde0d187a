"""Read this to know what a letter's text consists of: the blocks between `markup` and `letters`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """How the cells of a table column stand."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    """Characters with one look. `text` is plain text, never markup; a line feed in it starts a new line.

    `href` makes the run a link; it is an absolute `https:`, `mailto:` or `tel:` address.
    """

    text: str
    bold: bool = False
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the text. The letter's subject is level 1, so levels here are 2 and 3."""

    level: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A bulleted list, or a numbered one counted from 1."""

    items: tuple[tuple[Run, ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with one head row; every row has as many cells as `head`."""

    head: tuple[tuple[Run, ...], ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    align: tuple[Align, ...]


Block = Heading | Paragraph | ListBlock | TableBlock


@dataclass(frozen=True, slots=True)
class Body:
    """A letter's text with all values filled in, in one language (`de` or `en`).

    `subject` is printed as the letter's first heading; `title` names the document in readers and archives.
    """

    subject: str
    title: str
    language: str
    blocks: tuple[Block, ...]


def plain_text(*, runs: tuple[Run, ...]) -> str:
    """What the runs say, without their look."""
    return "".join(run.text for run in runs)
