"""Road map: a flow as places and timed ways between them, for one kind of caller and language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ivr.flow.checks.best_way import Way
from ivr.flow.checks.durations import PromptSeconds
from ivr.flow.checks.findings import mentioned, spoken
from ivr.flow.checks.keys import mentions
from ivr.flow.model import Command, Flow
from ivr.flow.nodes.base import AskingNode, Choice, Node
from ivr.flow.nodes.collect import Collect
from ivr.flow.nodes.lookup import Lookup
from ivr.flow.nodes.subflow import Return, Subflow
from ivr.flow.nodes.transfer import Transfer
from ivr.flow.prompts import Prompt

REACTION_SECONDS = 1.0
"""From the end of a prompt to the key pressed or the words understood."""

DIGIT_SECONDS = 0.4
LOOKUP_SECONDS = 1.0
"""A lookup that works."""

MAX_DEPTH = 6
MAX_SPOTS = 50_000


class Caller(StrEnum):
    TYPICAL = "typical"
    WORST = "worst"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a caller stands: in which flow and node, in which language, within which sub-flows.

    `told` is whether the caller knows that a person can be asked for.
    """

    flow: str
    node: str
    language: str
    told: bool
    frames: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Map:
    start: Spot
    ways: dict[Spot, list[Way[Spot]]] = field(default_factory=dict)
    goals: dict[Spot, float] = field(default_factory=dict)
    chances: set[Spot] = field(default_factory=set)

    @property
    def by_chance(self) -> frozenset[Spot]:
        return frozenset(self.chances)


def map_of(
    flow: Flow, flows: Mapping[str, Flow], seconds: PromptSeconds, caller: Caller, language: str
) -> Map:
    """Every place that caller can come to who wants a person in `language`."""
    start = Spot(flow.name, flow.start.node, flow.languages[0], caller is Caller.TYPICAL)
    surveyor = _Surveyor(dict(flows) | {flow.name: flow}, seconds, caller, language)
    return surveyor.survey(start)


class _Surveyor:
    """Walks a flow once, place by place."""

    def __init__(
        self, flows: Mapping[str, Flow], seconds: PromptSeconds, caller: Caller, language: str
    ) -> None:
        self._flows = flows
        self._seconds = seconds
        self._caller = caller
        self._language = language

    def survey(self, start: Spot) -> Map:
        found = Map(start)
        open_ends = [start]
        while open_ends and len(found.ways) < MAX_SPOTS:
            spot = open_ends.pop()
            node = self._flows[spot.flow].nodes.get(spot.node)
            if spot in found.ways or node is None:
                continue
            if isinstance(node, Transfer):
                found.ways[spot] = []
                if spot.language == self._language:
                    found.goals[spot] = self._seconds(node.prompt, spot.language)
                continue
            found.ways[spot] = list(self._ways(spot, node))
            if not isinstance(node, AskingNode) and self._caller is not Caller.TYPICAL:
                found.chances.add(spot)
            open_ends += [way.to for way in found.ways[spot]]
        return found

    def _ways(self, spot: Spot, node: Node) -> Iterator[Way[Spot]]:
        if isinstance(node, AskingNode):
            after = mentioned(node)
            heard = sum(self._seconds(one, spot.language) for one in (node.prompt, *after))
            now = self._having_heard(spot, node.prompt, *after)
            if self._caller is Caller.SILENT:
                yield from self._ladder(now, node, heard)
            else:
                yield from self._answers(now, node, heard)
                yield from self._ladder(now, node, heard)
        elif isinstance(node, Subflow):
            yield from self._into(spot, node)
        elif isinstance(node, Return):
            yield from self._home(spot, node)
        else:
            prompt = getattr(node, "prompt", None)
            said = prompt if isinstance(prompt, Prompt) else None
            now = self._having_heard(spot, said)
            for name, goto in node.exits:
                cost = self._seconds(said, spot.language) + self._working(node, name)
                yield Way(replace(now, node=goto.node), cost, label=name)

    def _working(self, node: Node, exit_name: str) -> float:
        if not isinstance(node, Lookup):
            return 0.0
        flow_lookups = (flow.lookups.get(node.lookup) for flow in self._flows.values())
        action = next((action for action in flow_lookups if action is not None), None)
        if exit_name == "ok" or action is None:
            return LOOKUP_SECONDS
        return action.longest

    # -- questions -------------------------------------------------------------------------------

    def _answers(self, spot: Spot, node: AskingNode, heard: float) -> Iterator[Way[Spot]]:
        ask = heard + REACTION_SECONDS
        for command, flow, frames in self._commands(spot):
            if command.name == "operator" and not spot.told:
                continue
            if command.goto is not None and command.name in ("operator", "main_menu"):
                there = replace(spot, flow=flow, node=command.goto.node, frames=frames)
                yield Way(there, ask, 1, command.name)
            elif command.language and command.language != spot.language:
                onward = command.goto.node if command.goto else spot.node
                there = replace(spot, node=onward, language=command.language)
                yield Way(there, ask, 1, command.name)
        if isinstance(node, Collect):
            confirm = self._seconds(node.confirm, spot.language) + REACTION_SECONDS
            extra = confirm if node.confirm else 0.0
            keys = node.shortest + bool(node.confirm)
            cost = ask + DIGIT_SECONDS * node.shortest + extra
            yield Way(replace(spot, node=node.goto.node), cost, keys, "goto")
            return
        choices = {choice.name: choice for choice in _choices(node)}
        ladder = {name for name, _ in node.ladder_exits}
        for name, goto in node.exits:
            if name not in ladder:
                choice = choices.get(name)
                language = (choice.language if choice else "") or spot.language
                there = replace(spot, node=goto.node, language=language)
                yield Way(there, ask, 1, name)

    def _ladder(self, spot: Spot, node: AskingNode, heard: float) -> Iterator[Way[Spot]]:
        """Silence, rung after rung."""
        cost = heard
        for rung in node.noinput:
            cost += node.input.timeout + self._seconds(rung.prompt, spot.language)
            if rung.goto is not None:
                yield Way(replace(spot, node=rung.goto.node), cost, label="noinput")
                return
            if rung.repeat or rung.prompt is None:
                cost += heard
        cost += node.input.timeout
        for command, flow, frames in self._commands(spot):
            if command.name == "operator" and command.goto is not None:
                there = replace(spot, flow=flow, node=command.goto.node, frames=frames)
                yield Way(there, cost, label="noinput")

    def _commands(self, spot: Spot) -> Iterator[tuple[Command, str, tuple[tuple[str, str], ...]]]:
        """Commands of this flow, then those of the flows around it that it does not name."""
        met: set[str] = set()
        around = [*(frame[0] for frame in spot.frames), spot.flow]
        for depth in range(len(around) - 1, -1, -1):
            flow = self._flows[around[depth]]
            for command in flow.commands:
                if command.name not in met:
                    met.add(command.name)
                    yield command, flow.name, spot.frames[:depth]

    def _having_heard(self, spot: Spot, *prompts: Prompt | None) -> Spot:
        """The same place, told of the operator if a prompt names it in the wanted language."""
        if spot.told or spot.language != self._language:
            return spot
        text = " ".join(spoken(prompt, spot.language) for prompt in prompts if prompt)
        keys = {mention.key for mention in mentions(text, spot.language)}
        for command, _, _ in self._commands(spot):
            if command.name == "operator":
                said = command.phrases.get(spot.language, ())
                if command.key in keys or any(phrase in text for phrase in said):
                    return replace(spot, told=True)
        return spot

    # -- sub-flows -------------------------------------------------------------------------------

    def _into(self, spot: Spot, node: Subflow) -> Iterator[Way[Spot]]:
        inner = self._flows.get(node.flow)
        if inner is not None and len(spot.frames) < MAX_DEPTH:
            frames = (*spot.frames, (spot.flow, spot.node))
            yield Way(replace(spot, flow=inner.name, node=inner.start.node, frames=frames), 0.0)

    def _home(self, spot: Spot, node: Return) -> Iterator[Way[Spot]]:
        if not spot.frames:
            return
        flow, name = spot.frames[-1]
        caller = self._flows[flow].nodes.get(name)
        if isinstance(caller, Subflow):
            goto = caller.ways.get(node.exit) or caller.ways.get("otherwise")
            if goto is not None:
                there = replace(spot, flow=flow, node=goto.node, frames=spot.frames[:-1])
                yield Way(there, 0.0, label=node.exit)


def _choices(node: AskingNode) -> tuple[Choice, ...]:
    found = getattr(node, "choices", None)
    if found is None:
        found = tuple(c for c in (getattr(node, "yes", None), getattr(node, "no", None)) if c)
    return tuple(found)
