"""Columns of a table that fit any width: the important ones stay, the rest joins as room allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ivr.cli.board.cells import Cell, fitted

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column. `cell` gives what stands in it for a row at a moment.

    It is `least` cells wide and grows up to `most`. `rank` is how early it is given up when the
    screen is narrow: 0 is never. `wide` shows it only from WIDE cells on, `narrow` only below.
    `tail` is the room for marks after a figure, which its head leaves free. `middle`: where there
    is no room, it loses its middle and keeps its end.
    """

    title: str
    cell: Callable[[Row, float], Cell]
    least: int
    most: int = 0
    rank: int = 0
    right: bool = False
    wide: bool = False
    narrow: bool = False
    tail: int = 0
    middle: bool = False

    def fitted(self, text: str, width: int) -> str:
        """A text of this column in exactly `width` cells."""
        return fitted(text, width, self.right, self.middle)


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A kind of table: its columns, what identifies a row, and what is said when it is empty."""

    name: str
    columns: tuple[Column[Row], ...]
    key: Callable[[Row], str]
    empty: str
    headed: bool = True


WIDE = 104
AIRY = 90
"""From this width on columns stand two cells apart instead of one."""

Placed = tuple[Column[Row], int]


def gap(width: int) -> int:
    """How many cells stand between two columns."""
    return 2 if width >= AIRY else 1


def laid_out(columns: Sequence[Column[Row]], width: int) -> list[Placed[Row]]:
    """The columns that fit `width` cells, in their order, and how wide each is."""
    space = gap(width)
    asked = [c for c in columns if not ((c.wide and width < WIDE) or (c.narrow and width >= WIDE))]
    chosen: list[Column[Row]] = []
    used = -space
    for column in sorted(asked, key=lambda c: c.rank):
        if not chosen or used + space + column.least <= width:
            chosen.append(column)
            used += space + column.least
    shown = [column for column in asked if column in chosen]
    widths = [min(column.least, width) for column in shown]
    spare = width - sum(widths) - space * (len(shown) - 1)
    while spare > 0 and (growing := [i for i, c in enumerate(shown) if widths[i] < c.most]):
        for index in growing[:spare]:
            widths[index] += 1
        spare -= min(spare, len(growing))
    return list(zip(shown, widths, strict=True))
