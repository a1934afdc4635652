"""Transcript: what is said in a call, wrapped to the screen, following its end."""

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from ivr.cli.board.cells import fitted, span, wrapped
from ivr.cli.board.tones import TONES, tone_styles
from ivr.live.transcript import Line, Tone

KEPT = 2000
"""Lines of one call that can be scrolled back to."""

WHO = 8
TIME = 7
WHO_TONES = {"caller": "strong", "bot": "accent", "agent": "good", "queue": "warn"}
QUIET = ("node", "why", "call")


class Transcript(Widget, can_focus=True):
    """Lines come in by `add`; the newest is seen until somebody scrolls up."""

    COMPONENT_CLASSES = TONES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_by(1)", show=False),
        Binding("up,k", "scroll_by(-1)", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_page(1)", show=False),
        Binding("pageup,ctrl+b", "scroll_page(-1)", show=False),
        Binding("home,g", "scroll_edge(0)", show=False),
        Binding("end,G", "scroll_edge(1)", show=False),
    ]

    def __init__(self, *, name_id: str) -> None:
        super().__init__(id=name_id)
        self._said: list[Line] = []
        self._lines: list[tuple[Line, str, bool]] = []
        self._bottom: int | None = None
        """The line after the last one seen; None while the end is followed."""
        self._tones: dict[str, Style] = {}
        self.note = "nothing said yet"

    @property
    def following(self) -> bool:
        """Whether the newest line is seen."""
        return self._bottom is None

    def clear(self) -> None:
        """Forget everything, before it is told again."""
        self._said, self._lines = [], []
        self.refresh()

    def add(self, said: Iterable[Line]) -> None:
        """Append lines."""
        for one in said:
            self._said.append(one)
            self._lines += self._wrap(one)
        if len(self._said) > KEPT:
            del self._said[: KEPT // 4]
            self._rewrap()
        self.refresh()

    def _wrap(self, said: Line) -> list[tuple[Line, str, bool]]:
        width = self.size.width - TIME - WHO - 6
        pieces = wrapped(said.text, max(10, width))
        return [(said, text, index == 0) for index, text in enumerate(pieces)]

    def _rewrap(self) -> None:
        self._lines = [line for said in self._said for line in self._wrap(said)]

    def on_resize(self) -> None:
        """Wrap everything anew."""
        self._rewrap()
        self._bottom = None
        self.refresh()

    def restyle(self) -> None:
        """Take the colours anew."""
        self._tones = {}
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen, from the end of the talk."""
        width, height = self.size
        self._tones = self._tones or tone_styles(self)
        plain = self._tones[""]
        bottom = self._bottom if self._bottom is not None else len(self._lines)
        index = max(0, bottom - height) + y
        if not self._lines and y == 0:
            return Strip([Segment(fitted(f"  {self.note}", width), plain + self._tones["dim"])])
        if index >= min(bottom, len(self._lines)) and index >= len(self._lines):
            return Strip.blank(width, plain)
        said, text, first = self._lines[index]
        quiet = said.who in QUIET or said.tone is Tone.QUIET
        who = plain + self._tones["dim" if quiet else WHO_TONES.get(said.who, "")]
        words = plain + self._tones["dim"] if quiet else plain
        if said.tone is Tone.BAD:
            words = plain + self._tones["bad"]
        time = span(said.at) if first else ""
        pieces = [
            Segment(f" {fitted(time, TIME, right=True)}  ", plain + self._tones["dim"]),
            Segment(fitted(said.who if first else "", WHO) + " ", who),
            Segment(text, words),
        ]
        return Strip(pieces).adjust_cell_length(width, plain)

    def action_scroll_by(self, by: int) -> None:
        """Scroll by lines; at the end the talk is followed again."""
        height, total = max(1, self.size.height), len(self._lines)
        bottom = (self._bottom if self._bottom is not None else total) + by
        bottom = max(min(height, total), bottom)
        self._bottom = None if bottom >= total else bottom
        self.refresh()

    def action_scroll_page(self, by: int) -> None:
        """Scroll by a screenful."""
        self.action_scroll_by(by * max(1, self.size.height - 1))

    def action_scroll_edge(self, where: int) -> None:
        """To the beginning or the end."""
        self.action_scroll_by(len(self._lines) * (1 if where else -1))

    def on_mouse_scroll_down(self) -> None:
        """Three lines down."""
        self.action_scroll_by(3)

    def on_mouse_scroll_up(self) -> None:
        """Three lines up."""
        self.action_scroll_by(-3)
