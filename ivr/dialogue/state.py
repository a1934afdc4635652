"""State: where the talk stands; all a call needs to be saved, shown, replayed and resumed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType

from ivr.dialogue.annoyance import Mood

Value = str | int | float | bool | None


class Waiting(StrEnum):
    """What the talk waits for."""

    START = "start"
    PROMPT = "prompt"
    """The end of a prompt; keys are kept for the next question."""

    INPUT = "input"
    """The caller's words or keys, or the timer that ends the wait for them."""

    RECORDING = "recording"
    LOOKUP = "lookup"
    TRANSFER = "transfer"
    NOTHING = "nothing"
    """The call is over."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Something understood that the caller has still to confirm.

    `name` is "menu.choice", or empty for a slot's `value`. `asked` tells whether the flow
    wanted the question anyway (a collect node's `confirm`, a menu's `follow_up`), not only because
    of low confidence.
    """

    name: str
    value: str = field(default="", metadata={"private": True})
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow that waits for its subflow: where it stands, and its values."""

    flow: str
    node: str
    slots: Mapping[str, Value] = field(metadata={"private": True})
    trail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Immutable; made by `ivr.dialogue.engine.start` and `step` only.

    `serial` is the last serial given to anything. `saying`, `timer` and `errand` are the serials of
    the prompt being said, the timer running and the recording, lookup or transfer under way; 0 for
    none. `keys` are the digits of the value being keyed in, `typed` keys pressed ahead of their
    question. `trail` are the questions a caller can go back to. `frames` are the flows around this
    one, the outermost first.
    """

    flow: str
    version: str
    language: str
    node: str = ""
    waiting: Waiting = Waiting.START
    call_id: str = ""
    caller: str = field(default="", metadata={"private": True})
    called: str = ""
    now: str = ""
    profile: Mapping[str, Value] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    callbacks: bool = False
    slots: Mapping[str, Value] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    intent: str = ""
    intent_label: str = ""
    serial: int = 0
    saying: int = 0
    timer: int = 0
    errand: int = 0
    listening: bool = False
    speaking: bool = False
    keypad_only: bool = False
    noinputs: int = 0
    nomatches: int = 0
    keys: str = field(default="", metadata={"private": True})
    held: str = field(default="", metadata={"private": True})
    """The part of a value that was heard in the turns before."""

    typed: str = field(default="", metadata={"private": True})
    pending: Pending | None = None
    later: tuple[str, ...] = ()
    """Wishes named beside the one that is followed, as "flow/menu.choice"."""

    trail: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    failures: int = 0
    attempts: int = 0
    """Transfers of this call that ended without an agent."""

    mood: Mood = field(default_factory=Mood)
    outcome: str = ""
    """Why the call ended: the reason of HangUp, or `caller_hung_up`."""

    @property
    def ended(self) -> bool:
        return self.waiting is Waiting.NOTHING


_FIELDS = tuple(one.name for one in fields(State))
_get = attrgetter(*_FIELDS)
_setters = tuple(getattr(State, name).__set__ for name in _FIELDS)


def copy_of(state: State) -> State:
    """An equal state; `dataclasses.replace` does the same more slowly, and every step needs one."""
    made = object.__new__(State)
    for put, value in zip(_setters, _get(state), strict=True):
        put(made, value)
    return made
