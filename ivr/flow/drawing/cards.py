"""Cards: what a picture shows of each node: its kind, what it says, its faults, its ways on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.checks.findings import spoken
from ivr.flow.issues import Issue, Severity
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode, Choice, Goto, Node
from ivr.flow.nodes.branch import Branch
from ivr.flow.nodes.lookup import Lookup
from ivr.flow.nodes.split import Split
from ivr.flow.nodes.subflow import Return, Subflow
from ivr.flow.prompts import Prompt

ANYWHERE = "*"
"""Name of the card that shows what may be said or pressed at any question."""

_LADDERS = {"noinput": "silence", "nomatch": "not understood"}


@dataclass(frozen=True, slots=True)
class Row:
    """One way on: its key and label, and where it leads; `flow` if it leads into another."""

    key: str
    label: str
    target: str
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """`text` is what the node says first. `severity` is that of its worst fault, or nothing."""

    name: str
    kind: str
    text: str
    rows: tuple[Row, ...]
    first: bool = False
    severity: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One flow's cards in the order written, the one for any question first."""

    flow: str
    title: str
    cards: tuple[Card, ...]


def sheets(
    flows: Mapping[str, Flow], issues: Iterable[Issue] = (), language: str = ""
) -> tuple[Sheet, ...]:
    """A sheet for each flow, those that others walk through last.

    Texts are in `language` where a flow has it, else in the flow's default.
    """
    by_node: dict[tuple[str, str], list[Issue]] = {}
    for issue in issues:
        by_node.setdefault((issue.file, issue.node), []).append(issue)
    called = {
        node.flow
        for flow in flows.values()
        for node in flow.nodes.values()
        if isinstance(node, Subflow)
    }
    order = sorted(flows.values(), key=lambda flow: flow.name in called)
    return tuple(_sheet(flow, by_node, language) for flow in order)


def _sheet(flow: Flow, issues: Mapping[tuple[str, str], list[Issue]], language: str) -> Sheet:
    shown = language if language in flow.languages else flow.languages[0]
    shared = _shared_ladders(flow)
    anywhere = _anywhere(flow, shared)
    cards = [anywhere] if anywhere.rows else []
    for node in flow.nodes.values():
        found = tuple(issues.get((flow.place.file, node.name.split(".")[0]), ()))
        cards.append(
            Card(
                name=node.name,
                kind=node.kind,
                text=_says(node, shown),
                rows=tuple(_rows(node, shown, shared)),
                first=node.name == flow.start.node,
                severity=_worst(found),
                issues=found,
            )
        )
    return Sheet(flow.name, _title(flow), tuple(cards))


def _title(flow: Flow) -> str:
    count = len(flow.nodes)
    return f"{flow.name}  {count} node{'s' if count != 1 else ''}, {' '.join(flow.languages)}"


def _worst(issues: Iterable[Issue]) -> str:
    found = {issue.severity for issue in issues}
    if Severity.ERROR in found:
        return Severity.ERROR.value
    return Severity.WARNING.value if found else ""


def _says(node: Node, language: str) -> str:
    prompt = getattr(node, "prompt", None)
    if isinstance(prompt, Prompt):
        return spoken(prompt, language) or spoken(prompt, next(iter(prompt.wordings), ""))
    if isinstance(node, Lookup):
        return node.lookup
    if isinstance(node, Return):
        return node.exit
    values = getattr(node, "values", None)
    if isinstance(values, Mapping):
        return ", ".join(f"{name} = {formula.text}" for name, formula in values.items())
    return ""


# -- ways on ----------------------------------------------------------------------------------


def _shared_ladders(flow: Flow) -> set[tuple[str, Goto]]:
    """Ends of ladders that several nodes have from their flow: shown once, not at each node."""
    counts = Counter(
        (name, goto)
        for node in flow.nodes.values()
        if isinstance(node, AskingNode)
        for name, goto in node.ladder_exits
    )
    return {end for end, count in counts.items() if count > 1}


def _rows(node: Node, language: str, shared: set[tuple[str, Goto]]) -> Iterator[Row]:
    choices = {choice.name: choice for choice in _choices(node)}
    merged: dict[tuple[str, str], list[str]] = {}
    for name, goto in node.exits:
        choice = choices.get(name)
        if choice is not None:
            yield Row(choice.key, _label(choice, language), goto.node)
        elif (name, goto) not in shared:
            merged.setdefault((goto.node, ""), []).append(_called(node, name))
    for (target, _), labels in merged.items():
        yield Row("", ", ".join(dict.fromkeys(labels)), target)
    if isinstance(node, Subflow):
        yield Row("", "walks through", "", node.flow)


def _choices(node: Node) -> tuple[Choice, ...]:
    found = getattr(node, "choices", ())
    answers = (getattr(node, "yes", None), getattr(node, "no", None))
    return (*found, *(one for one in answers if isinstance(one, Choice)))


def _label(choice: Choice, language: str) -> str:
    return spoken(choice.label, language) or choice.name.replace("_", " ")


def _called(node: Node, name: str) -> str:
    """An exit in plain words."""
    if isinstance(node, Branch) and name.startswith("case."):
        return node.cases[int(name.removeprefix("case.")) - 1].when.text
    if isinstance(node, Split):
        share = next((arm.share for arm in node.arms if arm.name == name), 0)
        whole = sum(arm.share for arm in node.arms)
        return f"{name} {100 * share / whole:.0f} %" if whole else name
    head = name.split(".")[0]
    if head in _LADDERS:
        return _LADDERS[head]
    return {"goto": "then"}.get(name, name.replace("_", " "))


def _anywhere(flow: Flow, shared: set[tuple[str, Goto]]) -> Card:
    rows = [
        Row(command.key, command.name.replace("_", " "), command.goto.node)
        for command in flow.commands
        if command.goto is not None
    ]
    ends: dict[str, list[str]] = {}
    for name, goto in sorted(shared, key=lambda end: end[0]):
        ends.setdefault(goto.node, []).append(_LADDERS[name.split(".")[0]])
    rows += [Row("", ", ".join(dict.fromkeys(said)), node) for node, said in ends.items()]
    return Card(ANYWHERE, "anywhere", "", tuple(rows))
