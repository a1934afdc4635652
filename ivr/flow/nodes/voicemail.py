"""voicemail: let the caller leave a message after a tone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.nodes.base import Goto, Node
from ivr.flow.prompts import Prompt

WAYS = ("empty", "failed", "otherwise")


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail(Node):
    """Times in seconds. The message ends at `max_seconds`, after `silence` or by a key.

    With less than `min_seconds` of speech it counts as empty. `slot`, if given, keeps the
    recording's name. `ways` holds the exits `empty` and `failed`; `otherwise` stands for those
    not named.
    """

    prompt: Prompt | None
    goto: Goto
    ways: Mapping[str, Goto]
    slot: str = ""
    beep: bool = True
    max_seconds: float = 120.0
    min_seconds: float = 0.5
    silence: float = 4.0
    finish_on_key: str = "#"

    @property
    def kind(self) -> str:
        return "voicemail"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "recorded", self.goto
        yield from self.ways.items()
