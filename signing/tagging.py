"""Read this to see how text on a page gets its place in the document's structure (PDF/UA, ISO 14289-1).

reportlab paints, and this module wraps everything painted in marked content: text that belongs to a
structure element carries that element's number, everything else is an artifact. `archive` writes the
structure tree from the elements collected here. Only reportlab's public canvas is used.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.ttfonts import shapeStr
from reportlab.pdfgen.canvas import Canvas

from signing import fonts


class Tag:
    """The standard structure types used here (ISO 32000-1, 14.8.4)."""

    DOCUMENT: Final = "Document"
    PARAGRAPH: Final = "P"
    LIST: Final = "L"
    ITEM: Final = "LI"
    LABEL: Final = "Lbl"
    ITEM_BODY: Final = "LBody"
    TABLE: Final = "Table"
    TABLE_HEAD: Final = "THead"
    TABLE_BODY: Final = "TBody"
    ROW: Final = "TR"
    HEAD_CELL: Final = "TH"
    CELL: Final = "TD"
    LINK: Final = "Link"
    FIGURE: Final = "Figure"
    SECTION: Final = "Sect"


@dataclass(frozen=True, slots=True)
class Marked:
    """A piece of page content: the marked content `mcid` on `page` (both from 0)."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True)
class LinkArea:
    """Where on `page` a link can be clicked: left, bottom, right, top in points."""

    page: int
    box: tuple[float, float, float, float]
    href: str
    label: str


@dataclass(slots=True, eq=False)
class Element:
    """A node of the structure tree. `attributes` belong to the owner named by `owner` (ISO 32000-1, 14.8.5).

    Attribute values: text is written as a PDF name, tuples as arrays.
    """

    tag: str
    alt: str | None = None
    owner: str | None = None
    attributes: Mapping[str, str | tuple[float, ...]] = field(default_factory=dict)
    kids: list[Element | Marked | LinkArea] = field(default_factory=list)

    def add(self, tag: str, **details: object) -> Element:
        """A new element as this one's last child."""
        child = Element(tag, **details)  # type: ignore[arg-type]
        self.kids.append(child)
        return child

    def walk(self) -> Iterator[Element]:
        """The element and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()


class TaggedCanvas:
    """Pages on which everything is either part of a structure element or an artifact.

    Coordinates are points from the lower left corner. `root` is the tree's top; `pages` lists, for every
    finished page, the elements in the order of their marked content numbers.
    """

    def __init__(self, *, page_size: tuple[float, float]) -> None:
        fonts.register()
        self._out = io.BytesIO()
        # Invariant: no clock, no random identifiers; the archive step sets dates from its arguments.
        self._canvas = Canvas(
            self._out, pagesize=page_size, pageCompression=1, invariant=1,
            pdfVersion=(1, 7), initialFontName=fonts.REGULAR,
        )  # fmt: skip
        self.root = Element(Tag.DOCUMENT)
        self.pages: list[list[Element]] = []
        self._marks: list[Element] = []
        self._open: Element | None = None
        self._artifact = False

    def text(
        self, *, element: Element | None, x: float, y: float, text: str,
        size: float, bold: bool = False, grey: float = 0.0,
    ) -> None:  # fmt: skip
        """Sets one line with its baseline at (x, y); without an element it is an artifact."""
        self._enter(element)
        self._canvas.setFont(fonts.name(bold=bold), size)
        self._canvas.setFillGray(grey)
        if fonts.needs_shaping(text=text):
            # Placed marks may use glyphs without a character of their own: say what is written.
            self._canvas.addLiteral(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC")
            self._canvas.drawString(x, y, shapeStr(text, fonts.name(bold=bold), size))
            self._canvas.addLiteral("EMC")
        else:
            self._canvas.drawString(x, y, text)

    def link(
        self, *, element: Element, box: tuple[float, float, float, float], href: str, label: str
    ) -> None:
        """Makes a box clickable; `element` is the Link element that holds the link's text."""
        element.kids.append(LinkArea(len(self.pages), box, href, label))

    def image(self, *, element: Element, png: bytes, box: tuple[float, float, float, float]) -> None:
        """Paints a picture into left, bottom, right, top; the element needs an alternative text."""
        self._enter(element)
        left, bottom, right, top = box
        element.owner = "Layout"
        element.attributes = {"Placement": "Block", "BBox": box}
        self._canvas.drawImage(
            ImageReader(io.BytesIO(png)), left, bottom, right - left, top - bottom, mask=None
        )

    def rule(
        self, *, x: float, y: float, to_x: float, to_y: float, width: float = 0.5, grey: float = 0.6
    ) -> None:
        """A line nobody needs to hear about: an artifact."""
        self._enter(None)
        self._canvas.setLineWidth(width)
        self._canvas.setStrokeGray(grey)
        self._canvas.line(x, y, to_x, to_y)

    def shade(self, *, x: float, y: float, width: float, height: float, grey: float) -> None:
        """A shaded area: an artifact."""
        self._enter(None)
        self._canvas.setFillGray(grey)
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)

    def end_page(self) -> None:
        self._leave()
        self._canvas.showPage()
        self.pages.append(self._marks)
        self._marks = []

    def finish(self) -> bytes:
        """The pages as a PDF without its structure tree; every page has to be ended before."""
        self._canvas.save()
        return self._out.getvalue()

    def _enter(self, element: Element | None) -> None:
        """Opens marked content for the element, unless it is open already from the line before."""
        if element is None:
            if not self._artifact:
                self._leave()
                self._canvas.addLiteral("/Artifact BMC")
                self._artifact = True
            return
        if element is self._open:
            return
        self._leave()
        number = len(self._marks)
        self._marks.append(element)
        element.kids.append(Marked(len(self.pages), number))
        self._canvas.addLiteral(f"/{element.tag} <</MCID {number}>> BDC")
        self._open = element

    def _leave(self) -> None:
        if self._open is not None or self._artifact:
            self._canvas.addLiteral("EMC")
        self._open, self._artifact = None, False
