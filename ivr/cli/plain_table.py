"""The board's tables printed once: the same columns and marks, as wide as the screen allows."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from ivr.cli.board.cells import Cell
from ivr.cli.board.columns import Row, Table, gap, laid_out

STYLES = {
    "dim": "dim", "strong": "bold", "good": "green", "warn": "yellow", "bad": "red", "": "",
}  # fmt: skip


def print_table(table: Table[Row], rows: Sequence[Row], now: float) -> None:
    """Print rows on stdout; 80 columns wide where stdout is no terminal."""
    console = Console(highlight=False)
    if not rows:
        console.print(table.empty or f"no {table.name}", style="dim")
        return
    width = console.width
    placed = laid_out(table.columns, width)
    space = " " * gap(width)
    if table.headed:
        head = [
            c.fitted(c.title.lower() + " " * (c.tail if c.title else 0), wide) for c, wide in placed
        ]
        console.print(Text(space.join(head).rstrip(), style="dim"), soft_wrap=True)
    for row in rows:
        line = Text()
        for column, wide in placed:
            cell: Cell = column.cell(row, now)
            if line:
                line.append(space)
            line.append(column.fitted(cell.text, wide), STYLES[cell.tone])
        line.rstrip()
        console.print(line, soft_wrap=True)
