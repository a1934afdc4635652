"""Making a report: every query of one window, put together."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sqlalchemy import Engine

from ivr.report.figures import NodeFigures, Report
from ivr.report.of_calls import languages, outcomes, repeats, volumes
from ivr.report.of_nodes import funnel
from ivr.report.of_waits import accuracy, agents, bars, services, transfers
from ivr.report.sql import SLOT_SECONDS
from ivr.report.tallies import Period, Rules, Service, Volume, total
from ivr.report.window import Window
from ivr.store.database import reading


def make_report(
    engine: Engine, window: Window, rules: Rules | None = None, queue: str = ""
) -> Report:
    """The figures of the window, of one queue or of all.

    The funnel, which is most of the work, is read beside the rest: a call that begins meanwhile may
    be in one and not in the other.

    Raises:
        StoreError: if the record cannot be read.
    """
    rules = rules or Rules()
    with ThreadPoolExecutor(1) as beside, reading(engine) as db:
        nodes = beside.submit(_nodes, engine, window, queue)
        waited = services(db, window, queue, rules)
        slots = _slots(volumes(db, window, queue), waited)
        return Report(
            window,
            rules,
            queue,
            total=total(slots.values()),
            days=by_day(slots, window),
            hours=by_hour(slots, window),
            queues=_by_queue(waited),
            transfers=transfers(db, window, queue),
            agents=agents(db, window, queue),
            outcomes=outcomes(db, window, queue),
            languages=languages(db, window, queue),
            repeats=repeats(db, window, queue),
            accuracy=accuracy(db, window, queue),
            nodes=nodes.result(),
            waits=bars(db, window, queue),
        )


def by_day(slots: Mapping[int, Period], window: Window) -> dict[str, Period]:
    """Local date -> what began on it, for every date of the window from the first call on."""
    days: dict[date, Period] = {}
    for number in sorted(slots):
        day = window.local(number * SLOT_SECONDS).date()
        days[day] = days.get(day, Period()) + slots[number]
    if not days:
        return {}
    first, last = min(days), max(days)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day.isoformat(): days.get(day, Period()) for day in every}


def by_hour(slots: Mapping[int, Period], window: Window) -> dict[int, Period]:
    """Hour of the local day, 0 to 23 -> what began in it on any day."""
    hours = dict.fromkeys(range(24), Period())
    for number, period in slots.items():
        hours[window.local(number * SLOT_SECONDS).hour] += period
    return hours


def _nodes(engine: Engine, window: Window, queue: str) -> tuple[NodeFigures, ...]:
    with reading(engine) as db:
        return funnel(db, window, queue)


def _slots(
    volume: Mapping[int, Volume], waited: Mapping[tuple[int, str], Service]
) -> dict[int, Period]:
    slots = {number: Period(one) for number, one in volume.items()}
    for (number, _), service in waited.items():
        slots[number] = slots.get(number, Period()) + Period(service=service)
    return slots


def _by_queue(waited: Mapping[tuple[int, str], Service]) -> dict[str, Service]:
    queues: dict[str, Service] = {}
    for (_, name), service in sorted(waited.items()):
        queues[name] = queues.get(name, Service()) + service
    return dict(sorted(queues.items(), key=lambda pair: (-pair[1].offered, pair[0])))
