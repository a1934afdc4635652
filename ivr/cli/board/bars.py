"""Bars: one-line texts of several tones that give up what matters least when it is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from ivr.cli.board.cells import clean, cut
from ivr.cli.board.tones import TONES, tone_styles


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar; the higher its rank, the earlier it is left out. 0 stays, or is cut."""

    text: str
    tone: str = ""
    rank: int = 0
    right: bool = False
    joined: bool = False
    """Stands close to the piece before it, and goes with it."""


class Bar(Widget):
    """Shows `Part`s in one line."""

    COMPONENT_CLASSES = TONES

    def __init__(self, *, name_id: str, space: int = 3) -> None:
        super().__init__(id=name_id)
        self._parts: tuple[Part, ...] = ()
        self._space = space
        self._tones: dict[str, Style] = {}

    def show(self, parts: Sequence[Part]) -> None:
        """Show these pieces; draws only if they differ from before."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self.refresh()

    def restyle(self) -> None:
        """Take the colours anew."""
        self._tones = {}
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The bar; there is one line."""
        width = self.size.width
        self._tones = self._tones or tone_styles(self)
        base = self._tones[""]
        chosen = fitting(self._parts, width - 2, self._space)
        left = self._segments([p for p in chosen if not p.right], base)
        right = self._segments([p for p in chosen if p.right], base)
        taken = sum(s.cell_length for s in left + right)
        middle = Segment(" " * max(0, width - 2 - taken), base)
        strip = Strip([Segment(" ", base), *left, middle, *right, Segment(" ", base)])
        return strip.adjust_cell_length(width, base)

    def _segments(self, parts: Sequence[Part], base: Style) -> list[Segment]:
        pieces: list[Segment] = []
        for part in parts:
            if pieces:
                pieces.append(Segment(" " * (1 if part.joined else self._space), base))
            pieces.append(Segment(clean(part.text), base + self._tones[part.tone]))
        return pieces


def fitting(parts: Sequence[Part], width: int, space: int) -> list[Part]:
    """The pieces that fit; the last that had to stay is cut."""
    chosen = list(parts)
    while _length(chosen, space) > width and any(part.rank for part in chosen):
        worst = max(part.rank for part in chosen)
        index = max(i for i, part in enumerate(chosen) if part.rank == worst)
        del chosen[index]
    over = _length(chosen, space) - width
    if over > 0 and chosen:
        last = max(range(len(chosen)), key=lambda i: cell_len(chosen[i].text))
        part = chosen[last]
        text = cut(part.text, max(1, cell_len(part.text) - over))
        chosen[last] = Part(text, part.tone, part.rank, part.right, part.joined)
    return chosen


def _length(parts: Sequence[Part], space: int) -> int:
    total = sum(cell_len(clean(part.text)) for part in parts)
    return total + sum(1 if part.joined else space for part in parts[1:])
