"""BoardApp: `ivr top`, the supervisor's live board: what goes on, and orders to it."""

import asyncio
import time
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding
from textual.widgets import Input

from ivr.cli.board.bars import Bar, Part
from ivr.cli.board.board_screen import BoardScreen
from ivr.cli.board.call_screen import CallScreen
from ivr.cli.board.call_table import SORTED_COLUMN, SORTS, Seen, chosen
from ivr.cli.board.cells import clean, short_id
from ivr.cli.board.dialogs import Help
from ivr.cli.board.facts import Facts
from ivr.cli.board.feed import Feed
from ivr.cli.board.following import Following
from ivr.cli.board.order_keys import OrderKeys
from ivr.cli.board.sheet import Sheet
from ivr.cli.board.steering import Steering
from ivr.cli.board.summary import BOARD_KEYS, CALL_KEYS, seen_calls, summary
from ivr.cli.board.tones import DARK, LIGHT, PLAIN, theme_name
from ivr.cli.board.transcript import Transcript
from ivr.errors import IvrError
from ivr.live.picture import CallRow, Picture
from ivr.ports import Clock


class BoardApp(OrderKeys):
    """The board over one feed. `phone` is whose telephone listens; asked once if unknown."""

    CSS_PATH = "board.tcss"
    TITLE = "ivr top"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[Any]] = [
        Binding("q", "quit", show=False),
        Binding("ctrl+c,ctrl+q", "quit", show=False, priority=True),
        Binding("question_mark,f1", "help", show=False),
        Binding("slash", "filter", show=False, priority=True),
        Binding("escape", "unfilter", show=False),
        Binding("s", "sort", show=False),
        Binding("r", "turn", show=False),
        Binding("space", "stand_still", show=False),
        Binding("T", "light", show=False),
    ]

    def __init__(
        self,
        feed: Feed,
        *,
        phone: str = "",
        theme: str = "auto",
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__()
        self.feed = feed
        self.following = Following(feed, clock, self.redraw)
        self.steering = Steering(self, feed, self.say, phone or feed.phone)
        self._wanted_theme = theme
        self._filter = ""
        self._order = next(iter(SORTS))
        self._backwards = False
        self._chosen: CallRow | None = None
        self._message = Part("")
        self._board = BoardScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours of ours that Textual's own themes do not name."""
        return dict(DARK.variables)

    def on_mount(self) -> None:
        """Colours, the board, and the two things that go on: pictures and the clock."""
        for theme in (DARK, LIGHT, PLAIN):
            self.register_theme(theme)
        self.theme = theme_name(self._wanted_theme)
        self.push_screen(self._board)
        self.call_after_refresh(self.redraw)
        self.run_worker(self.following.run(), exclusive=False)
        self.set_interval(1.0, self.redraw)

    # -- drawing

    def redraw(self) -> None:
        """Show what is known now."""
        picture, now = self.following.now()
        if not self._board.is_mounted:
            return
        shown = picture or Picture(0.0)
        calls = self._calls(shown)
        rows = chosen(calls, self._filter, self._order, self._backwards, now)
        rows += [seen for seen in calls if seen.ended and seen not in rows]
        self._board.show(
            shown, rows, now,
            order=self._order, filtered=bool(self._filter), stale=self.following.lost is not None,
            hint=self._hint(picture),
        )  # fmt: skip
        self._remember(rows)
        if isinstance(self.screen_below, CallScreen):
            self._show_call(self.screen_below, calls, now)
        self._bars(picture, now)

    @property
    def screen_below(self) -> object:
        """The screen under any dialog."""
        below = [s for s in self.screen_stack if isinstance(s, BoardScreen | CallScreen)]
        return below[-1] if below else None

    def _hint(self, picture: Picture | None) -> str:
        if picture is None:
            return "connecting ..." if self.following.lost is None else "nothing seen yet"
        where = self.feed.dial
        return f"no calls now; dial {where}" if where else "no calls now"

    def _calls(self, picture: Picture) -> list[Seen]:
        """The picture's calls, and the chosen one even if it has just ended."""
        seen = seen_calls(picture)
        if (
            self._chosen is not None
            and self._board.calls.key == self._chosen.call
            and all(one.row.call != self._chosen.call for one in seen)
        ):
            seen.append(Seen(self._chosen, ended=True))
        return seen

    def _remember(self, rows: list[Seen]) -> None:
        key = self._board.calls.key
        self._chosen = next((one.row for one in rows if one.row.call == key), None)

    def _show_call(self, screen: CallScreen, calls: list[Seen], now: float) -> None:
        found = next((one for one in calls if one.row.call == screen.call), None)
        screen.show(found or Seen(screen.seen.row, agent=screen.seen.agent, ended=True), now)

    def _bars(self, picture: Picture | None, now: float) -> None:
        known = self.following
        top = summary(picture, now, where=self.feed.where, lost=known.lost, behind=known.behind)
        self._board.query_one("#top", Bar).show(top)
        phone = Part(f"phone: {self.steering.phone or '-'}", "dim", 1, right=True)
        for screen in self.screen_stack:
            if isinstance(screen, BoardScreen | CallScreen) and screen.is_mounted:
                idle = self._standing() if screen is self._board else Part("")
                message = self._message if self._message.text else idle
                screen.query_one("#message", Bar).show([message, phone])
                keys = BOARD_KEYS if screen is self._board else CALL_KEYS
                screen.query_one("#keys", Bar).show(keys)

    def _standing(self) -> Part:
        """What is said while there is no news."""
        if self._filter:
            return Part(f"filter: {self._filter}   esc ends it", "accent")
        order = f"{self._order}, turned round" if self._backwards else self._order
        return Part(f"ordered by {order}", "dim")

    def seen_call(self) -> Seen | None:
        """The call that is open, or under the cursor."""
        below = self.screen_below
        return below.seen if isinstance(below, CallScreen) else self._board.calls.row

    def shown_picture(self) -> Picture:
        """The picture that is shown; an empty one before the first."""
        return self.following.now()[0] or Picture(0.0)

    def say(self, text: str, tone: str = "") -> None:
        """One calm line at the bottom, until the next."""
        self._message = Part(" ".join(clean(text).split()), tone)
        self.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`/` comes before everything, so that the next key is the filter's; but not in a text."""
        if action == "filter":
            return self.screen is self._board and not isinstance(self.focused, Input)
        return True

    # -- looking

    def action_help(self) -> None:
        """All keys."""
        self.push_screen(Help())

    def action_filter(self) -> None:
        """Type words that calls must have."""
        line = self._board.query_one("#filter", Input)
        line.value = self._filter
        line.display = True
        self._board.set_focus(line)

    def action_unfilter(self) -> None:
        """End the filter, and take the message away."""
        self._set_filter("")
        self._message = Part("")
        self._close_filter()

    def _close_filter(self) -> None:
        self._board.query_one("#filter", Input).display = False
        self._board.set_focus(self._board.calls)
        self.redraw()

    def _set_filter(self, text: str) -> None:
        self._filter = " ".join(text.split())
        self._message = Part("")

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        if event.input.display:
            self._set_filter(event.value)
            self.redraw()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self._close_filter()

    def action_sort(self) -> None:
        """The next order of the calls."""
        names = list(SORTS)
        self._sort_by(names[(names.index(self._order) + 1) % len(names)])

    def _sort_by(self, order: str) -> None:
        self._order, self._backwards = order, False
        self._message = Part("")
        self.redraw()

    def action_turn(self) -> None:
        """Turn the order round."""
        self._backwards = not self._backwards
        self._message = Part("")
        self.redraw()

    def action_stand_still(self) -> None:
        """Keep this picture; again: go on."""
        self.following.hold()
        self.redraw()

    def action_light(self) -> None:
        """Dark or light."""
        if not self.no_color:
            self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
            for screen in self.screen_stack:
                for widget in screen.query("Bar, Sheet, Transcript, Facts"):
                    assert isinstance(widget, Bar | Sheet | Transcript | Facts)
                    self.call_after_refresh(widget.restyle)

    @on(Sheet.HeadClicked)
    def _head_clicked(self, event: Sheet.HeadClicked) -> None:
        if event.sheet.id == "calls":
            for order, titles in SORTED_COLUMN.items():
                if event.title in titles:
                    if order == self._order:
                        self.action_turn()
                    else:
                        self._sort_by(order)

    @on(Sheet.Opened)
    def _opened(self, event: Sheet.Opened) -> None:
        """Enter: a call opens, a queue filters, an agent opens their call."""
        key = event.key
        if event.sheet.id == "queues":
            self._set_filter(f"queue:{key}")
            self._close_filter()
            return
        if event.sheet.id == "agents":
            row = event.sheet.row
            if not row or not row.call:
                self.say(f"{key} has no call")
                return
            key = row.call
        self._open_call(key)

    def _open_call(self, call: str) -> None:
        picture, _ = self.following.now()
        found = next((s for s in self._calls(picture or Picture(0.0)) if s.row.call == call), None)
        if found is None:
            self.say(f"call {short_id(call)} has ended")
            return
        screen = CallScreen(found)
        self.push_screen(screen)
        self.run_worker(self._listen_in(screen), exclusive=False)
        self.call_after_refresh(self.redraw)

    async def _listen_in(self, screen: CallScreen) -> None:
        """Fill a call's transcript while it is looked at."""
        while screen in self.screen_stack:
            try:
                transcript = screen.query_one(Transcript) if screen.is_mounted else None
                if transcript is not None:
                    transcript.clear()
                    async for said in self.feed.transcript(screen.call):
                        if screen not in self.screen_stack:
                            return
                        transcript.add([said])
                    return
            except IvrError as error:
                if screen not in self.screen_stack:
                    return
                if screen.is_mounted and not screen.seen.ended:
                    screen.query_one(Transcript).note = str(error)
            await asyncio.sleep(1.0 if screen.is_mounted else 0.05)
