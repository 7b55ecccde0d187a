"""Read this to see how runs of text are broken into lines that fit a width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from signing import fonts
from signing.body import Run

# What must not be parted at a line's end: an amount from its unit, a paragraph sign from its number,
# a day from its month (DIN 5008 asks for no-break spaces there; authors of letters seldom type them).
_HOLDS_NEXT: Final = re.compile(r"(§§?|Art\.|Abs\.|Nr\.|Satz|Seite|\d{1,2}\.)")
_HOLDS_PREVIOUS: Final = re.compile(r"[€%–].{0,1}")
_DIGIT_AT_END: Final = re.compile(r".*\d")
_BREAK_INSIDE: Final = re.compile(r"(?<=\w[-/–])(?=\w)|(?<=\w)(?=@)")
_WORDS: Final = re.compile(r"\n|[^ \n]+| +")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one look on one line; `x` is their distance from the line's left end in points."""

    text: str
    x: float
    width: float
    bold: bool
    link: int | None
    """The number of the run this piece of a link comes from: pieces of one link share it."""
    href: str | None


@dataclass(frozen=True, slots=True)
class SetLine:
    pieces: tuple[Piece, ...]
    width: float


@dataclass(slots=True)
class _Atom:
    """Parts of a line that stay together, and whether a space follows before the next."""

    parts: list[tuple[str, int]]
    space: bool = False
    ends_line: bool = False


def break_lines(*, runs: Sequence[Run], width: float, size: float, bold: bool = False) -> tuple[SetLine, ...]:
    """Sets runs ragged right into lines no wider than `width` points; `bold` sets all of them bold.

    A word too long for a line is parted where it does not fit; nothing ever runs over the edge. Raises
    `fonts.UnknownCharacter`.
    """
    cleaned = tuple(Run(fonts.clean(text=run.text), run.bold or bold, run.href) for run in runs)
    return tuple(_set(words, cleaned, size) for words in _lines(cleaned, width, size))


def natural_width(*, runs: Sequence[Run], size: float, bold: bool = False) -> float:
    """The width of the text if it were never broken, except where it has line breaks of its own."""
    lines = break_lines(runs=runs, width=float("inf"), size=size, bold=bold)
    return max((line.width for line in lines), default=0.0)


def _atoms(runs: Sequence[Run]) -> Iterator[_Atom]:
    atom = _Atom([])
    for number, run in enumerate(runs):
        for word in _WORDS.findall(run.text):
            if word == "\n":
                atom.ends_line = True
            elif word.isspace():
                atom.space = bool(atom.parts)
                continue
            else:
                held = atom.space and atom.parts and _held(_text(atom), word)
                if atom.space and not held:
                    yield atom
                    atom = _Atom([])
                if held:
                    atom.parts.append((" ", number))
                    atom.space = False
                for index, part in enumerate(_BREAK_INSIDE.split(word)):
                    if index:
                        yield atom
                        atom = _Atom([])
                    atom.parts.append((part, number))
                continue
            yield atom
            atom = _Atom([])
    if atom.parts:
        atom.space = False
        yield atom


def _text(atom: _Atom) -> str:
    return "".join(text for text, _ in atom.parts)


def _held(before: str, word: str) -> bool:
    last = before.rpartition(" ")[2].lstrip("(")
    return bool(_HOLDS_NEXT.fullmatch(last)) or (
        word[0] in "€%" and bool(_DIGIT_AT_END.fullmatch(last)) and bool(_HOLDS_PREVIOUS.match(word))
    )


def _lines(runs: Sequence[Run], width: float, size: float) -> Iterator[list[_Atom]]:
    line: list[_Atom] = []
    used = 0.0
    for atom in _atoms(runs):
        for piece in _fitting(atom, runs, width, size):
            space = fonts.width(text=" ", bold=False, size=size) if line and line[-1].space else 0.0
            wide = _width(piece, runs, size)
            if line and used + space + wide > width:
                yield line
                line, used, space = [], 0.0, 0.0
            line.append(piece)
            used += space + wide
            if piece.ends_line:
                yield line
                line, used = [], 0.0
    if line:
        yield line


def _fitting(atom: _Atom, runs: Sequence[Run], width: float, size: float) -> Iterator[_Atom]:
    """The atom itself, or in parts if it is wider than a whole line."""
    if _width(atom, runs, size) <= width:
        yield atom
        return
    part = _Atom([])
    for text, number in atom.parts:
        for cluster in re.findall(r".[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]*", text):
            if part.parts and _width(_Atom([*part.parts, (cluster, number)]), runs, size) > width:
                yield part
                part = _Atom([])
            part.parts.append((cluster, number))
    part.space, part.ends_line = atom.space, atom.ends_line
    yield part


def _width(atom: _Atom, runs: Sequence[Run], size: float) -> float:
    return sum(fonts.width(text=text, bold=runs[number].bold, size=size) for text, number in atom.parts)


def _set(words: Sequence[_Atom], runs: Sequence[Run], size: float) -> SetLine:
    """Joins a line's atoms into as few pieces as possible.

    A line that ends at a space keeps it: readers then hear two words, not one (ISO 32000-1, 14.8.2.5).
    """
    joined: list[tuple[str, int]] = []
    for index, atom in enumerate(words):
        for text, number in atom.parts:
            if joined and joined[-1][1] == number:
                joined[-1] = (joined[-1][0] + text, number)
            else:
                joined.append((text, number))
        if atom.space and joined:
            follows = (
                words[index + 1].parts[0][1] if index + 1 < len(words) and words[index + 1].parts else None
            )
            last, number = joined[-1]
            if follows is not None and runs[number].href and follows != number and not runs[follows].href:
                joined.append((" ", follows))  # A link does not reach over the space behind it.
            else:
                joined[-1] = (last + " ", number)
    pieces: list[Piece] = []
    x = 0.0
    for text, number in joined:
        run = runs[number]
        wide = fonts.width(text=text, bold=run.bold, size=size)
        pieces.append(Piece(text, x, wide, run.bold, number if run.href else None, run.href))
        x += wide
    trailing = len(pieces[-1].text) - len(pieces[-1].text.rstrip(" ")) if pieces else 0
    return SetLine(tuple(pieces), x - trailing * fonts.width(text=" ", bold=False, size=size))
