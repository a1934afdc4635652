"""transfer: bring the caller to an agent with the skills the matter needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.flow.need import Need
from ivr.flow.nodes.base import Goto, Node
from ivr.flow.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Node):
    """`ways` maps an outcome (`ivr.ports.TransferOutcome`) to where the talk goes on.

    The call's language is added to `need` when the transfer starts. An outcome without a way ends
    the call: the agent has had it, or the caller is gone.
    """

    need: Need
    prompt: Prompt | None = None
    whisper: Prompt | None = None
    ways: Mapping[str, Goto] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kind(self) -> str:
        return "transfer"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield from self.ways.items()
