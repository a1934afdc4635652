"""Coverage: which nodes and exits of the flows some calls went through."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ivr.dialogue.actions import Action, EnterNode
from ivr.dialogue.events import Event
from ivr.dialogue.exits import ExitTo
from ivr.flow.model import FlowBook

Exit = tuple[str, str, str]
"""Flow, node, exit."""


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """What there is in one flow, and what of it was not reached, as `node` or `node.exit`."""

    flow: str
    nodes: int
    exits: int
    missed_nodes: tuple[str, ...]
    missed_exits: tuple[str, ...]

    @property
    def node_percent(self) -> float:
        return _percent(self.nodes, len(self.missed_nodes))

    @property
    def exit_percent(self) -> float:
        return _percent(self.exits, len(self.missed_exits))


@dataclass(slots=True)
class Coverage:
    """Add calls of a `traced` book with `add`; then ask `of` the book."""

    nodes: set[tuple[str, str]] = field(default_factory=set)
    exits: set[Exit] = field(default_factory=set)

    def add(self, log: Iterable[tuple[float, Event | Action]], flow: str) -> None:
        """Count one call that began in `flow`, as a stage logged it."""
        for taken, node in ways_of(log, flow):
            self.nodes.add(node)
            if taken is not None:
                self.exits.add(taken)

    def of(self, book: FlowBook) -> tuple[FlowCoverage, ...]:
        """Per flow, in the order of the book."""
        return tuple(self._of(flow.name, book) for flow in book)

    def _of(self, name: str, book: FlowBook) -> FlowCoverage:
        nodes = book.flow(name).nodes
        ways = [(node.name, exit_) for node in nodes.values() for exit_, _ in node.exits]
        return FlowCoverage(
            name,
            len(nodes),
            len(ways),
            tuple(node for node in nodes if (name, node) not in self.nodes),
            tuple(f"{node}.{way}" for node, way in ways if (name, node, way) not in self.exits),
        )


def ways_of(
    log: Iterable[tuple[float, Event | Action]], flow: str
) -> Iterable[tuple[Exit | None, tuple[str, str]]]:
    """Each entering of a node: the exit that led there, where one did, and (flow, node)."""
    for _, what in log:
        if isinstance(what, EnterNode):
            way = what.node if isinstance(what.node, ExitTo) else None
            flow = way.flow if way is not None else flow
            taken = (way.flow, way.node, way.exit) if way is not None else None
            yield taken, (flow, way.target if way is not None else str(what.node))


def percent_of(coverages: Iterable[FlowCoverage]) -> tuple[float, float]:
    """Nodes and exits reached over several flows, each in percent."""
    found = list(coverages)
    nodes = sum(one.nodes for one in found), sum(len(one.missed_nodes) for one in found)
    exits = sum(one.exits for one in found), sum(len(one.missed_exits) for one in found)
    return _percent(*nodes), _percent(*exits)


def _percent(total: int, missed: int) -> float:
    return 100.0 * (total - missed) / total if total else 100.0
