"""What happened to a call, in the past tense: the only things the dialogue learns of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ivr.ports import TransferOutcome, Utterance


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The line is open. `now` is local time, ISO 8601 with offset; `caller` may be empty.

    `profile` is what is known of the caller: `tier`, `calls`, `annoyed`, `complained` (which a flow
    may ask for as `caller.tier`), and `used.FLOW.MENU.CHOICE`, how often they made a choice before.
    `callbacks` says whether this hotline can call people back.
    """

    call_id: str
    caller: str = field(metadata={"private": True})
    called: str
    now: str
    profile: Mapping[str, str | int | float | bool] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    callbacks: bool = False


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """The caller began to speak."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The caller's turn ended; an utterance without words is speech nobody understood."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One DTMF key: "0"-"9", "*", "#", "A"-"D"."""

    key: str = field(metadata={"private": True})


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """The prompt of that serial is over; `completed` is False if it was stopped."""

    serial: int
    completed: bool = True


@dataclass(frozen=True, slots=True)
class TimerRang:
    """The timer of that serial ran out."""

    serial: int


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording is over: `reason` is silence, longest, stopped, dropped or failed.

    `seconds` is its length, `speech` how much of that was speech. `recording` names what was
    kept; empty if nothing was.
    """

    serial: int
    reason: str
    seconds: float = 0.0
    speech: float = 0.0
    recording: str = ""


@dataclass(frozen=True, slots=True)
class LookupEnded:
    """A lookup answered (`exit` "ok") or failed by one of the exits the flow names."""

    serial: int
    exit: str
    values: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The queue gave the call back. ABANDONED and ANSWERED usually mean that it is over."""

    serial: int
    outcome: TransferOutcome


@dataclass(frozen=True, slots=True)
class CallerHungUp:
    """The caller is gone; nothing said from here on is heard."""


@dataclass(frozen=True, slots=True)
class OrderGiven:
    """A supervisor's order.

    `kind` is "goto" (argument: a node, or FLOW.NODE), "transfer" (a skill), "takeover" (whose
    telephone takes the caller) or "hangup". `ends` is the serial of the transfer that was ended
    for it, 0 if none was under way.
    """

    kind: str
    argument: str = ""
    ends: int = 0


Event = (
    CallStarted
    | SpeechBegan
    | Heard
    | KeyPressed
    | PromptEnded
    | TimerRang
    | RecordingEnded
    | LookupEnded
    | TransferEnded
    | CallerHungUp
    | OrderGiven
)
