"""Queue plan: which app_queue queues exist, who answers in them and how dear each answer is.

There is one queue for each distinct need, because app_queue knows neither skills nor levels: it
knows members with a penalty. The agents whom step n of a need admits get penalties from n * 10 + 1
to n * 10 + 10, better agents first, so QUEUE_MAX_PENALTY = (n + 1) * 10 admits just the agents of
steps 0 to n and a penalty rule widens the circle on time even if this process is gone.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ivr.flow.need import LANGUAGE_LEVEL, MAX_PROFICIENCY, MIN_PROFICIENCY, Need, with_language
from ivr.flow.steps import Step, Tier, check_steps
from ivr.routing.skills import Agent, Team, is_language, skill_language
from ivr.routing.steps import DEFAULT_STEPS, first_step_for

FALLBACK = "fallback"
STEP_SPAN = 10
MAX_QUEUE_NAME = 64

URGENT_WEIGHTS: Mapping[str, int] = MappingProxyType({"funds_at_risk": 10})
"""Issues with queues of their own, whose callers app_queue serves before those of other queues."""
OVERDUE_WEIGHT = 20
"""Of the queues for those who have waited longest: they go before the urgent."""


@dataclass(frozen=True, slots=True)
class Member:
    """An agent in a queue; `penalty` counts from 1, lower is rung first."""

    agent: Agent
    penalty: int

    @property
    def step(self) -> int:
        """The step from which on this agent is rung, counted from 0."""
        return (self.penalty - 1) // STEP_SPAN


@dataclass(frozen=True, slots=True)
class Queue:
    """One app_queue queue; `members` are sorted, best first."""

    name: str
    skills: Mapping[str, int]
    steps: tuple[Step, ...]
    members: tuple[Member, ...]
    weight: int = 0
    escalation: bool = False
    """True for a queue that only agents send callers on to."""
    overdue: bool = False
    """True for a queue that callers of another are moved to once they are overdue."""

    def rule_from(self, step: int) -> str:
        """The penalty rule for a caller who begins at `step`; empty if nothing is left."""
        return rule_name(self.steps, step)

    @staticmethod
    def max_penalty(step: int) -> int:
        """QUEUE_MAX_PENALTY while `step` holds."""
        return (step + 1) * STEP_SPAN


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """Every queue by name, `fallback` among them, and every penalty rule they use."""

    queues: Mapping[str, Queue]
    rules: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def queue_for(self, need: Need) -> Queue | None:
        """The queue made for `need`, if the plan foresaw it."""
        return self.queues.get(queue_name(need))

    @property
    def fallback(self) -> Queue:
        return self.queues[FALLBACK]


def plan_queues(
    needs: Iterable[Need],
    languages: Iterable[str],
    team: Team,
    steps: tuple[Step, ...] = DEFAULT_STEPS,
    *,
    escalations: bool = False,
    fronts: bool = False,
) -> QueuePlan:
    """The queues for every need of the flows in every language they are spoken in.

    With `escalations` there is another queue behind each for every tier above general, for callers
    whom an agent sends on. With `fronts` each has a second one for its overdue callers.
    `steps` are for needs that name none. A need for nothing but a language has its queue too, so
    that a caller is kept in their own language when nobody else will do.
    """
    check_steps(steps)
    spoken = sorted(set(languages))
    wanted = [with_language(need, code) for need in (*needs, Need()) for code in spoken or [""]]
    queues: dict[str, Queue] = {}
    profiles = _profiles(team.agents)
    for need in wanted:
        name = queue_name(need)
        if need.skills and name not in queues:
            own = check_steps(need.steps or steps)
            members = tuple(_members(profiles, need.skills, own))
            weight = URGENT_WEIGHTS.get(need.issue, 0)
            queues[name] = Queue(name, need.skills, own, members, weight)
    if escalations:
        for queue in tuple(queues.values()):
            queues |= {higher.name: higher for higher in _higher(queue, profiles)}
    queues[FALLBACK] = _fallback(team)
    for queue in tuple(queues.values()) if fronts else ():
        name = overdue_name(queue.name)
        queues[name] = replace(queue, name=name, weight=OVERDUE_WEIGHT, overdue=True)
    return QueuePlan(
        MappingProxyType(dict(sorted(queues.items()))), MappingProxyType(_rules(queues.values()))
    )


def queue_name(need: Need) -> str:
    """`zh-card_loss.3-funds_at_risk`: the language, each skill with its level, the urgent issue.

    The usual level is left out: 3 for a language, 1 for another skill. A need with steps of its own
    is marked by a hash of them. A name too long for comfort is cut and ends in a hash of the whole.
    """
    languages = [_part(skill, need.skills[skill]) for skill in need.skills if is_language(skill)]
    others = [_part(skill, need.skills[skill]) for skill in need.skills if not is_language(skill)]
    parts = ["+".join(sorted(languages)) or "any", *sorted(others)]
    if need.issue in URGENT_WEIGHTS:
        parts.append(need.issue)
    if need.steps:
        parts.append(f"steps_{_digest(repr(need.steps), 2)}")
    return _cut("-".join(parts))


def escalation_name(queue: str, tier: Tier) -> str:
    """The queue behind `queue` for agents of `tier` and above: `zh-loans.3-to_expert`."""
    return _cut(f"{queue}-to_{tier.label}")


def overdue_name(queue: str) -> str:
    """The queue for those callers of `queue` who have waited too long: `zh-loans.3-overdue`."""
    return _cut(f"{queue}-overdue")


def rule_name(steps: tuple[Step, ...], start: int = 0) -> str:
    """`relax-20-40-60`, or `relax-40-60-from-1` for a caller who begins at step 1."""
    times = "-".join(str(step.begins) for step in steps[start + 1 :])
    if not times:
        return ""
    return f"relax-{times}-from-{start}" if start else f"relax-{times}"


def penalty_of(agent: Agent, skills: Mapping[str, int], steps: tuple[Step, ...]) -> int | None:
    """The penalty of `agent` in the queue for `skills`, 1 or more; None if no step admits them.

    Within a step the strongest come first: two points for each level that their weakest needed
    skill stays below mastery, one more for a tier above general, whose time is dearer.
    """
    number = first_step_for(agent, skills, steps)
    if number is None:
        return None
    counted = [skill for skill in skills if is_language(skill) or not steps[number].any_skill]
    weakest = min((agent.skills.get(skill, 0) for skill in counted), default=MAX_PROFICIENCY)
    below = 2 * (MAX_PROFICIENCY - weakest) + (agent.tier > Tier.GENERAL)
    return number * STEP_SPAN + 1 + below


def _cut(name: str) -> str:
    if len(name) <= MAX_QUEUE_NAME:
        return name
    return f"{name[: MAX_QUEUE_NAME - 9]}-{_digest(name, 4)}"


def _digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode(), digest_size=size).hexdigest()


def _part(skill: str, level: int) -> str:
    if is_language(skill):
        name, usual = skill_language(skill), LANGUAGE_LEVEL
    else:
        name, usual = skill, MIN_PROFICIENCY
    return name if level == usual else f"{name}.{level}"


def _profiles(agents: Iterable[Agent]) -> list[tuple[Agent, list[Agent]]]:
    """Agents with the same skills and tier, together: they have the same penalty everywhere."""
    groups: dict[tuple[frozenset[tuple[str, int]], int], list[Agent]] = {}
    for agent in agents:
        groups.setdefault((frozenset(agent.skills.items()), agent.tier), []).append(agent)
    return [(group[0], group) for group in groups.values()]


def _members(
    profiles: list[tuple[Agent, list[Agent]]], skills: Mapping[str, int], steps: tuple[Step, ...]
) -> Iterator[Member]:
    rated = [(penalty_of(first, skills, steps), group) for first, group in profiles]
    members = [
        Member(agent, penalty) for penalty, group in rated if penalty is not None for agent in group
    ]
    yield from sorted(members, key=lambda member: (member.penalty, member.agent.name))


def _higher(queue: Queue, profiles: list[tuple[Agent, list[Agent]]]) -> Iterator[Queue]:
    """The queues an agent may send a caller of `queue` on to; whoever meets the need less waits."""
    widest = queue.steps[-1]
    for tier in (Tier.SPECIALIST, Tier.EXPERT):
        dear = [(first, group) for first, group in profiles if first.tier >= tier]
        steps = (
            Step(0, 0, Tier.EXPERT),
            Step(10, widest.lower, Tier.EXPERT, widest.any_skill),
        )
        members = tuple(_members(dear, queue.skills, steps))
        name = escalation_name(queue.name, tier)
        yield Queue(name, queue.skills, steps, members, queue.weight, escalation=True)


def _fallback(team: Team) -> Queue:
    """Everybody, generals first: whatever else fails, somebody picks up."""
    members = sorted(
        (Member(agent, 1 + agent.tier) for agent in team.agents),
        key=lambda member: (member.penalty, member.agent.name),
    )
    return Queue(FALLBACK, MappingProxyType({}), DEFAULT_STEPS[:1], tuple(members))


def _rules(queues: Iterable[Queue]) -> dict[str, tuple[tuple[int, int], ...]]:
    """Rule name -> (seconds waited, QUEUE_MAX_PENALTY from then on), for every step to begin at."""
    rules: dict[str, tuple[tuple[int, int], ...]] = {}
    for steps in sorted({queue.steps for queue in queues}, key=lambda s: [x.begins for x in s]):
        for start in range(len(steps) - 1):
            rules[rule_name(steps, start)] = tuple(
                (step.begins, Queue.max_penalty(n)) for n, step in enumerate(steps) if n > start
            )
    return rules
