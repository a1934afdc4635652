"""Facts: what is counted while one call is followed, and the rows that follow from it.

Columns are those of `ivr.store.tables`; inside, all times are seconds since the call began.
"""

from dataclasses import dataclass, field
from typing import Any

from ivr.dialogue.masking import last_digits
from ivr.ports import TransferOutcome
from ivr.store.caller_history import known_by
from ivr.store.clean import clipped
from ivr.store.tables import visits, waits

LOST = "lost"
"""The outcome of a call whose end nobody wrote down."""
MAX_DIGITS = 20
"""Of a caller's number, where it is shown."""

Row = dict[str, Any]


@dataclass(slots=True)
class Visit:
    flow: str
    node: str
    at: float
    noinputs: int = 0
    nomatches: int = 0


@dataclass(slots=True)
class Wait:
    queue: str
    priority: int
    joined: float
    expected: float | None = None
    answered: float | None = None
    agent: str = ""
    ended: float | None = None
    outcome: str = ""

    def close(self, at: float, outcome: str) -> None:
        if self.ended is None:
            self.ended, self.outcome = at, "answered" if self.agent else outcome


@dataclass(slots=True)
class Facts:
    """What is counted of one call; the rest of its row follows from visits and waits."""

    began: float
    caller: str = ""
    called: str = ""
    flow: str = ""
    version: str = ""
    language: str = ""
    intent: str = ""
    chosen: str = ""
    outcome: str = ""
    transfers: int = 0
    turns: int = 0
    noinputs: int = 0
    nomatches: int = 0
    annoyance: float = 0.0
    annoyed: bool = False
    crashed: bool = False
    opened: bool = False
    visits: list[Visit] = field(default_factory=list)
    turn_rows: list[Row] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)


def call_row(call: str, ended: bool, at: float, facts: Facts, key: bytes) -> Row:
    digits = "".join(char for char in facts.caller if char.isdecimal())
    lost = facts.crashed or facts.outcome == LOST
    return {
        "call": call,
        "began": facts.began,
        "ended": facts.began + at if ended else None,
        "caller_key": known_by(facts.caller, key) if key else "",
        "caller_shown": last_digits(digits[-MAX_DIGITS:]),
        "called": facts.called,
        "flow": facts.flow,
        "version": facts.version,
        "language": facts.language,
        "intent": facts.intent or facts.chosen,
        "outcome": facts.outcome,
        "last_node": facts.visits[-1].node if facts.visits else "",
        **_waiting(facts),
        "transfers": facts.transfers,
        "turns": facts.turns,
        "noinputs": facts.noinputs,
        "nomatches": facts.nomatches,
        "annoyance": facts.annoyance,
        "annoyed": facts.annoyed,
        "contained": ended and not lost and not facts.transfers,
        "recording": "",
    }


def _waiting(facts: Facts) -> Row:
    """The columns of `calls` about queues and agents."""
    waits = facts.waits
    if not waits:
        none = dict.fromkeys(("joined", "answered", "waited", "talked"))
        return {"queue": "", "agent": "", **none, "abandoned": False}
    joined, last = waits[0].joined, waits[-1]
    taken = [wait for wait in waits if wait.answered is not None]
    answered = taken[0].answered if taken else None
    until = answered if taken else last.ended
    return {
        "queue": last.queue,
        "agent": taken[-1].agent if taken else "",
        "joined": facts.began + joined,
        "answered": None if answered is None else facts.began + answered,
        "waited": None if until is None else until - joined,
        "talked": sum(_talked(wait) or 0.0 for wait in taken) if taken else None,
        "abandoned": last.outcome == TransferOutcome.ABANDONED and not last.agent,
    }


def visit_rows(call: str, ended: bool, at: float, visited: list[Visit]) -> list[Row]:
    ends = [*(visit.at for visit in visited[1:]), at]
    return [
        {
            "call": call,
            "nth": nth,
            "flow": clipped(visit.flow, visits.c.flow),
            "node": clipped(visit.node, visits.c.node),
            "at": visit.at,
            "seconds": end - visit.at,
            "noinputs": visit.noinputs,
            "nomatches": visit.nomatches,
            "last": ended and nth == len(visited) - 1,
        }
        for nth, (visit, end) in enumerate(zip(visited, ends, strict=False))
    ]


def wait_row(call: str, nth: int, wait: Wait, began: float) -> Row:
    until = wait.ended if wait.answered is None else wait.answered
    return {
        "call": call,
        "nth": nth,
        "queue": clipped(wait.queue, waits.c.queue),
        "priority": wait.priority,
        "joined": began + wait.joined,
        "ended": None if wait.ended is None else began + wait.ended,
        "waited": None if until is None else until - wait.joined,
        "talked": _talked(wait),
        "expected": wait.expected,
        "agent": wait.agent,
        "outcome": wait.outcome,
    }


def _talked(wait: Wait) -> float | None:
    if wait.answered is None or wait.ended is None:
        return None
    return wait.ended - wait.answered
