"""Stage: where a written conversation is played, by typed words or by sound."""

from collections.abc import Sequence
from typing import Protocol

from ivr.dialogue import actions
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.simulator import Line, Lookups
from ivr.dialogue.state import State
from ivr.ports import TransferOutcome


class Stage(Protocol):
    """One call under way. `time` is in seconds of a virtual clock since the call began.

    `log` holds (seconds, event or action) in order, `lines` what people heard.
    `ivr.dialogue.simulator.Simulator` is one; `ivr.rehearsal.audio_stage.AudioStage` another.
    """

    lookups: Lookups

    @property
    def state(self) -> State: ...

    @property
    def time(self) -> float: ...

    @property
    def log(self) -> Sequence[tuple[float, Event | Action]]: ...

    @property
    def lines(self) -> Sequence[Line]: ...

    @property
    def transfer(self) -> actions.StartTransfer | None:
        """The transfer under way."""

    def start(self) -> None: ...

    def say(
        self, text: str, *, confidence: float = 1.0, barge_in: float | bool = False
    ) -> None: ...

    def press(self, keys: str, *, barge_in: float | bool = False) -> None: ...

    def wait(self, seconds: float) -> None: ...

    def until_turn(self) -> None: ...

    def hang_up(self) -> None: ...

    def end_transfer(self, outcome: TransferOutcome | str) -> None: ...

    def order(self, kind: str, argument: str = "") -> None: ...
