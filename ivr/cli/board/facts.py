"""Facts: labelled values in as many columns as fit."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from ivr.cli.board.call_facts import Fact
from ivr.cli.board.cells import fitted
from ivr.cli.board.tones import TONES, tone_styles

LABEL = 10
LEAST = 34
"""Cells of a column, its label included."""


class Facts(Widget):
    """Shows facts row by row; grows to the lines it needs."""

    COMPONENT_CLASSES = TONES

    def __init__(self, *, name_id: str) -> None:
        super().__init__(id=name_id)
        self._facts: tuple[Fact, ...] = ()
        self._tones: dict[str, Style] = {}

    def show(self, facts: Sequence[Fact]) -> None:
        """Show these; draws only if they differ from before."""
        if tuple(facts) != self._facts:
            self._facts = tuple(facts)
            self._fit()
            self.refresh()

    def on_resize(self) -> None:
        """As many lines as the columns need."""
        self._fit()

    def restyle(self) -> None:
        """Take the colours anew."""
        self._tones = {}
        self.refresh()

    def _columns(self) -> int:
        return max(1, self.size.width // LEAST)

    def _fit(self) -> None:
        lines = -(-len(self._facts) // self._columns()) if self.size.width else 1
        self.styles.height = max(1, lines)

    def render_line(self, y: int) -> Strip:
        """One row of facts."""
        self._tones = self._tones or tone_styles(self)
        plain, width = self._tones[""], self.size.width
        columns = self._columns()
        each = width // columns
        pieces = []
        for label, cell in self._facts[y * columns : (y + 1) * columns]:
            pieces.append(Segment(fitted(label, LABEL), plain + self._tones["dim"]))
            pieces.append(
                Segment(
                    fitted(cell.text, each - LABEL - 2, middle=True) + "  ",
                    plain + self._tones[cell.tone],
                )
                if cell.tone
                else Segment(fitted(cell.text, each - LABEL - 2, middle=True) + "  ", plain)
            )
        return Strip(pieces).adjust_cell_length(width, plain)
