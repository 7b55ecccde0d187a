"""Read this to see how a letter looks: DIN 5008 form B, tagged for PDF/UA, in one language.

`render` paints; `archive` makes the result a lasting document. All measures are taken from the upper left
corner of the sheet in millimetres, as in DIN 5008, and converted where something is painted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from forms.problems import Problem
from signing import fonts
from signing.body import Run
from signing.flow import HEADINGS, PlacedStrip, block_strips, paginate, text_strips
from signing.letter import Letter, Letterhead, LetterProblems, Logo, unknown_characters
from signing.strips import Painter, Strip, Style
from signing.tagging import Element, Tag, TaggedCanvas

MM: Final = 72 / 25.4
__all__ = ["Letter", "LetterProblems", "Letterhead", "Logo", "Rendered", "render"]

_PAGE: Final = (210 * MM, 297 * MM)
_LEFT: Final = 25.0
_WIDTH: Final = 165.0
_HEAD_END: Final = 43.0
_ADDRESS_TOP: Final = 62.7
_ADDRESS_END: Final = 90.0
_ADDRESS_WIDTH: Final = 80.0
_INFORMATION: Final = (120.0, 50.0, 70.0)
_SUBJECT_TOP: Final = 98.5
_LATER_TOP: Final = 27.0
_FOOT_TOP: Final = 271.0
_FOOT_END: Final = 286.0
_FOLDS: Final = (105.0, 210.0)
_PUNCH: Final = 148.5

_NAME: Final = Style(size=15, leading=19, before=0, bold=True)
_UNIT: Final = Style(size=10, leading=13, before=1)
_RETURN: Final = Style(size=6.5, leading=8, before=0)
_SMALL: Final = Style(size=8.5, leading=11.5, before=0)
_FOOT: Final = Style(size=7, leading=9, before=0)
_ADDRESS_SIZES: Final = (Style(10, 12.8, 0), Style(9, 11, 0), Style(8, 9.6, 0))
_WORDS: Final = {
    "de": {"page": "Seite {0} von {1}", "lang": "de-DE"},
    "en": {"page": "Page {0} of {1}", "lang": "en"},
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A painted letter and its structure; `marks` lists per page the elements by marked content number."""

    pdf: bytes
    root: Element
    marks: tuple[tuple[Element, ...], ...]
    title: str
    subject: str
    author: str
    language: str


def render(*, letter: Letter) -> Rendered:
    """Sets and paints a letter. The same letter always gives the same bytes.

    Raises `LetterProblems` naming every text the font cannot show or a field cannot hold.
    """
    problems = list(unknown_characters(letter=letter))
    if problems:
        raise LetterProblems(problems)
    canvas = TaggedCanvas(page_size=_PAGE)
    sheet = _Sheet(canvas)
    _head(sheet, letter.letterhead)
    _address(sheet, letter)
    information_end = _information(sheet, letter.information)
    pages, top = _body(letter, canvas.root, information_end)
    footer = letter.letterhead.footer
    foot_parent = canvas.root.add(Tag.SECTION) if footer else canvas.root
    for number, placed in enumerate(pages):
        if number == 0:
            _marks(canvas)
            _foot(sheet, footer, foot_parent)
        for strip in placed:
            sheet.strip(strip.strip, _LEFT, (top if number == 0 else _LATER_TOP) + strip.top / MM)
        _page_number(sheet, letter, number, len(pages))
        canvas.end_page()
    return Rendered(
        pdf=canvas.finish(),
        root=canvas.root,
        marks=tuple(map(tuple, canvas.pages)),
        title=letter.body.title,
        subject=letter.body.subject,
        author=letter.letterhead.name,
        language=_WORDS[letter.body.language]["lang"],
    )


def _body(letter: Letter, root: Element, information_end: float) -> tuple[list[list[PlacedStrip]], float]:
    """The subject and the text on pages, and where the text starts on the first."""
    width = _WIDTH * MM
    subject = text_strips(
        runs=(Run(letter.body.subject),), element=root.add("H1"), style=HEADINGS[1], width=width
    )
    strips: list[Strip] = [*subject, *block_strips(blocks=letter.body.blocks, parent=root, width=width)]
    top = max(_SUBJECT_TOP, information_end + 5)
    bottom = _FOOT_TOP - 5 if letter.letterhead.footer else _FOOT_TOP + 3
    return paginate(strips=strips, first=(bottom - top) * MM, later=(_FOOT_TOP + 3 - _LATER_TOP) * MM), top


class _Sheet:
    """Places strips by millimetres from the upper left corner."""

    def __init__(self, canvas: TaggedCanvas) -> None:
        self.canvas = canvas
        self._painter = Painter(canvas)

    def strip(self, strip: Strip, x: float, y: float) -> None:
        self._painter.paint(strip=strip, x=x * MM, top=_PAGE[1] - y * MM)

    def strips(self, strips: Sequence[Strip], x: float, y: float) -> float:
        """Paints strips one below the other; returns where they end."""
        for strip in strips:
            y += strip.before / MM
            self.strip(strip, x, y)
            y += strip.height / MM
        return y

    def rule(self, x: float, y: float, to_x: float) -> None:
        top = _PAGE[1] - y * MM
        self.canvas.rule(x=x * MM, y=top, to_x=to_x * MM, to_y=top, width=0.4)


def _text(text: str, element: Element, style: Style, width: float) -> list[Strip]:
    return text_strips(runs=(Run(text),), element=element, style=style, width=width * MM)


def _head(sheet: _Sheet, letterhead: Letterhead) -> None:
    root, width = sheet.canvas.root, _WIDTH
    if logo := letterhead.logo:
        scale = min(1.0, 60 / logo.width_mm, 25 / logo.height_mm)
        wide, high = logo.width_mm * scale, logo.height_mm * scale
        right, top = (_LEFT + _WIDTH) * MM, _PAGE[1] - 12 * MM
        box = (right - wide * MM, top - high * MM, right, top)
        sheet.canvas.image(element=root.add(Tag.FIGURE, alt=logo.alt), png=logo.png, box=box)
        width -= wide + 5
    strips = _text(letterhead.name, root.add(Tag.PARAGRAPH), _NAME, width)
    if letterhead.unit:
        strips += _text(letterhead.unit, root.add(Tag.PARAGRAPH), _UNIT, width)
    _must_fit(
        _height(strips) <= _HEAD_END - 14, "/letterhead/name",
        "Name und Stelle der Behörde passen nicht in den Briefkopf; kürzen Sie sie",
        "The authority's name and unit do not fit the letterhead; shorten them",
    )  # fmt: skip
    sheet.strips(strips, _LEFT, 14)


def _address(sheet: _Sheet, letter: Letter) -> None:
    root = sheet.canvas.root
    back = _text(letter.letterhead.return_address, root.add(Tag.PARAGRAPH), _RETURN, _ADDRESS_WIDTH)
    _must_fit(
        len(back) == 1, "/letterhead/return_address",
        "Die Rücksendeangabe passt nicht in eine Zeile; kürzen Sie sie",
        "The return address does not fit one line; shorten it",
    )  # fmt: skip
    sheet.strips(back, _LEFT, _ADDRESS_TOP - 1 - _RETURN.leading / MM)
    sheet.rule(_LEFT, _ADDRESS_TOP - 1, _LEFT + _ADDRESS_WIDTH)
    element = root.add(Tag.PARAGRAPH)
    lines = "\n".join(letter.recipient)
    for style in _ADDRESS_SIZES:
        strips = _text(lines, element, style, _ADDRESS_WIDTH)
        if _height(strips) <= _ADDRESS_END - _ADDRESS_TOP:
            break
    _must_fit(
        bool(strips) and _height(strips) <= _ADDRESS_END - _ADDRESS_TOP, "/recipient",
        "Die Anschrift fehlt oder passt nicht in das Anschriftfeld (85 × 27 mm); kürzen Sie sie",
        "The address is missing or does not fit the address field (85 × 27 mm); shorten it",
    )  # fmt: skip
    sheet.strips(strips, _LEFT, _ADDRESS_TOP)


def _information(sheet: _Sheet, rows: Sequence[tuple[str, str]]) -> float:
    """Labels and values beside the address; returns where they end."""
    left, y, width = _INFORMATION
    label_width = 26.0
    for label, value in rows:
        element = sheet.canvas.root.add(Tag.PARAGRAPH)
        labels = _text(f"{label}: ", element, _SMALL, label_width - 1.5)
        values = _text(value, element, _SMALL, width - label_width)
        ends = (sheet.strips(labels, left, y), sheet.strips(values, left + label_width, y))
        y = max(ends) + 0.6
    return y


def _foot(sheet: _Sheet, columns: Sequence[Sequence[str]], parent: Element) -> None:
    if not columns:
        return
    sheet.rule(_LEFT, _FOOT_TOP - 1.5, _LEFT + _WIDTH)
    width = _WIDTH / len(columns)
    for index, lines in enumerate(columns):
        strips = _text("\n".join(lines), parent.add(Tag.PARAGRAPH), _FOOT, width - 3)
        _must_fit(
            _height(strips) <= _FOOT_END - _FOOT_TOP, f"/letterhead/footer/{index}",
            "Die Spalte passt nicht in den Brieffuß; höchstens vier Zeilen finden Platz",
            "The column does not fit the letter's foot; there is room for at most four lines",
        )  # fmt: skip
        sheet.strips(strips, _LEFT + index * width, _FOOT_TOP)


def _page_number(sheet: _Sheet, letter: Letter, number: int, count: int) -> None:
    text = _WORDS[letter.body.language]["page"].format(number + 1, count)
    wide = fonts.width(text=text, bold=False, size=8)
    right = (_LEFT + _WIDTH) * MM
    sheet.canvas.text(element=None, x=right - wide, y=7 * MM, text=text, size=8, grey=0.25)
    if number:
        reference = " · ".join([letter.letterhead.name, *(value for _, value in letter.information[:1])])
        strips = text_strips(runs=(Run(reference),), element=Element("P"), style=_FOOT, width=_WIDTH * MM)
        line = "".join(piece.text for piece in strips[0].texts[0].line.pieces)
        sheet.canvas.text(element=None, x=_LEFT * MM, y=_PAGE[1] - 15 * MM, text=line, size=7, grey=0.25)
        sheet.rule(_LEFT, 17, _LEFT + _WIDTH)


def _marks(canvas: TaggedCanvas) -> None:
    """Fold and punch marks at the sheet's left edge (DIN 5008)."""
    for y, length in ((_FOLDS[0], 4), (_PUNCH, 6), (_FOLDS[1], 4)):
        top = _PAGE[1] - y * MM
        canvas.rule(x=4 * MM, y=top, to_x=(4 + length) * MM, to_y=top, width=0.3)


def _height(strips: Sequence[Strip]) -> float:
    return sum(strip.before + strip.height for strip in strips) / MM


def _must_fit(fits: bool, where: str, de: str, en: str) -> None:
    if not fits:
        raise LetterProblems([Problem(where, "does-not-fit", {"de": de + ".", "en": en + "."})])
