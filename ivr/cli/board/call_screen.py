"""CallScreen: one call with all that is known of it and what is said in it, live."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ivr.cli.board.bars import Bar, Part
from ivr.cli.board.call_facts import facts_of
from ivr.cli.board.call_table import Seen
from ivr.cli.board.cells import short_id, span
from ivr.cli.board.facts import Facts
from ivr.cli.board.transcript import Transcript


class CallScreen(Screen[None]):
    """Shows one call; the board's order keys go to it. Escape goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,backspace", "back", show=False),
    ]

    def __init__(self, seen: Seen) -> None:
        super().__init__()
        self.seen = seen

    @property
    def call(self) -> str:
        """The call's id."""
        return self.seen.row.call

    def compose(self) -> ComposeResult:
        """Title, facts, transcript, messages, keys."""
        yield Bar(name_id="top", space=2)
        yield Facts(name_id="facts")
        yield Transcript(name_id="transcript")
        yield Bar(name_id="message")
        yield Bar(name_id="keys", space=2)

    def on_mount(self) -> None:
        """The keyboard scrolls what is said."""
        self.query_one(Transcript).focus()

    def show(self, seen: Seen, now: float) -> None:
        """Show the call as it is now."""
        self.seen = seen
        if not self.is_mounted:
            return
        row = seen.row
        state = "ended" if seen.ended else row.stage.value
        title = [
            Part(f"call {short_id(row.call)}", "strong"),
            Part(state, "dim" if seen.ended else ""),
            Part(f"since {span(now - row.since)}", "dim", 1) if not seen.ended else Part("", "", 9),
            Part("the transcript follows", "dim", 2, right=True)
            if self.query_one(Transcript).following
            else Part("scrolled up: G to the newest", "warn", 2, right=True),
        ]
        self.query_one("#top", Bar).show([part for part in title if part.text])
        if seen.ended:
            self.query_one(Transcript).note = f"over: ivr calls show {short_id(row.call)}"
        self.query_one(Facts).show(facts_of(seen, now))

    def action_back(self) -> None:
        """Back to the board."""
        self.dismiss(None)
