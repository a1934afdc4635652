"""Offering: the choices that flows, people and queues as they stand give to orders."""

from collections.abc import Iterable

from ivr.dialogue.state import State
from ivr.flow.model import FlowBook
from ivr.live.choices import (
    AGENT,
    SUPERVISOR,
    Choices,
    FlowChoice,
    NodeChoice,
    PhoneChoice,
    SkillChoice,
)
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Agent, Supervisor, Team, is_language


def choices_of(book: FlowBook, state: State | None, team: Team, plan: QueuePlan) -> Choices:
    """The choices with these flows and people; of the call whose talk stands at `state` if given.

    Skills are those that a queue asks for: callers can be brought to no others.
    """
    asked = {skill for queue in plan.queues.values() for skill in queue.skills}
    flows = _all(book) if state is None else _around(book, state)
    people: list[Agent | Supervisor] = [*team.supervisors, *team.agents]
    return Choices(
        book.version,
        tuple(flows),
        tuple(
            SkillChoice(skill, meaning)
            for skill, meaning in team.skills.items()
            if skill in asked and not is_language(skill)
        ),
        tuple(PhoneChoice(one.name, one.title, _role(one)) for one in people),
        tuple(plan.queues),
    )


def _all(book: FlowBook) -> Iterable[FlowChoice]:
    for flow in book:
        yield FlowChoice(
            flow.name, tuple(NodeChoice(node.name, node.kind) for node in flow.nodes.values())
        )


def _around(book: FlowBook, state: State) -> Iterable[FlowChoice]:
    """The flows a talk is in; a node whose name a nearer flow has too is named FLOW.NODE."""
    taken: set[str] = set()
    names = dict.fromkeys([state.flow, *(frame.flow for frame in reversed(state.frames))])
    for name in names:
        nodes = tuple(
            NodeChoice(f"{name}.{node.name}" if node.name in taken else node.name, node.kind)
            for node in book.flow(name).nodes.values()
        )
        taken |= set(book.flow(name).nodes)
        yield FlowChoice(name, nodes)


def _role(person: Agent | Supervisor) -> str:
    return SUPERVISOR if isinstance(person, Supervisor) else AGENT
