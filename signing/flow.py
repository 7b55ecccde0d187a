"""Read this to see how a letter's blocks become strips one line high, and how strips are dealt to pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signing.body import Block, Heading, ListBlock, Paragraph, Run, TableBlock
from signing.strips import Strip, StripText, Style
from signing.tables import table_strips
from signing.tagging import Element, Tag
from signing.typesetting import SetLine, break_lines, natural_width

TEXT: Final = Style(size=10, leading=14, before=8)
HEADINGS: Final = {
    1: Style(size=12.5, leading=17, before=0, bold=True),
    2: Style(size=11, leading=15, before=16, bold=True),
    3: Style(size=10, leading=14, before=12, bold=True),
}
_LIST_GAP: Final = 3.0
_BULLET: Final = "•"
_LABEL_INDENT: Final = 6.0
_LABEL_GAP: Final = 6.0


def text_strips(
    *, runs: Sequence[Run], element: Element, style: Style, width: float, x: float = 0.0
) -> list[Strip]:
    """A text as strips belonging to one element; first and last two lines stay together."""
    lines = break_lines(runs=runs, width=width, size=style.size, bold=style.bold)
    last = len(lines) - 1
    return [
        Strip(
            height=style.leading,
            texts=(StripText(line, element, x, style.baseline, style.size),),
            before=style.before if index == 0 else 0.0,
            keep_next=index in {0, last - 1} and index != last,
        )
        for index, line in enumerate(lines)
    ]


def block_strips(*, blocks: Sequence[Block], parent: Element, width: float) -> list[Strip]:
    """All blocks as strips, and their elements below `parent` in reading order."""
    strips: list[Strip] = []
    for block in blocks:
        match block:
            case Heading(level=level, runs=runs):
                element = parent.add(f"H{level}")
                found = text_strips(runs=runs, element=element, style=HEADINGS[level], width=width)
                strips += [replace(strip, keep_next=True) for strip in found]
            case Paragraph(runs=runs):
                strips += text_strips(runs=runs, element=parent.add(Tag.PARAGRAPH), style=TEXT, width=width)
            case ListBlock():
                strips += _list_strips(block, parent, width)
            case TableBlock():
                strips += table_strips(table=block, parent=parent, width=width)
    return strips


def _list_strips(block: ListBlock, parent: Element, width: float) -> list[Strip]:
    numbering = "Decimal" if block.numbered else "Disc"
    whole = parent.add(Tag.LIST, owner="List", attributes={"ListNumbering": numbering})
    labels = [f"{n}." if block.numbered else _BULLET for n in range(1, len(block.items) + 1)]
    room = max(natural_width(runs=[Run(label)], size=TEXT.size) for label in labels)
    indent = _LABEL_INDENT + room + _LABEL_GAP
    strips: list[Strip] = []
    for index, (label, runs) in enumerate(zip(labels, block.items, strict=True)):
        item = whole.add(Tag.ITEM)
        label_element = item.add(Tag.LABEL)
        style = replace(TEXT, before=TEXT.before if index == 0 else _LIST_GAP)
        found = text_strips(
            runs=runs or (Run(" "),),
            element=item.add(Tag.ITEM_BODY),
            style=style,
            width=width - indent,
            x=indent,
        )
        set_label = _one_line(label)
        mark = StripText(
            set_label, label_element, _LABEL_INDENT + room - set_label.width, TEXT.baseline, TEXT.size
        )
        strips += [replace(found[0], texts=(mark, *found[0].texts)), *found[1:]] if found else []
    return strips


def _one_line(text: str) -> SetLine:
    return break_lines(runs=[Run(text)], width=float("inf"), size=TEXT.size)[0]


@dataclass(frozen=True, slots=True)
class PlacedStrip:
    """A strip on a page; `top` is its distance from the top of the page's text area in points."""

    strip: Strip
    top: float


def paginate(*, strips: Sequence[Strip], first: float, later: float) -> list[list[PlacedStrip]]:
    """Deals strips to pages whose text areas are `first` and then `later` points high.

    Strips that keep together move to the next page together; if even a whole page is too small for them they
    are parted, so that any text finds room.
    """
    pages: list[list[PlacedStrip]] = [[]]
    used, room = 0.0, first
    for group in _groups(strips):
        need = sum(strip.before + strip.height for strip in group)
        if pages[-1] and used + need > room and need <= later:
            pages.append([])
            used, room = 0.0, later
        for strip in group:
            before = strip.before if pages[-1] else 0.0
            if pages[-1] and used + before + strip.height > room:
                pages.append([])
                used, room, before = 0.0, later, 0.0
            for repeated in () if pages[-1] else strip.repeats:
                pages[-1].append(PlacedStrip(repeated, used))
                used += repeated.height
            pages[-1].append(PlacedStrip(strip, used + before))
            used += before + strip.height
    return pages


def _groups(strips: Sequence[Strip]) -> Iterator[list[Strip]]:
    group: list[Strip] = []
    for strip in strips:
        group.append(strip)
        if not strip.keep_next:
            yield group
            group = []
    if group:
        yield group
