"""Figures of waits for an agent: service by queue and quarter of an hour, endings, agents."""

from collections import defaultdict

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from ivr.ports import TransferOutcome
from ivr.report.figures import BANDS, Accuracy, AgentFigures, Band, WaitBar
from ivr.report.sql import count_if, middle, slot, waits_in, whole
from ivr.report.tallies import Rules, Service
from ivr.report.window import Window
from ivr.store.tables import waits

ANSWERED: ColumnElement[bool] = or_(
    waits.c.outcome == TransferOutcome.ANSWERED.value, waits.c.agent != ""
)
GAVE_UP = and_(~ANSWERED, waits.c.outcome == TransferOutcome.ABANDONED.value)


def _waited() -> ColumnElement[float]:
    return func.coalesce(waits.c.waited, 0.0)


def services(
    db: Connection, window: Window, queue: str, rules: Rules
) -> dict[tuple[int, str], Service]:
    """Waits by the quarter of an hour in which they began, and by queue."""
    over, at_once = waits.c.outcome != "", _waited() < rules.short
    query = (
        select(
            slot(waits.c.joined),
            waits.c.queue,
            count_if(ANSWERED),
            count_if(and_(ANSWERED, waits.c.waited <= rules.goal)),
            count_if(and_(GAVE_UP, ~at_once)),
            count_if(and_(GAVE_UP, at_once)),
            count_if(and_(~ANSWERED, ~GAVE_UP, over)),
            count_if(and_(~ANSWERED, ~over)),
            count_if(and_(ANSWERED, waits.c.talked.is_not(None))),
            func.sum(case((ANSWERED, _waited()), else_=0.0)),
            func.sum(case((ANSWERED, func.coalesce(waits.c.talked, 0.0)), else_=0.0)),
            func.max(_waited()),
        )
        .where(waits_in(window, queue))
        .group_by("slot", waits.c.queue)
    )
    return {
        (row[0], row[1]): Service(*map(int, row[2:9]), *map(float, row[9:]))
        for row in db.execute(query)
    }


def transfers(db: Connection, window: Window, queue: str) -> dict[str, dict[str, int]]:
    """Queue -> outcome -> how often."""
    outcome = case((waits.c.outcome != "", waits.c.outcome), else_="open").label("ending")
    query = (
        select(waits.c.queue, outcome, func.count())
        .where(waits_in(window, queue))
        .group_by(waits.c.queue, waits.c.outcome)
        .order_by(waits.c.queue, func.count().desc(), waits.c.outcome)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, ending, number in db.execute(query):
        found[name][ending] = int(number)
    return dict(found)


def agents(db: Connection, window: Window, queue: str) -> tuple[AgentFigures, ...]:
    """The agents who answered, those with most calls first."""
    number = func.count()
    query = (
        select(
            waits.c.agent,
            number,
            func.coalesce(func.sum(waits.c.talked), 0.0),
            func.avg(waits.c.talked),
            func.avg(_waited()),
        )
        .where(waits_in(window, queue), waits.c.agent != "")
        .group_by(waits.c.agent)
        .order_by(number.desc(), waits.c.agent)
    )
    return tuple(
        AgentFigures(name, int(calls), float(all_), None if mean is None else float(mean), answer)
        for name, calls, all_, mean, answer in db.execute(query)
    )


def bars(db: Connection, window: Window, queue: str) -> tuple[WaitBar, ...]:
    """How many waits lasted how many whole seconds, shortest first."""
    query = (
        select(whole(_waited()).label("length"), count_if(ANSWERED), count_if(GAVE_UP))
        .where(waits_in(window, queue), waits.c.outcome != "")
        .group_by("length")
        .order_by("length")
    )
    return tuple(WaitBar(*map(int, row)) for row in db.execute(query))


def accuracy(db: Connection, window: Window, queue: str) -> Accuracy:
    """Announced waits against the true waits of those who were answered."""
    told = and_(
        waits_in(window, queue),
        ANSWERED,
        waits.c.expected.is_not(None),
        waits.c.waited.is_not(None),
    )
    off = whole(func.abs(waits.c.waited - waits.c.expected) + 0.5).label("off")
    errors = [
        (int(value), int(number))
        for value, number in db.execute(select(off, func.count()).where(told).group_by("off"))
    ]
    bias = db.execute(select(func.avg(waits.c.waited - waits.c.expected)).where(told)).scalar()
    upward = sorted(BANDS, reverse=True)
    least = case(*[(waits.c.expected >= low, low) for low in upward], else_=0).label("least")
    query = (
        select(least, func.count(), func.avg(waits.c.expected), func.avg(waits.c.waited))
        .where(told)
        .group_by("least")
        .order_by("least")
    )
    bands = tuple(Band(int(r[0]), int(r[1]), float(r[2]), float(r[3])) for r in db.execute(query))
    number = sum(count for _, count in errors)
    return Accuracy(number, None if bias is None else float(bias), middle(errors), bands)
