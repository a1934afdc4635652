"""Sheet: a table on the screen that draws only the lines one sees, and only those that changed."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ivr.cli.board.cells import Cell, fitted
from ivr.cli.board.columns import Column, Placed, Row, Table, gap, laid_out
from ivr.cli.board.tones import TONES, tone_styles

MARK = "›"
"""Stands before the chosen row, for screens without colour."""

MARGIN = 2
"""Cells before the first column; one more stands after the last, for the scroll mark."""

Line = tuple[tuple[Cell, ...], str]
"""What one screen line shows: its cells, and how it is drawn ("", "cursor", "head", "note")."""


class Sheet(Widget, Generic[Row], can_focus=True):
    """Shows rows of a `Table`; the cursor stays on its row, whatever order the rows come in."""

    COMPONENT_CLASSES = TONES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+f", "page(1)", show=False),
        Binding("pageup,ctrl+b", "page(-1)", show=False),
        Binding("home,g", "edge(0)", show=False),
        Binding("end,G", "edge(-1)", show=False),
        Binding("enter", "open", show=False),
    ]

    class Opened(Message):
        """A row was chosen with Enter or a second click."""

        def __init__(self, sheet: "Sheet[Any]", key: str) -> None:
            super().__init__()
            self.sheet = sheet
            self.key = key

    class HeadClicked(Message):
        """A column's head was clicked."""

        def __init__(self, sheet: "Sheet[Any]", title: str) -> None:
            super().__init__()
            self.sheet = sheet
            self.title = title

    def __init__(self, table: Table[Row], *, name_id: str) -> None:
        super().__init__(id=name_id)
        self._table = table
        self._rows: Sequence[Row] = ()
        self._now = 0.0
        self._top = 0
        self._placed: list[Placed[Row]] = []
        self._lines: list[Line] = []
        self._styles_of: dict[str, Style] = {}
        self._count = ""
        self._sorted: tuple[str, ...] = ()
        self._note = table.empty
        self.stale = False
        self.key = ""
        """The row under the cursor, "" while there is none."""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return next((row for row in self._rows if self._table.key(row) == self.key), None)

    def show(
        self,
        rows: Sequence[Row],
        now: float,
        *,
        count: str = "",
        sorted_by: tuple[str, ...] = (),
        note: str = "",
        stale: bool = False,
    ) -> None:
        """Show these rows as of `now`; draws what differs from before.

        `count` follows the first head, `note` stands in place of rows where there are none, `stale`
        greys everything.
        """
        before = self._index()
        self._rows, self._now, self._count = rows, now, count
        self._sorted, self._note = sorted_by, note or self._table.empty
        keys = [self._table.key(row) for row in rows]
        if self.key not in keys:
            self.key = keys[min(before, len(keys) - 1)] if keys else ""
        if stale != self.stale:
            self.stale = stale
            self._lines = []
        self._follow()
        self._draw()

    def point_at(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        if any(self._table.key(row) == key for row in self._rows):
            self.key = key
            self._follow()
            self._draw()

    # -- drawing

    @property
    def _head(self) -> int:
        return 1 if self._table.headed else 0

    @property
    def _visible(self) -> int:
        return max(0, self.size.height - self._head)

    def _index(self) -> int:
        for index, row in enumerate(self._rows):
            if self._table.key(row) == self.key:
                return index
        return 0

    def _follow(self) -> None:
        """Scroll so that the cursor is seen and no room is wasted."""
        index, visible = self._index(), max(1, self._visible)
        if self.can_focus:
            self._top = min(max(self._top, index - visible + 1), index)
        self._top = max(0, min(self._top, len(self._rows) - visible))

    def _draw(self) -> None:
        """Work the visible lines out again and have those repainted that changed."""
        if not self.size:
            return
        lines = self._composed()
        if len(lines) != len(self._lines):
            self._lines = lines
            self.refresh()
            return
        width = self.size.width
        before, self._lines = self._lines, lines
        changed = [y for y, (old, new) in enumerate(zip(before, lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def _composed(self) -> list[Line]:
        self._placed = laid_out(self._table.columns, max(1, self.size.width - MARGIN - 1))
        lines: list[Line] = []
        if self._head:
            lines.append((tuple(self._title(column.title) for column, _ in self._placed), "head"))
        shown = self._rows[self._top : self._top + self._visible]
        for row in shown:
            cells = tuple(column.cell(row, self._now) for column, _ in self._placed)
            here = self.has_focus and self._table.key(row) == self.key
            lines.append((cells, "cursor" if here else ""))
        if not self._rows and self._visible:
            lines.append(((Cell(self._note, "dim"),), "note"))
        lines += [((), "")] * (self.size.height - len(lines))
        return lines[: self.size.height]

    def _title(self, title: str) -> Cell:
        if title and title == self._placed[0][0].title and self._count:
            return Cell(f"{title} {self._count}" + ("▾" if title in self._sorted else ""), "head")
        return Cell(f"{title}▾" if title in self._sorted else title, "head")

    def render_line(self, y: int) -> Strip:
        """One line of the table, as Textual asks for it."""
        width = self.size.width
        styles = self._tones()
        if y >= len(self._lines):
            return Strip.blank(width, styles[""])
        cells, drawn = self._lines[y]
        base = styles["head"] if drawn == "head" else styles[""]
        if drawn == "cursor":
            base += styles["cursor"]
        mark = MARK if drawn == "cursor" else " "
        pieces = [Segment(mark.ljust(MARGIN), base)]
        if drawn == "note":
            pieces.append(Segment(fitted(cells[0].text, width - MARGIN), base + styles["dim"]))
        elif cells:
            pieces += self._pieces(cells, drawn, base, styles)
        used = sum(piece.cell_length for piece in pieces)
        pieces.append(Segment(" " * max(0, width - used - 1), base))
        pieces.append(Segment(self._scroll_mark(y), base + styles["dim"]))
        return Strip(pieces).adjust_cell_length(width, base)

    def _pieces(
        self, cells: tuple[Cell, ...], drawn: str, base: Style, styles: dict[str, Style]
    ) -> list[Segment]:
        space = " " * gap(max(1, self.size.width - MARGIN - 1))
        pieces = []
        for index, (cell, (column, wide)) in enumerate(zip(cells, self._placed, strict=False)):
            style = base
            if drawn == "cursor" and cell.tone not in ("warn", "bad"):
                style = base
            elif cell.tone and cell.tone != "head":
                style = base + (styles["dim"] if self.stale else styles[cell.tone])
            elif self.stale:
                style = base + styles["dim"]
            text = column.fitted(self._tailed(cell.text, column, wide, drawn), wide)
            pieces.append(Segment(text + (space if index + 1 < len(cells) else ""), style))
        return pieces

    def _tailed(self, text: str, column: Column[Row], wide: int, drawn: str) -> str:
        """A head over figures stands over their last digit, not over the marks after them."""
        if drawn != "head" or not column.tail or not text:
            return text
        return text + " " * min(column.tail, wide - len(text))

    def _scroll_mark(self, y: int) -> str:
        """A thumb at the right edge where there are more rows than lines."""
        total, visible = len(self._rows), self._visible
        line = y - self._head
        if total <= visible or line < 0 or not visible:
            return " "
        length = max(1, visible * visible // total)
        start = round(self._top * (visible - length) / max(1, total - visible))
        return "▐" if start <= line < start + length else " "

    def _tones(self) -> dict[str, Style]:
        if not self._styles_of:
            self._styles_of = tone_styles(self)
        return self._styles_of

    def restyle(self) -> None:
        """Take the colours anew, after the theme changed."""
        self._styles_of = {}
        self.refresh()

    # -- keys and mouse

    def action_move(self, by: int) -> None:
        """Move the cursor by rows."""
        self._go(self._index() + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self._go(self._index() + by * max(1, self._visible - 1))

    def action_edge(self, where: int) -> None:
        """To the first or the last row."""
        self._go(0 if where == 0 else len(self._rows) - 1)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.key:
            self.post_message(self.Opened(self, self.key))

    def _go(self, index: int) -> None:
        if self._rows:
            row = self._rows[max(0, min(index, len(self._rows) - 1))]
            self.key = self._table.key(row)
            self._follow()
            self._draw()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row clicked; a second click opens it; a head sorts."""
        if event.y < self._head:
            x = MARGIN
            for column, wide in self._placed:
                if x <= event.x < x + wide:
                    self.post_message(self.HeadClicked(self, column.title))
                x += wide + gap(self.size.width - MARGIN - 1)
            return
        index = self._top + event.y - self._head
        if index < len(self._rows):
            again = self._table.key(self._rows[index]) == self.key and event.chain > 1
            self._go(index)
            if again:
                self.action_open()

    def on_mouse_scroll_down(self) -> None:
        """Three rows down."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Three rows up."""
        self.action_move(-3)

    def on_focus(self) -> None:
        """Show the cursor."""
        self._draw()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self._draw()

    def on_resize(self) -> None:
        """Lay the columns out anew."""
        self._follow()
        self._lines = []
        self._draw()
