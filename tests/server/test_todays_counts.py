"""Today's counts: a new server's board goes on from what the record counted this day."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, insert

from ivr.live.board import Board
from ivr.server.todays_counts import take_up_day
from ivr.store.database import default_url, open_database, writing
from ivr.store.tables import waits
from ivr.store.today import day_of
from tests.live.world import QUEUES, Staff

NOON = datetime(2026, 11, 22, 12).timestamp()
LOANS = QUEUES[-1]


def keep(
    engine: Engine, nth: int, joined: float, waited: float | None, agent: str, outcome: str
) -> None:
    row = {"call": "1.1", "nth": nth, "queue": LOANS, "joined": joined}
    with writing(engine) as db:
        db.execute(insert(waits).values(**row, waited=waited, agent=agent, outcome=outcome))


async def test_a_new_board_goes_on_counting(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    keep(engine, 0, NOON - 100, 10.0, "li", "answered")
    keep(engine, 1, NOON - 90, 30.0, "li", "answered")
    keep(engine, 2, NOON - 80, 50.0, "", "abandoned")
    keep(engine, 3, NOON - 70, 60.0, "", "no_answer")
    keep(engine, 4, NOON - 60, None, "", "")  # Asterisk holds them still
    keep(engine, 5, NOON + 1, 1.0, "li", "answered")  # the board has counted this
    keep(engine, 6, NOON - timedelta(days=1).total_seconds(), 1.0, "li", "answered")
    board = Board(Staff())
    await take_up_day(board, engine, 20.0, lambda: NOON, patience=0.0)
    picture = board.picture(NOON)
    row = next(row for row in picture.queues if row.queue == LOANS)
    assert (row.answered, row.in_time, row.abandoned, row.waited) == (2, 1, 1, 20.0)
    assert {a.agent: a.calls for a in picture.agents} == {"chen": 0, "li": 2, "wang": 0}
    engine.dispose()


async def test_a_day_that_is_over_counts_no_more(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    keep(engine, 0, NOON - 100, 10.0, "li", "answered")
    board = Board(Staff())
    moments = iter((NOON, NOON + 86_400))
    await take_up_day(board, engine, 20.0, lambda: next(moments), patience=0.0)
    assert all(row.answered == 0 for row in board.picture(NOON).queues)
    engine.dispose()


async def test_a_record_that_cannot_be_read_leaves_zero(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    with writing(engine) as db:
        db.exec_driver_sql("DROP TABLE waits")
    board = Board(Staff())
    await take_up_day(board, engine, 20.0, lambda: NOON, patience=0.0)
    assert all(row.answered == 0 for row in board.picture(NOON).queues)
    engine.dispose()


def test_nothing_was_counted_yet(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    day = day_of(engine, 0.0, NOON, 20.0)
    assert (day.queues, day.agents) == ((), ())
    engine.dispose()
