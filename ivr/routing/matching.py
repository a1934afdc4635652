"""Matching: what a caller needs and who is there -> the queue to wait in, or none, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ivr.flow.need import Need, with_language
from ivr.flow.steps import Tier
from ivr.ports import QueueEntry
from ivr.routing.priority import DEFAULT_WEIGHTS, Priority, Weights, priority
from ivr.routing.queues import FALLBACK, Member, Queue, QueuePlan, escalation_name
from ivr.routing.skills import Presence, is_language

MAX_TIMEOUT = 3600

Census = Callable[[str], Mapping[int, tuple[int, int]]]
"""Queue name -> step -> (agents logged in, of these ready): who is there now, counted ahead."""


@dataclass(frozen=True, slots=True)
class Match:
    """A decision: `entry` for app_queue, or None where nobody is there and nobody will come.

    `why` is one line for the live view; `facts` are the figures behind it, for the journal. `kind`
    says how far the decision had to go.
    """

    entry: QueueEntry | None
    kind: str
    why: str
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


EXACT = "exact"
WIDENED = "widened"
RELATED = "related"
ANYBODY = "anybody"
ESCALATED = "escalated"
OVERDUE = "overdue"
NOBODY = "nobody"


def match(
    plan: QueuePlan,
    census: Census,
    need: Need,
    language: str,
    *,
    joined: float,
    now: float,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Match:
    """Choose the queue for `need`; `joined` and `now` are seconds since the epoch.

    Tried in turn: the queue of the need itself from its first step that anybody is logged in for,
    queues that ask for part of it in the same language, the fallback queue that holds everybody.
    Takes time in proportion to the number of queues, not of agents.
    """
    asked = with_language(need, language)
    rank = priority(asked, joined, now, weights)
    queue = plan.queue_for(asked)
    if queue is not None:
        step = _first_step(queue, census)
        if step is not None:
            kind = EXACT if step == 0 else WIDENED
            return _into(queue, step, kind, _chosen(queue, step, census), asked, rank)
    reason = f"nobody logged in for {_words(asked)}" if queue else f"no queue for {_words(asked)}"
    for related in _related(plan, asked):
        step = _first_step(related, census)
        if step is not None:
            why = f"{reason}; nearest: {_chosen(related, step, census)}"
            return _into(related, step, RELATED, why, asked, rank)
    if _first_step(plan.fallback, census) is not None:
        why = f"{reason}; any agent at all: {FALLBACK}"
        return _into(plan.fallback, 0, ANYBODY, why, asked, rank)
    return Match(None, NOBODY, f"{reason}; no agent is logged in at all", _facts(asked, rank))


def escalate(
    plan: QueuePlan,
    census: Census,
    queue: str,
    above: Tier,
    need: Need,
    *,
    joined: float,
    now: float,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Match:
    """The queue for a caller of `queue` whom an agent of the tier `above` sends on.

    The next tier first, then the one after; nobody where none of them is logged in. The caller
    keeps the place that `joined` gave.
    """
    rank = priority(need, joined, now, weights)
    for tier in (tier for tier in Tier if tier > above):
        higher = plan.queues.get(escalation_name(queue, tier))
        step = _first_step(higher, census) if higher else None
        if higher is not None and step is not None:
            why = f"sent on by a {above.label} agent to {tier.label}: "
            why += _chosen(higher, step, census)
            return _into(higher, step, ESCALATED, why, need, rank)
    return Match(None, NOBODY, f"nobody above {above.label} is logged in", _facts(need, rank))


def ranked(queue: Queue, presence: Mapping[str, Presence]) -> list[tuple[Member, Presence]]:
    """Members of `queue` in the order they are rung, each with their presence."""
    return [(member, presence.get(member.agent.name, Presence.OFFLINE)) for member in queue.members]


def _into(queue: Queue, step: int, kind: str, why: str, need: Need, rank: Priority) -> Match:
    relaxes = queue.name != FALLBACK
    entry = QueueEntry(
        queue=queue.name,
        priority=rank.number,
        max_penalty=queue.max_penalty(step) if relaxes else 0,
        timeout=min(max(1, need.timeout), MAX_TIMEOUT),
        rule=queue.rule_from(step) if relaxes else "",
    )
    facts = {**_facts(need, rank), "queue": queue.name, "step": step, "kind": kind}
    return Match(
        entry, kind, f"{why}; priority {rank.points} ({rank.why})", MappingProxyType(facts)
    )


def _facts(need: Need, rank: Priority) -> dict[str, Any]:
    return {
        "skills": dict(need.skills),
        "issue": need.issue,
        "caller_tier": need.caller_tier,
        "history": list(need.history),
        "attempts": need.attempts,
        "priority": rank.number,
        "points": rank.points,
    }


def _first_step(queue: Queue, census: Census) -> int | None:
    counts = census(queue.name)
    return next((n for n in range(len(queue.steps)) if counts.get(n, (0, 0))[0]), None)


def _chosen(queue: Queue, step: int, census: Census) -> str:
    here, ready = census(queue.name)[step]
    fit = "meets the need" if here == 1 else "meet the need"
    if step == 0:
        return f"{queue.name}: {here} logged in {fit}, {ready} free now"
    return (
        f"{queue.name} from step {step}: nobody nearer is logged in, {here} are, {ready} free now"
    )


def _related(plan: QueuePlan, need: Need) -> list[Queue]:
    """Queues in the same language whose skills are among the needed ones, the most alike first."""
    spoken = {skill for skill in need.skills if is_language(skill)}
    near = [
        queue
        for queue in plan.queues.values()
        if not queue.escalation
        and not queue.overdue
        and queue.skills
        and spoken <= queue.skills.keys() <= need.skills.keys()
    ]
    return sorted(near, key=lambda queue: (-len(queue.skills), _distance(queue, need), queue.name))


def _distance(queue: Queue, need: Need) -> int:
    return sum(abs(level - need.skills[skill]) for skill, level in queue.skills.items())


def _words(need: Need) -> str:
    return ", ".join(f"{skill} {level}" for skill, level in need.skills.items()) or "anything"
