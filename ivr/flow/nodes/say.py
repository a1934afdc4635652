"""say: speak a prompt to its end, then go on."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import Goto, Node
from ivr.flow.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Node):
    """With `bargein` a key cuts the prompt short and counts as the answer to what follows."""

    prompt: Prompt
    goto: Goto
    bargein: bool = True

    @property
    def kind(self) -> str:
        return "say"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "goto", self.goto
