"""LiveCalls: what is known of each call that goes on, folded from its records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from ivr.dialogue.masking import last_digits
from ivr.dialogue.state import State
from ivr.live.picture import CallRow, Stage

MAX_SHOWN_NUMBER = 24
"""Characters of a caller's number; what is longer is none."""


@dataclass(slots=True)
class LiveCall:
    """One call: the fields of its row, and what the row does not show.

    `own`: a session of this process talks with the caller; `transferring`: it has sent them to a
    queue. `touched` is when their place (stage, queue, agent) last changed. `settled`: the present
    wait, which began at `waiting_since`, has been counted. `moved`: it began in the queue whose
    front the caller is in now.
    """

    call: str
    began: float
    stage: Stage = Stage.TALKING
    since: float = 0.0
    caller: str = ""
    called: str = ""
    flow: str = ""
    node: str = ""
    language: str = ""
    intent: str = ""
    queue: str = ""
    position: int = 0
    joined: float = 0.0
    agent: str = ""
    annoyance: float = 0.0
    annoyed: bool = False
    nomatches: int = 0
    turns: int = 0
    adopted: bool = False
    own: bool = True
    transferring: bool = False
    touched: float = 0.0
    settled: bool = True
    waiting_since: float = 0.0
    moved: bool = False

    def row(self, before: CallRow | None = None) -> CallRow:
        """The row to show; the very same object as `before` if nothing on it has changed."""
        row = CallRow(*_values(self))
        return before if row == before else row

    def move(self, stage: Stage, now: float, queue: str = "", agent: str = "") -> None:
        """Put the caller elsewhere; `since` stays where only the queue or the agent changes."""
        if stage is not self.stage:
            self.stage, self.since = stage, now
        self.queue, self.agent, self.touched = queue, agent, now
        if stage is not Stage.WAITING:
            self.position = 0

    def take_state(self, state: State) -> None:
        """Believe the session itself about where the talk stands."""
        frames = state.frames
        self.node = f"{state.flow}.{state.node}" if frames else state.node
        self.flow = frames[0].flow if frames else state.flow
        self.language = state.language or self.language
        self.intent = state.intent or self.intent
        self.annoyed = state.mood.annoyed
        self.caller = self.caller or shown_number(state.caller)
        self.called = self.called or state.called


_values = attrgetter(*(field.name for field in fields(CallRow)))


def shown_number(number: str) -> str:
    """A caller's number as screens show it: its last four digits; a name is shown as it is."""
    if len(number) > MAX_SHOWN_NUMBER or not number.isprintable():
        return ""
    return last_digits(number) if any(sign.isdigit() for sign in number) else number


Data = Mapping[str, Any]


def _opened(call: LiveCall, data: Data) -> None:
    call.began = call.since = data["began"]


def _started(call: LiveCall, data: Data) -> None:
    call.caller, call.called = shown_number(data["caller"]), data["called"]


def _pinned(call: LiveCall, data: Data) -> None:
    call.flow = data["flow"]


def _entered(call: LiveCall, data: Data) -> None:
    call.node = data["node"]


def _listening(call: LiveCall, data: Data) -> None:
    call.language = data["grammar"]["language"] or call.language


def _heard(call: LiveCall, data: Data) -> None:
    call.turns += 1
    call.annoyance = 0.0  # the Explain that follows says otherwise


def _explained(call: LiveCall, data: Data) -> None:
    facts = data["facts"]
    if "nomatch" in facts:
        call.nomatches += 1
    if "annoyance" in facts:
        call.annoyance, call.annoyed = facts["annoyance"], facts["annoyed"]


def _transferring(call: LiveCall, data: Data) -> None:
    call.language = data["language"] or call.language
    call.intent = data["context"].get("intent", "") or call.intent


LEARN: Mapping[str, Callable[[LiveCall, Data], None]] = {
    "CallOpened": _opened,
    "CallStarted": _started,
    "FlowPinned": _pinned,
    "EnterNode": _entered,
    "Listen": _listening,
    "Heard": _heard,
    "Explain": _explained,
    "StartTransfer": _transferring,
}
"""Kind of record -> what it tells of a call, apart from with whom the caller is."""
