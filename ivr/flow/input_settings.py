"""InputSettings: how a node waits for its answer; a flow sets them once and a node may differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

MAX_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class InputSettings:
    """Times are in seconds unless they end in `_ms`; confidences go from 0 to 1.

    `timeout` runs from the end of the prompt to noinput. `complete_ms`, `extendable_ms` and
    `incomplete_ms` are the endpointing delays of `ivr.dialogue.actions.Endpointing`, `max_seconds`
    the longest turn. What is understood less surely than `reject` is a nomatch, between `reject`
    and `accept` the caller is asked again. `hints` are sentences by language that the recogniser
    should know here beside those of the choices.
    """

    bargein: bool = True
    speech: bool = True
    timeout: float = 5.0
    interdigit_timeout: float = 3.0
    finish_on_key: str = "#"
    complete_ms: int = 300
    extendable_ms: int = 600
    incomplete_ms: int = 1000
    max_seconds: float = 20.0
    reject: float = 0.4
    accept: float = 0.65
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
