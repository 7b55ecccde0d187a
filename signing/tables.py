"""Read this to see how a table is laid out: columns, rows over several lines, heads on every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from signing.body import Align, Run, TableBlock
from signing.strips import Strip, StripText, Style
from signing.tagging import Element, Tag
from signing.typesetting import SetLine, break_lines, natural_width

_CELL: Final = Style(size=9.5, leading=13, before=0)
_HEAD: Final = Style(size=9.5, leading=13, before=0, bold=True)
_PAD_X: Final = 5.0
_PAD_Y: Final = 3.0
_BEFORE: Final = 10.0
_WHOLE_ROWS: Final = 12
"""Rows of up to so many lines are not parted by a page's end."""

Cells = Sequence[tuple[Run, ...]]


def table_strips(*, table: TableBlock, parent: Element, width: float) -> list[Strip]:
    """The table as strips over the full `width`; its elements go below `parent`."""
    widths = _column_widths(table, width)
    whole = parent.add(Tag.TABLE)
    head_row = whole.add(Tag.TABLE_HEAD).add(Tag.ROW)
    head = _row(table.head, head_row, table.align, widths, is_head=True)
    head = [replace(strip, keep_next=True) for strip in head]
    head[0] = replace(head[0], before=_BEFORE)
    repeated = tuple(
        replace(strip, before=0.0, texts=tuple(replace(text, element=None) for text in strip.texts))
        for strip in head
    )
    strips = head
    body = whole.add(Tag.TABLE_BODY)
    for cells in table.rows:
        row = _row(cells, body.add(Tag.ROW), table.align, widths, is_head=False)
        strips += [replace(strip, repeats=repeated) for strip in row]
    return strips


def _row(
    cells: Cells, row: Element, align: Sequence[Align], widths: Sequence[float], *, is_head: bool
) -> list[Strip]:
    style = _HEAD if is_head else _CELL
    elements = [
        row.add(Tag.HEAD_CELL, owner="Table", attributes={"Scope": "Column"})
        if is_head
        else row.add(Tag.CELL)
        for _ in cells
    ]
    columns = [
        break_lines(runs=runs, width=wide - 2 * _PAD_X, size=style.size, bold=style.bold)
        for runs, wide in zip(cells, widths, strict=True)
    ]
    lines = list(zip_longest(*columns)) or [(None,) * len(cells)]
    strips = []
    for index, line in enumerate(lines):
        first, last = index == 0, index == len(lines) - 1
        above = _PAD_Y if first else 0.0
        strips.append(
            Strip(
                height=style.leading + above + (_PAD_Y if last else 0.0),
                texts=tuple(_cell_texts(line, elements, align, widths, above=above, style=style)),
                keep_next=not last and len(lines) <= _WHOLE_ROWS,
                shade=(0.0, sum(widths)) if is_head else None,
                rule=(0.0, sum(widths)) if last else None,
            )
        )
    return strips


def _cell_texts(
    line: Sequence[SetLine | None],
    elements: Sequence[Element],
    align: Sequence[Align],
    widths: Sequence[float],
    *,
    style: Style,
    above: float,
) -> list[StripText]:
    texts = []
    left = 0.0
    for cell, element, side, wide in zip(line, elements, align, widths, strict=True):
        if cell is not None:
            x = left + (wide - _PAD_X - cell.width if side is Align.RIGHT else _PAD_X)
            texts.append(StripText(cell, element, x, above + style.baseline, style.size))
        left += wide
    return texts


def _column_widths(table: TableBlock, width: float) -> list[float]:
    """Columns as wide as their text if there is room; else the wide share what the narrow leave."""
    wanted = [
        max(
            natural_width(runs=table.head[column], size=_HEAD.size, bold=True),
            *(natural_width(runs=row[column], size=_CELL.size) for row in table.rows),
        )
        + 2 * _PAD_X
        + 0.01  # So that rounding never breaks a line that fits.
        for column in range(len(table.head))
    ]
    spare = width - sum(wanted)
    if spare >= 0:
        wanted[_stretched(table.align)] += spare
        return wanted
    narrow: set[int] = set()
    share = width / len(wanted)
    for _ in wanted:
        narrow = {index for index, wide in enumerate(wanted) if wide <= share}
        share = (width - sum(wanted[index] for index in narrow)) / max(1, len(wanted) - len(narrow))
    return [wide if index in narrow else share for index, wide in enumerate(wanted)]


def _stretched(align: Sequence[Align]) -> int:
    """The column that takes the spare room: the first that stands left."""
    return next((index for index, side in enumerate(align) if side is Align.LEFT), 0)
