"""Ways out: dead ends, loops nobody can leave, questions from which no person is reached."""

from collections.abc import Iterator

from ivr.flow.checks.findings import finding
from ivr.flow.checks.ways import ENDS, Ways, leading_to, met, rounds, waits, ways_of
from ivr.flow.issues import Issue
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode


def check_ways_out(flow: Flow) -> Iterator[Issue]:
    if flow.unread:
        return  # nobody knows where those would lead
    ways = ways_of(flow)
    endless = set(_unattended(flow, ways))
    for names in endless:
        first = flow.nodes[min(names, key=lambda name: flow.nodes[name].place.line)]
        listed = ", ".join(sorted(names))
        message = f"an endless loop that waits for nobody: {listed}"
        yield finding("endless-loop", first.place, message, first.name, error=True)
    in_loops = {name for names in endless for name in names}
    yield from _dead_ends(flow, ways, in_loops)
    yield from _no_person(flow, ways)


def _unattended(flow: Flow, ways: Ways) -> Iterator[frozenset[str]]:
    """Rounds of nodes that all go on by themselves and never lead outside."""
    busy = {name: ways[name] for name in flow.nodes if not waits(flow.nodes[name])}
    alone = {name: tuple(t for t in targets if t in busy) for name, targets in busy.items()}
    for names in rounds(alone):
        if all(target in names for name in names for target in ways[name]):
            yield names


def _dead_ends(flow: Flow, ways: Ways, told: set[str]) -> Iterator[Issue]:
    """Nodes a call comes to and from which it can only end by the caller's giving up."""
    ending = [node.name for node in flow.nodes.values() if node.kind in ENDS]
    fine = leading_to(ways, ending)
    reached = met(flow)
    for node in flow.nodes.values():
        if node.name in fine or node.name in told or node.name not in reached:
            continue
        if any(goto.node not in flow.nodes for _, goto in node.exits):
            continue  # unknown-node says so already
        if not ways[node.name]:
            message = f'the talk ends nowhere: "{node.name}" has no way on'
            yield finding("dead-end", node.place, message, node.name)
        elif not set(ways[node.name]) & told:
            message = f'from "{node.name}" a call can never end: no way to a hangup or an agent'
            yield finding("no-way-out", node.place, message, node.name)


def _no_person(flow: Flow, ways: Ways) -> Iterator[Issue]:
    """Questions that lead to no agent, where the flow has agents or is no sub-flow."""
    if _is_part(flow):
        return
    people = [n.name for n in flow.nodes.values() if n.kind in ("transfer", "subflow")]
    fine, reached = leading_to(ways, people), met(flow)
    asking = [n for n in flow.nodes.values() if isinstance(n, AskingNode) and n.name in reached]
    if asking and flow.command("operator") is None:
        message = 'callers cannot ask for a person: no command "operator"'
        yield finding("no-operator", flow.place, message)
    for node in asking:
        if node.name not in fine:
            message = f'no way leads from "{node.name}" to an agent'
            yield finding("no-human", node.place, message, node.name)


def _is_part(flow: Flow) -> bool:
    """Whether other flows call this one and care for its callers."""
    return any(node.kind == "return" for node in flow.nodes.values())
