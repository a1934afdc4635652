"""CallView: shows a rehearsed call as it goes, and what it waits for."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.dialogue import actions, events
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.exits import ExitTo
from ivr.dialogue.state import State, Waiting
from ivr.rehearsal.expectation import QueueOf, as_text

STYLES = {
    "bot": "blue", "node": "magenta", "why": "dim", "caller": "cyan", "queue": "yellow",
    "agent": "yellow", "lookup": "yellow", "call": "green",
}  # fmt: skip
STATE_FIELDS = ("flow", "node", "language", "waiting", "intent", "noinputs", "nomatches", "keys")


class Shown(Protocol):
    """A call that is shown: typed, or by sound."""

    @property
    def log(self) -> Sequence[tuple[float, Event | Action]]: ...

    @property
    def state(self) -> State: ...

    @property
    def timers(self) -> Mapping[int, float]:
        """Serial -> seconds left, where that is known."""


class CallView:
    """Prints what is new in a rehearsed call each time it is asked to."""

    def __init__(self, screen: Console, queue_of: QueueOf | None = None) -> None:
        self._screen = screen
        self._queue_of = queue_of
        self._shown = 0
        self._status = ""

    def back_to(self, call: Shown) -> None:
        """The call was taken back to an earlier point: what it does from there is new."""
        self._shown = min(self._shown, len(call.log))

    def show(self, call: Shown) -> None:
        """Print the events since the last time, then a line on what is waited for."""
        table = Table.grid(padding=(0, 1))
        table.add_column(justify="right", width=7, style="dim")
        table.add_column(width=6)
        table.add_column(overflow="fold")
        for at, what in call.log[self._shown :]:
            described = self._described(what, call.state)
            if described is not None:
                who, text = described
                table.add_row(f"{at:.1f}", Text(who, style=STYLES[who]), Text.assemble(text))
        self._shown = len(call.log)
        status = waits_for(call)
        if not table.row_count and status == self._status:
            return
        self._status = status
        if table.row_count:
            self._screen.print(table)
        self._screen.print(Text(" " * 8 + status, style="dim italic"))

    def show_state(self, call: Shown) -> None:
        """Everything the call knows, one thing a line."""
        state = call.state
        table = Table.grid(padding=(0, 2))
        for name in STATE_FIELDS:
            table.add_row(name, Text(str(getattr(state, name)) or "-"))
        for name, value in state.slots.items():
            table.add_row(Text(f"slot {name}", style="cyan"), Text(as_text(value) or "-"))
        for serial, left in call.timers.items():
            table.add_row(Text(f"timer {serial}", style="yellow"), f"{left:.1f} s left")
        self._screen.print(table)

    def _described(
        self, what: Event | Action, state: State
    ) -> tuple[str, str | tuple[str, str]] | None:
        match what:
            case actions.EnterNode(node):
                way = f"  by {node.node}.{node.exit}" if isinstance(node, ExitTo) else ""
                return "node", f"{node}{way}"
            case actions.PlayPrompt():
                return "bot", " ".join(segment.text for segment in what.segments)
            case actions.Explain():
                return "why", (what.text, "dim")
            case events.PromptEnded(completed=False):
                return "bot", ("stops: the caller cut in", "dim")
            case events.KeyPressed(key):
                return "caller", f"key {key}"
            case events.Heard(utterance):
                return "caller", f"{utterance.text or '(no words)'}  {utterance.confidence:.2f}"
            case events.CallerHungUp():
                return "caller", "hangs up"
            case actions.StartRecording():
                return "bot", ("records a message", "dim")
            case events.RecordingEnded():
                return "caller", f"message of {what.seconds:.1f} s ({what.reason})"
            case actions.StartLookup():
                return "lookup", what.lookup
            case actions.StartTransfer():
                return "queue", self._transfer(what)
            case actions.HangUp(reason):
                return "call", f"ends: {reason}"
        return None

    def _transfer(self, transfer: actions.StartTransfer) -> str:
        skills = ", ".join(f"{name} {level}+" for name, level in transfer.need.skills.items())
        queue = self._queue_of(transfer.need, transfer.language) if self._queue_of else ""
        whisper = " ".join(segment.text for segment in transfer.whisper)
        found = f"{queue}  " if queue else ""
        return f"{found}needs {skills}" + (f"; the agent hears: {whisper}" if whisper else "")


def waits_for(call: Shown) -> str:
    """What the call waits for now, and what it has learnt, in one line."""
    state = call.state
    if state.ended:
        return f"the call is over: {state.outcome}"
    parts = []
    if state.waiting is Waiting.TRANSFER:
        parts.append("waits for an agent")
    elif state.waiting is Waiting.RECORDING:
        parts.append("records what the caller says")
    elif state.waiting is Waiting.INPUT:
        left = next(iter(call.timers.values()), None)
        ears = "words or keys" if state.listening else "keys"
        parts.append(f"waits for {ears}" + (f", {left:.1f} s" if left is not None else ""))
    parts.append(f"node {state.node}")
    parts += [
        f"{name}={as_text(value)}" for name, value in state.slots.items() if value is not None
    ]
    parts.append(state.language)
    return " | ".join(parts)
