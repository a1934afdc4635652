"""Today: what the record has counted of a day's waits, by queue and by agent."""

from dataclasses import dataclass

from sqlalchemy import Engine, case, func, select

from ivr.ports import TransferOutcome
from ivr.store.database import reading
from ivr.store.tables import waits


@dataclass(frozen=True, slots=True)
class QueueDay:
    """One queue; `waited` is the sum of seconds over those who were answered."""

    queue: str
    answered: int
    in_time: int
    abandoned: int
    waited: float


@dataclass(frozen=True, slots=True)
class Day:
    """Every queue that somebody waited in, and agent -> how many calls they took."""

    queues: tuple[QueueDay, ...] = ()
    agents: tuple[tuple[str, int], ...] = ()


def day_of(engine: Engine, since: float, before: float, goal: float) -> Day:
    """Waits that began from `since` on and before `before`, in seconds since the epoch.

    Who was answered within `goal` seconds was answered in time.

    Raises:
        StoreError: if the record cannot be read.
    """
    answered = waits.c.agent != ""
    abandoned = ~answered & (waits.c.outcome == TransferOutcome.ABANDONED.value)
    by_queue = select(
        waits.c.queue,
        func.sum(case((answered, 1), else_=0)),
        func.sum(case((answered & (waits.c.waited <= goal), 1), else_=0)),
        func.sum(case((abandoned, 1), else_=0)),
        func.sum(case((answered, func.coalesce(waits.c.waited, 0.0)), else_=0.0)),
    )
    by_agent = select(waits.c.agent, func.count()).where(answered)
    recent = (waits.c.joined >= since) & (waits.c.joined < before)
    with reading(engine) as db:
        queues = db.execute(by_queue.where(recent).group_by(waits.c.queue)).all()
        agents = db.execute(by_agent.where(recent).group_by(waits.c.agent)).all()
    return Day(
        tuple(QueueDay(q, int(a), int(i), int(g), float(w)) for q, a, i, g, w in queues),
        tuple((agent, int(calls)) for agent, calls in agents),
    )
