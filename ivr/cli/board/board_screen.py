"""BoardScreen: the tables of calls, queues, agents and alarms on one screen."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from ivr.cli.board.bars import Bar
from ivr.cli.board.call_table import CALLS, SORTED_COLUMN, Seen
from ivr.cli.board.layout import Heights, share_out
from ivr.cli.board.other_tables import (
    AGENTS,
    ALARMS,
    QUEUES,
    agent_order,
    alarm_order,
    queue_order,
)
from ivr.cli.board.sheet import Sheet
from ivr.live.picture import AgentRow, AlarmRow, Picture, QueueRow


class BoardScreen(Screen[None]):
    """Lays the tables out for the terminal's size and fills them."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Bar(name_id="top")
        alarms = Sheet[AlarmRow](ALARMS, name_id="alarms")
        alarms.can_focus = False
        yield alarms
        yield Sheet[Seen](CALLS, name_id="calls")
        with Container(id="below"):
            yield Sheet[QueueRow](QUEUES, name_id="queues")
            yield Sheet[AgentRow](AGENTS, name_id="agents")
        yield Input(id="filter", placeholder="words, or queue:loans state:waiting annoyed")
        yield Bar(name_id="message")
        yield Bar(name_id="keys", space=2)

    def on_mount(self) -> None:
        """Begin with the calls."""
        self._heights: Heights | None = None
        self._counts = (0, 0, 0)
        self.query_one("#calls").focus()
        self._share_out()

    @property
    def calls(self) -> Sheet[Seen]:
        """The table of calls."""
        return self.query_one("#calls", Sheet)

    def on_resize(self) -> None:
        """Share the new size out."""
        self._share_out()

    def show(
        self,
        picture: Picture,
        calls: Sequence[Seen],
        now: float,
        *,
        order: str,
        filtered: bool,
        stale: bool,
        hint: str,
    ) -> None:
        """Show a picture; `calls` are those to be shown, in order."""
        counts = (len(picture.queues), len(picture.agents), len(picture.alarms))
        if counts != self._counts:
            self._counts = counts
            self._share_out()
        total = len(picture.calls)
        self.calls.show(
            calls,
            now,
            count=f"{len(calls)}/{total}" if filtered else str(total),
            sorted_by=SORTED_COLUMN.get(order, ()),
            note="no call matches the filter" if filtered and total else hint,
            stale=stale,
        )
        queues: Sheet[QueueRow] = self.query_one("#queues", Sheet)
        queues.show(sorted(picture.queues, key=queue_order), now, stale=stale)
        agents: Sheet[AgentRow] = self.query_one("#agents", Sheet)
        agents.show(sorted(picture.agents, key=agent_order), now, stale=stale)
        alarms: Sheet[AlarmRow] = self.query_one("#alarms", Sheet)
        alarms.show(sorted(picture.alarms, key=alarm_order), now, stale=stale)

    def _share_out(self) -> None:
        width, height = self.app.size
        queues, agents, alarms = self._counts
        heights = share_out(width, height, queues, agents, alarms)
        if heights == self._heights:
            return
        self._heights = heights
        self.query_one("#below").set_class(heights.beside, "beside")
        for name, lines in (
            ("alarms", heights.alarms),
            ("queues", heights.queues),
            ("agents", heights.agents),
        ):
            sheet = self.query_one(f"#{name}")
            sheet.display = lines > 0
            sheet.styles.height = max(1, lines)
