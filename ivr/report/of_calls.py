"""Figures of whole calls: volume by quarter of an hour, endings, languages, callers who return."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from ivr.report.figures import Repeats
from ivr.report.sql import calls_in, count_if, slot
from ivr.report.tallies import Volume
from ivr.report.window import Window
from ivr.store.tables import calls

AGAIN_SECONDS = 86_400


def volumes(db: Connection, window: Window, queue: str) -> dict[int, Volume]:
    """Calls by the quarter of an hour in which they began."""
    over = calls.c.ended.is_not(None)
    query = (
        select(
            slot(calls.c.began),
            func.count(),
            count_if(over),
            count_if(over & calls.c.contained),
            count_if(over & calls.c.annoyed),
            func.coalesce(func.sum(calls.c.ended - calls.c.began), 0.0),
        )
        .where(calls_in(window, queue))
        .group_by("slot")
    )
    return {
        number: Volume(int(begun), int(ended), int(contained), int(annoyed), float(seconds))
        for number, begun, ended, contained, annoyed, seconds in db.execute(query)
    }


def outcomes(db: Connection, window: Window, queue: str) -> Mapping[str, int]:
    """How ended calls ended, most first."""
    query = (
        select(calls.c.outcome, func.count())
        .where(calls_in(window, queue), calls.c.ended.is_not(None))
        .group_by(calls.c.outcome)
    )
    return _most_first({row[0]: int(row[1]) for row in db.execute(query)})


def languages(db: Connection, window: Window, queue: str) -> Mapping[str, int]:
    """The languages calls were held in, most first."""
    query = (
        select(calls.c.language, func.count())
        .where(calls_in(window, queue))
        .group_by(calls.c.language)
    )
    return _most_first({row[0]: int(row[1]) for row in db.execute(query)})


def repeats(db: Connection, window: Window, queue: str) -> Repeats:
    """Who called more than once, and how many calls came within a day after another."""
    known = (
        select(
            calls.c.caller_key.label("who"),
            calls.c.began.label("began"),
            func.lag(calls.c.began)
            .over(partition_by=calls.c.caller_key, order_by=(calls.c.began, calls.c.call))
            .label("before"),
        )
        .where(calls_in(window, queue), calls.c.caller_key != "")
        .subquery()
    )
    each = (
        select(
            func.count().label("number"),
            count_if(known.c.began - known.c.before < AGAIN_SECONDS).label("again"),
        )
        .group_by(known.c.who)
        .subquery()
    )
    query = select(
        func.coalesce(func.sum(each.c.number), 0),
        func.count(),
        func.coalesce(count_if(each.c.number > 1), 0),
        func.coalesce(func.sum(each.c.again), 0),
    )
    return Repeats(*map(int, db.execute(query).one()))


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
