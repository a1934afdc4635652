"""Calls that were, as the record tells them: one class a table, and what questions give."""

from dataclasses import dataclass, replace

from ivr.dialogue.masking import without_digits


@dataclass(frozen=True, slots=True)
class PastCall:
    """A row of `ivr.store.tables.calls`, which says what each column means."""

    call: str
    began: float
    ended: float | None
    caller_key: str
    caller_shown: str
    called: str
    flow: str
    version: str
    language: str
    intent: str
    outcome: str
    last_node: str
    queue: str
    agent: str
    joined: float | None
    answered: float | None
    waited: float | None
    talked: float | None
    transfers: int
    turns: int
    noinputs: int
    nomatches: int
    annoyance: float
    annoyed: bool
    abandoned: bool
    contained: bool
    recording: str


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A row of `ivr.store.tables.visits`."""

    nth: int
    flow: str
    node: str
    at: float
    seconds: float
    noinputs: int
    nomatches: int
    last: bool


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A row of `ivr.store.tables.turns`; long numbers in `text` are masked."""

    nth: int
    at: float
    who: str
    node: str
    confidence: float | None
    text: str

    def masked(self) -> "PastTurn":
        """The turn as screens show it, without any digit."""
        return replace(self, text=without_digits(self.text))


@dataclass(frozen=True, slots=True)
class PastWait:
    """A row of `ivr.store.tables.waits`."""

    nth: int
    queue: str
    priority: int
    joined: float
    ended: float | None
    waited: float | None
    talked: float | None
    expected: float | None
    agent: str
    outcome: str


@dataclass(frozen=True, slots=True)
class WholeCall:
    """One call and what happened in it, each in order."""

    call: PastCall
    visits: tuple[PastVisit, ...]
    turns: tuple[PastTurn, ...]
    waits: tuple[PastWait, ...]

    def masked(self) -> "WholeCall":
        """The call as screens show it."""
        return replace(self, turns=tuple(turn.masked() for turn in self.turns))


@dataclass(frozen=True, slots=True)
class Page:
    """Calls, the newest first; `following` is the cursor of the next page, "" after the last."""

    calls: tuple[PastCall, ...]
    following: str


@dataclass(frozen=True, slots=True)
class Found:
    """A turn that holds what was searched for, and the call it stands in."""

    call: PastCall
    turn: PastTurn

    def masked(self) -> "Found":
        """What screens show of it."""
        return replace(self, turn=self.turn.masked())
