"""Overdue callers on the switch: moves those whom routing names to the queue for the overdue."""

import asyncio
import logging
from typing import Protocol

from ivr.call.turns import Onward, UnderWay
from ivr.errors import ManagerError
from ivr.routing.desk import Desk
from ivr.routing.overdue import OverdueCaller, moved
from ivr.server.harmless import Harmless

LOOK_SECONDS = 1.0
MOVE_SECONDS = 3.0
"""How long app_queue may take to let a caller go: it looks once a second."""

log = logging.getLogger(__name__)


class Switch(Protocol):
    """What moving needs of `ivr.telephony.manager.AmiManager`."""

    async def withdraw(self, queue: str, channel: str) -> None: ...


class Transfers(Protocol):
    """What moving needs of `ivr.call.transfer.Transfers`."""

    def under_way(self, call_id: str) -> UnderWay | None: ...


class Overdue:
    """Looks once a second. Callers whom an earlier process put in line stay: theirs is nobody's."""

    def __init__(self, desk: Desk, transfers: Transfers, switch: Switch) -> None:
        self._desk = desk
        self._transfers = transfers
        self._switch = switch

    async def run(self) -> None:
        """Move whoever is overdue, for ever."""
        harmless = Harmless("moving overdue callers")
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with harmless:
                await self.look()

    async def look(self) -> None:
        """Move those who are overdue now, one after another."""
        if self._desk.connected:
            for one in self._desk.overdue():
                await self._move(one)

    async def _move(self, one: OverdueCaller) -> None:
        """Ask app_queue for the caller; what an agent answers meanwhile stays answered."""
        transfer = self._transfers.under_way(one.caller.call_id)
        if transfer is None or transfer.turn is not None:
            return
        match = moved(self._desk.plan, one, transfer.need.timeout)
        if match is None or transfer.waiting_in != one.queue.name:
            return
        turn = Onward(match, unless_answered=True)
        transfer.turn = turn
        try:
            await self._switch.withdraw(one.queue.name, one.caller.channel)
            async with asyncio.timeout(MOVE_SECONDS):
                while transfer.turn is turn and not transfer.over:
                    await transfer.news(MOVE_SECONDS)
            log.info("a caller of %s is overdue: moved to its front", one.queue.name)
        except (ManagerError, TimeoutError) as error:
            log.info("an overdue caller stays in %s: %s", one.queue.name, error or "not let go")
        finally:
            if transfer.turn is turn:
                transfer.turn = None
