"""Read this to know what letters are laid out from, strips one line high, and how they are painted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from signing.tagging import Element, Tag, TaggedCanvas
from signing.typesetting import Piece, SetLine

_LINK_GREY: Final = 0.0
_UNDERLINE_DROP: Final = 1.6


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set, in points. `before` is the space above its first line."""

    size: float
    leading: float
    before: float
    bold: bool = False

    @property
    def baseline(self) -> float:
        """The baseline's distance from the line's top: the letters stand in the middle of their line."""
        return (self.leading + self.size * 0.72) / 2


@dataclass(frozen=True, slots=True)
class StripText:
    """A set line inside a strip; without an element it is an artifact (a repeated table head)."""

    line: SetLine
    element: Element | None
    x: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class Strip:
    """Something that fits on a page or moves to the next as a whole. All measures in points."""

    height: float
    texts: tuple[StripText, ...]
    before: float = 0.0
    keep_next: bool = False
    repeats: tuple[Strip, ...] = ()
    """Printed again above this strip when it is the first on a page: the head of its table."""
    shade: tuple[float, float] | None = None
    """Left end and width of a grey ground."""
    rule: tuple[float, float] | None = None
    """Left and right end of a line along the strip's bottom."""


@dataclass(slots=True)
class Painter:
    """Paints strips. Parts of one link share one Link element, also across lines and pages."""

    canvas: TaggedCanvas
    _links: dict[tuple[int, int], Element] = field(default_factory=dict)

    def paint(self, *, strip: Strip, x: float, top: float) -> None:
        """Paints a strip with its upper left corner at (x, top), in points from the page's lower left."""
        if strip.shade:
            left, width = strip.shade
            self.canvas.shade(x=x + left, y=top - strip.height, width=width, height=strip.height, grey=0.92)
        for text in strip.texts:
            for piece in text.line.pieces:
                self._piece(text, piece, x + text.x + piece.x, top - text.baseline)
        if strip.rule:
            left, right = strip.rule
            self.canvas.rule(x=x + left, y=top - strip.height, to_x=x + right, to_y=top - strip.height)

    def _piece(self, text: StripText, piece: Piece, x: float, y: float) -> None:
        element = text.element
        if element is not None and piece.link is not None and piece.href:
            element = self._link(element, piece.link)
            box = (x, y - 0.25 * text.size, x + piece.width, y + 0.85 * text.size)
            self.canvas.link(element=element, box=box, href=piece.href, label=piece.text.strip())
        self.canvas.text(element=element, x=x, y=y, text=piece.text, size=text.size, bold=piece.bold)
        if piece.href:
            self.canvas.rule(
                x=x, y=y - _UNDERLINE_DROP, to_x=x + piece.width, to_y=y - _UNDERLINE_DROP, grey=0.2
            )

    def _link(self, parent: Element, number: int) -> Element:
        key = (id(parent), number)
        if key not in self._links:
            self._links[key] = parent.add(Tag.LINK)
        return self._links[key]
