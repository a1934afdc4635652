"""Ways through a flow: what leads where, and which nodes form rounds."""

from collections.abc import Iterable, Iterator, Mapping

from ivr.flow.lint import reachable
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode, Node

WAITING_KINDS = frozenset({"transfer", "hangup", "return", "voicemail", "survey"})
"""Kinds that wait for somebody or end the talk, though they are no questions."""

ENDS = frozenset({"transfer", "hangup", "return", "voicemail"})
"""Kinds that bring a call, or a visit to a sub-flow, to an end."""

Ways = Mapping[str, tuple[str, ...]]


def waits(node: Node) -> bool:
    """Whether the talk comes to rest here; otherwise it goes on by itself."""
    return isinstance(node, AskingNode) or node.kind in WAITING_KINDS


def ways_of(flow: Flow) -> Ways:
    """Where each node can lead, by its exits and, at a question, by the flow's commands."""
    commands = [c.goto.node for c in flow.commands if c.goto is not None]
    found = {}
    for node in flow.nodes.values():
        targets = [goto.node for _, goto in node.exits]
        if isinstance(node, AskingNode):
            targets += commands
            targets += _also(flow, node)
        known = (target for target in targets if target in flow.nodes)
        found[node.name] = tuple(dict.fromkeys(known))
    return found


def _also(flow: Flow, node: Node) -> Iterator[str]:
    """Targets of the choices that are understood here without being this node's own."""
    for goto in getattr(node, "also", ()):
        other = flow.nodes.get(goto.node)
        yield from (way.node for _, way in other.exits) if other else ()


def leading_to(ways: Ways, goals: Iterable[str]) -> set[str]:
    """The nodes from which one of the goals can be reached, the goals included."""
    back: dict[str, list[str]] = {}
    for name, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    found: set[str] = set()
    open_ends = list(goals)
    while open_ends:
        name = open_ends.pop()
        if name not in found:
            found.add(name)
            open_ends += back.get(name, [])
    return found


def rounds(ways: Ways) -> list[frozenset[str]]:
    """The sets of nodes that lead to one another (Tarjan's algorithm, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    inside: set[str] = set()
    found: list[frozenset[str]] = []
    for root in ways:
        if root in number:
            continue
        work = [(root, iter(ways[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        inside.add(root)
        while work:
            name, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[name])
                if low[name] == number[name]:
                    found += _popped(stack, inside, name, ways)
            elif following not in number:
                number[following] = low[following] = len(number)
                stack.append(following)
                inside.add(following)
                work.append((following, iter(ways.get(following, ()))))
            elif following in inside:
                low[name] = min(low[name], number[following])
    return found


def _popped(stack: list[str], inside: set[str], name: str, ways: Ways) -> list[frozenset[str]]:
    members = set()
    while True:
        member = stack.pop()
        inside.discard(member)
        members.add(member)
        if member == name:
            break
    looped = len(members) > 1 or name in ways.get(name, ())
    return [frozenset(members)] if looped else []


def met(flow: Flow) -> set[str]:
    """Nodes a call can come to; all of them while some could not be read."""
    return set(flow.nodes) if flow.unread else reachable(flow)
