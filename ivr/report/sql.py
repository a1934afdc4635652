"""The few SQL pieces that SQLite and PostgreSQL write differently, and what all queries share."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal_column, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from ivr.report.window import Window
from ivr.store.tables import calls, waits

SLOT_SECONDS = 900
"""Every time zone of today lies whole quarters of an hour from UTC: quarters make up its hours."""


class whole(FunctionElement[int]):  # noqa: N801 - written like func.count
    """The whole part of a number that is not negative."""

    type = Integer()
    inherit_cache = True


@compiles(whole)
def _floor(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(FLOOR({compiler.process(element.clauses, **options)}) AS BIGINT)"


@compiles(whole, "sqlite")
def _truncated(element: Any, compiler: Any, **options: Any) -> str:
    # Not every SQLite has floor(); its cast cuts off, where PostgreSQL's rounds.
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


def slot(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """The number of the quarter of an hour since the epoch, labelled `slot`."""
    # Constants stand in the text: PostgreSQL would not see two parameters as one expression.
    return whole(moment / literal_column(f"{SLOT_SECONDS}.0")).label("slot")


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def calls_in(window: Window, queue: str) -> ColumnElement[bool]:
    """The calls that began in the window; with a queue, those that came to it."""
    of_queue = calls.c.queue == queue if queue else true()
    return and_(calls.c.began >= window.since, calls.c.began < window.until, of_queue)


def waits_in(window: Window, queue: str) -> ColumnElement[bool]:
    """The waits that began in the window, in one queue or all."""
    of_queue = waits.c.queue == queue if queue else true()
    return and_(waits.c.joined >= window.since, waits.c.joined < window.until, of_queue)


def middle(counts: list[tuple[int, int]]) -> float | None:
    """The median of values given as (value, how often); None of none."""
    number = sum(count for _, count in counts)
    if not number:
        return None
    low = high = None
    passed = 0
    for value, count in sorted(counts):
        passed += count
        if low is None and passed >= (number + 1) // 2:
            low = value
        if passed >= number // 2 + 1:
            high = value
            break
    assert low is not None and high is not None
    return (low + high) / 2
