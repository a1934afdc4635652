"""What the dialogue asks for, in the imperative: the session obeys, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ivr.dialogue.grammar import Grammar
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment


@dataclass(frozen=True, slots=True)
class Endpointing:
    """When silence ends a turn, in milliseconds of silence after the last speech.

    `complete_ms` holds once the grammar says nothing can follow, `extendable_ms` when the
    utterance could be all, `incomplete_ms` while it cannot be. `max_seconds` ends any turn.
    """

    complete_ms: int = 300
    extendable_ms: int = 600
    incomplete_ms: int = 1000
    max_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class EnterNode:
    """Tell whoever watches that the talk now stands at this node."""

    node: str


@dataclass(frozen=True, slots=True)
class Explain:
    """Record why something was decided: for the journal and the live view, never spoken.

    `text` says it in one line; `facts` are the figures behind it (scores, rules, choices).
    """

    text: str = field(metadata={"private": True})
    facts: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Say this after whatever is still being said; `PromptEnded(serial)` follows in any case."""

    serial: int
    segments: tuple[PromptSegment, ...]


@dataclass(frozen=True, slots=True)
class StopPrompt:
    """Fall silent within one frame and forget prompts not yet begun (their ends are reported)."""


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on report SpeechBegan and Heard by this grammar; replaces an earlier `Listen`.

    A turn in progress keeps the grammar it began with.
    """

    grammar: Grammar
    endpointing: Endpointing = Endpointing()


@dataclass(frozen=True, slots=True)
class StopListening:
    """Report no speech until the next `Listen`; a turn in progress is forgotten. Keys go on."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Report `TimerRang(serial)` after `seconds`."""

    serial: int
    seconds: float


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record the caller from now on, after a tone if `beep`; `RecordingEnded(serial)` follows.

    It ends by itself at `max_seconds`, or after `silence` seconds without speech.
    """

    serial: int
    max_seconds: float
    silence: float
    beep: bool = True


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording of that serial now, and forget it unless `keep`; its end is reported."""

    serial: int
    keep: bool = True


@dataclass(frozen=True, slots=True)
class StartLookup:
    """Ask a system behind the hotline; `LookupEnded(serial)` follows."""

    serial: int
    lookup: str
    arguments: Mapping[str, Any] = field(metadata={"private": True})


@dataclass(frozen=True, slots=True)
class StartTransfer:
    """Bring the caller to an agent who meets `need`; `TransferEnded(serial)` follows.

    `language` is the one the caller speaks. `whisper` is what the agent alone hears first;
    `context` goes with the call (intent, slots). `taker` names the supervisor whose telephone has
    answered and takes the caller; no queue is chosen then.
    """

    serial: int
    need: Need
    language: str = ""
    whisper: tuple[PromptSegment, ...] = ()
    context: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    taker: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call; nothing follows."""

    reason: str


Action = (
    EnterNode
    | Explain
    | PlayPrompt
    | StopPrompt
    | Listen
    | StopListening
    | SetTimer
    | StartRecording
    | StopRecording
    | StartLookup
    | StartTransfer
    | HangUp
)
