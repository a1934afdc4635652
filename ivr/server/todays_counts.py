"""Today's counts: what a server before this one counted this day, added to the board."""

import asyncio
import logging
import time
from datetime import date, datetime

from sqlalchemy import Engine

from ivr.errors import StoreError
from ivr.live.board import Board
from ivr.ports import Clock
from ivr.server.harmless import Harmless
from ivr.store.failures import passing
from ivr.store.today import day_of

PATIENCE = 5.0
"""Seconds that the recorder gets for what the server before left in the spool."""

log = logging.getLogger(__name__)


async def take_up_day(
    board: Board,
    record: Engine,
    goal: float,
    clock: Clock = time.time,
    patience: float = PATIENCE,
) -> None:
    """Count up the waits of this day that began before now. Callers whom Asterisk held meanwhile
    have no end in the record: the board counts those itself."""
    with Harmless("taking up today's counts"):
        await _take_up(board, record, goal, clock, patience)


async def _take_up(
    board: Board, record: Engine, goal: float, clock: Clock, patience: float
) -> None:
    opened = clock()
    today = date.fromtimestamp(opened)
    midnight = datetime(today.year, today.month, today.day).timestamp()
    day, told = None, False
    while day is None:
        await asyncio.sleep(patience)
        try:
            day = await asyncio.to_thread(day_of, record, midnight, opened, goal)
        except StoreError as error:
            if not passing(error):
                log.warning("today's counts begin at zero: %s", error)
                return
            if not told:
                log.warning("today's counts begin at zero, for now: %s", error)
            told = True
    if date.fromtimestamp(clock()) != today:
        return
    for one in day.queues:
        board.count_up(one.queue, one.answered, one.in_time, one.abandoned, one.waited)
    for agent, calls in day.agents:
        board.count_up_agent(agent, calls)
