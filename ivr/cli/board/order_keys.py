"""OrderKeys: the keys of the board that give orders to the call under the cursor."""

from abc import abstractmethod
from collections.abc import Coroutine
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding

from ivr.cli.board.call_table import Seen
from ivr.cli.board.cells import short_id
from ivr.cli.board.steering import Steering
from ivr.live.picture import CallRow, Picture


class OrderKeys(App[None]):
    """What the board's application knows of orders; the rest it must say itself."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("p", "phone", show=False),
        Binding("l", "by_phone('listen')", show=False),
        Binding("w", "by_phone('whisper')", show=False),
        Binding("b", "by_phone('barge')", show=False),
        Binding("o", "by_phone('takeover')", show=False),
        Binding("t", "transfer", show=False),
        Binding("n", "goto", show=False),
        Binding("h", "hang_up", show=False),
    ]
    steering: Steering

    @abstractmethod
    def seen_call(self) -> Seen | None:
        """The call that is open, or under the cursor."""

    @abstractmethod
    def shown_picture(self) -> Picture:
        """The picture that is shown; an empty one before the first."""

    @abstractmethod
    def say(self, text: str, tone: str = "") -> None:
        """One calm line at the bottom, until the next."""

    def _target(self) -> CallRow | None:
        """The call an order is for; says why where there is none."""
        if self.steering.asking:
            return None  # typed ahead of a dialog that is about to open
        found = self.seen_call()
        if found is None:
            self.say("choose a call first")
        elif found.ended:
            self.say(f"call {short_id(found.row.call)} has ended")
        else:
            return found.row
        return None

    def _do(self, work: Coroutine[Any, Any, object], *, asks: bool = True) -> None:
        self.steering.asking = asks

        async def done() -> None:
            try:
                await work
            finally:
                self.steering.asking = False

        self.run_worker(done(), exclusive=False)

    def action_phone(self) -> None:
        """Choose whose telephone listens."""
        self._do(self.steering.choose_phone())

    def action_by_phone(self, order: str) -> None:
        """Listen, whisper, barge in or take over with the supervisor's telephone."""
        if row := self._target():
            self._do(self.steering.by_phone(order, row), asks=not self.steering.phone)

    def action_transfer(self) -> None:
        """To the queue of a skill."""
        if row := self._target():
            self._do(self.steering.transfer(row, self.shown_picture()))

    def action_goto(self) -> None:
        """To a node of its flow."""
        if row := self._target():
            self._do(self.steering.goto(row))

    def action_hang_up(self) -> None:
        """Ask, then end the call."""
        if row := self._target():
            self._do(self.steering.hang_up(row))
