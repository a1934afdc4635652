"""Overdue: callers who have waited so long that weightier queues may not go before them any more.

app_queue orders callers within a queue by priority, but queues that share agents by their weight
alone, so a stream of urgent callers could keep all others waiting for ever. Who has as many points
as the longest head start is therefore moved to a queue of greater weight with the same members.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.ports import QueueEntry
from ivr.routing.matching import OVERDUE, Match
from ivr.routing.priority import HORIZON, Weights
from ivr.routing.queues import Queue, QueuePlan, overdue_name
from ivr.routing.waiting_line import WaitingCaller

LEAST_SECONDS = 5
"""Whoever has less left of their wait stays where they are."""


@dataclass(frozen=True, slots=True)
class OverdueCaller:
    """Somebody to move now. `points` are their priority, `waited` their seconds in this line."""

    caller: WaitingCaller
    queue: Queue
    points: int
    waited: int


def overdue(
    plan: QueuePlan, callers: Iterable[WaitingCaller], now: float, weights: Weights
) -> list[OverdueCaller]:
    """Whom to move now, the eldest first; nobody before an elder one whom the same agents serve.

    So at most one caller of those who share an agent is in a queue of greater weight, and they go
    one after another by their priority. `now` is in seconds since the epoch.
    """
    claimed: set[str] = set()
    found = []
    for points, caller in sorted(_late(callers, now, weights.most), key=lambda one: -one[0]):
        queue = plan.queues.get(caller.queue)
        if queue is None:
            continue
        members = {member.agent.name for member in queue.members}
        if not queue.overdue and claimed.isdisjoint(members):
            found.append(OverdueCaller(caller, queue, points, max(0, int(now - caller.joined))))
        claimed |= members
    return found


def moved(plan: QueuePlan, one: OverdueCaller, timeout: int) -> Match | None:
    """The way to the queue for overdue callers; None for one whose `timeout` is all but over."""
    left = timeout - one.waited
    target = plan.queues.get(overdue_name(one.queue.name))
    if left < LEAST_SECONDS or target is None or one.caller.priority is None:
        return None
    begun = [n for n, step in enumerate(target.steps) if step.begins <= one.waited]
    step = begun[-1] if begun else 0
    relaxes = bool(target.skills)
    entry = QueueEntry(
        queue=target.name,
        priority=one.caller.priority,
        max_penalty=target.max_penalty(step) if relaxes else 0,
        timeout=left,
        rule=target.rule_from(step) if relaxes else "",
    )
    why = f"overdue with priority {one.points}: before the callers of all other queues"
    facts = {"queue": target.name, "step": step, "kind": OVERDUE, "points": one.points}
    return Match(entry, OVERDUE, why, {**facts, "priority": entry.priority})


def _late(
    callers: Iterable[WaitingCaller], now: float, most: int
) -> Iterable[tuple[int, WaitingCaller]]:
    for caller in callers:
        if caller.priority is not None:
            points = int(caller.priority - HORIZON + now)
            if points >= most:
                yield points, caller
