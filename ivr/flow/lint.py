"""Lint: one flow as a whole -> issues: references, reachability, keys, ladders, blanks."""

from collections.abc import Iterable, Iterator

from ivr.flow.issues import Issue, Place
from ivr.flow.lint_logic import issue as _issue
from ivr.flow.lint_logic import lint_logic
from ivr.flow.model import Flow
from ivr.flow.nodes.base import Choice, Goto, Node
from ivr.flow.nodes.confirm import Confirm
from ivr.flow.nodes.menu import Menu
from ivr.flow.reading import nearest

KNOWN_BLANKS = frozenset({"choice", "value", "intent", "language", "caller"})
"""Blanks that every flow has without a slot of that name."""


def lint_flow(flow: Flow) -> Iterator[Issue]:
    """Every fault of a flow that was read, in no particular order."""
    yield from _references(flow)
    yield from _unreachable(flow)
    yield from _keys(flow)
    yield from _phrases(flow)
    yield from _blanks(flow)
    yield from lint_logic(flow)


def gotos(flow: Flow) -> Iterator[tuple[str, Goto]]:
    """Every reference of a flow, with the node it stands in ("" for the flow itself)."""
    yield "", flow.start
    for command in flow.commands:
        if command.goto is not None:
            yield "", command.goto
    for node in flow.nodes.values():
        for _, goto in node.exits:
            yield node.name, goto
        if isinstance(node, Menu):
            for goto in node.also:
                yield node.name, goto


def _references(flow: Flow) -> Iterator[Issue]:
    for name, goto in gotos(flow):
        if goto.node and goto.node not in flow.nodes and goto.node not in flow.unread:
            message = f'there is no node "{goto.node}"'
            hint = nearest(goto.node, flow.nodes)
            yield _issue("unknown-node", goto.place, message, name, hint)
    for node in flow.nodes.values():
        for goto in node.also if isinstance(node, Menu) else ():
            if goto.node in flow.nodes and not isinstance(flow.nodes[goto.node], Menu):
                yield _issue("not-a-menu", goto.place, f'"{goto.node}" is no menu', node.name)


def reachable(flow: Flow) -> set[str]:
    """Names of the nodes a call can come to, or whose phrases it can use."""
    roots = [flow.start.node]
    roots += [command.goto.node for command in flow.commands if command.goto is not None]
    found: set[str] = set()
    while roots:
        name = roots.pop()
        node = flow.nodes.get(name)
        if node is None or name in found:
            continue
        found.add(name)
        roots += [goto.node for _, goto in node.exits]
        roots += [goto.node for goto in node.also] if isinstance(node, Menu) else []
    return found


def understood_here(flow: Flow, node: Node) -> list[Choice]:
    """A node's own choices, then those of the menus it names in `also`."""
    if isinstance(node, Confirm):
        return [node.yes, node.no]
    if not isinstance(node, Menu):
        return []
    choices = list(node.choices)
    for goto in node.also:
        other = flow.nodes.get(goto.node)
        if isinstance(other, Menu) and other is not node:
            choices += other.choices
    return choices


def _unreachable(flow: Flow) -> Iterator[Issue]:
    if flow.unread:
        return  # nobody knows where those would lead
    met = reachable(flow)
    for node in flow.nodes.values():
        if node.name not in met:
            message = f'no call comes to node "{node.name}"'
            yield _issue("unreachable", node.place, message, node.name, warning=True)


def _keys(flow: Flow) -> Iterator[Issue]:
    yield from _clashes("command", ((c.name, c.key, c.place) for c in flow.commands), "")
    commands = {command.key: command for command in flow.commands if command.key}
    for node in flow.nodes.values():
        if isinstance(node, Menu):
            own = node.choices
        elif isinstance(node, Confirm):
            own = (node.yes, node.no)
        else:
            continue
        yield from _clashes("choice", ((c.name, c.key, c.place) for c in own), node.name)
        for choice in own:
            command = commands.get(choice.key)
            if command and not (choice.language and choice.language == command.language):
                message = f'key {choice.key} of "{choice.name}" hides command "{command.name}"'
                yield _issue("key-hides-command", choice.place, message, node.name, warning=True)


def _clashes(what: str, keyed: Iterable[tuple[str, str, Place]], node: str) -> Iterator[Issue]:
    taken: dict[str, str] = {}
    for name, key, place in keyed:
        if key in taken:
            message = f'{what}s "{taken[key]}" and "{name}" have the same key {key}'
            yield _issue("key-clash", place, message, node)
        elif key:
            taken[key] = name


def _phrases(flow: Flow) -> Iterator[Issue]:
    for node in flow.nodes.values():
        for language in flow.languages:
            taken: dict[str, Choice] = {}
            for choice in understood_here(flow, node):
                for phrase in choice.phrases.get(language, ()):
                    first = taken.setdefault(phrase, choice)
                    if first is not choice and first.goto.node != choice.goto.node:
                        message = f'"{phrase}" stands for "{first.name}" and "{choice.name}"'
                        yield _issue("phrase-clash", choice.place, message, node.name)


def _blanks(flow: Flow) -> Iterator[Issue]:
    known = KNOWN_BLANKS | flow.slot_types.keys()
    for prompt in flow.prompts.values():
        for blank in prompt.blanks:
            if blank.slot not in known:
                message = f'there is no slot "{blank.slot}"'
                yield _issue("unknown-slot", prompt.place, message, "", nearest(blank.slot, known))
