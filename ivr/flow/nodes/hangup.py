"""hangup: say goodbye and end the call."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import Goto, Node
from ivr.flow.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(Node):
    """`reason` goes into the record of the call."""

    prompt: Prompt | None = None
    reason: str = "done"

    @property
    def kind(self) -> str:
        return "hangup"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield from ()
