"""lookup: ask a system behind the hotline, and go on by its answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.formulas import Formula
from ivr.flow.nodes.base import Goto, Node
from ivr.flow.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAction:
    """How a lookup is done; `url` and `body` hold blanks for its arguments.

    `secrets` maps a header to the name of a secret in the server's settings, so that no secret
    stands in a flow. `answer` maps a name to a dotted path in the JSON answer. `statuses` maps an
    HTTP status to an exit. `timeout` is in seconds and holds for each of 1 + `retries` tries.
    """

    name: str
    method: str
    url: str
    headers: Mapping[str, str]
    secrets: Mapping[str, str]
    body: Mapping[str, str]
    timeout: float
    retries: int
    answer: Mapping[str, str]
    statuses: Mapping[str, str]

    @property
    def longest(self) -> float:
        """Seconds until the last try has failed."""
        return self.timeout * (1 + self.retries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Node):
    """`take` maps a variable to the name of the answer that fills it.

    `ways` holds the failure exits by name; `otherwise` stands for those not named.
    """

    lookup: str
    arguments: Mapping[str, Formula]
    take: Mapping[str, str]
    prompt: Prompt | None
    goto: Goto
    ways: Mapping[str, Goto]

    @property
    def kind(self) -> str:
        return "lookup"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "ok", self.goto
        yield from self.ways.items()
