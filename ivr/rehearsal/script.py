"""Script: written conversations as values, each part with its place in the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.dialogue.simulator import DEFAULT_NOW, LookupAnswer
from ivr.flow.issues import Place
from ivr.flow.yaml_tree import Scalar


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing an `expect` names. `values` holds one text, several, or none for a mapping."""

    key: str
    values: tuple[Scalar, ...]
    entries: Mapping[str, Scalar]
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next. `kind` is a key of `STEPS` in `ivr.rehearsal.script_reader`;
    `value` is what that key's reader gave."""

    kind: str
    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Speech:
    """`barge_in` is False, True, or after how many seconds the caller comes in."""

    text: str
    confidence: float = 1.0
    barge_in: float | bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    keys: str
    barge_in: float | bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One call as it should go. An empty `language` is the flow's first.

    `profile` is what is known of the caller (`CallStarted.profile`). Without `audio` the
    conversation is never played by sound. `callbacks`: the hotline can call people back.
    """

    name: str
    flow: str
    steps: tuple[Step, ...]
    place: Place
    caller: str = ""
    called: str = ""
    profile: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    now: str = DEFAULT_NOW
    language: str = ""
    mocks: Mapping[str, LookupAnswer] = field(default_factory=dict)
    audio: bool = True
    callbacks: bool = True
