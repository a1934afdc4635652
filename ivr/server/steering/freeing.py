"""Freeing: takes a caller out of a queue, or parts them from an agent, so that a turn is taken."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ivr.call.turns import Recalled, Turn, UnderWay
from ivr.errors import ManagerError, OrderRefused
from ivr.ports import SwitchFields
from ivr.server.steering.legs import legs_of
from ivr.server.steering.order_times import FREE_SECONDS
from ivr.telephony.channel_names import interface_of

NUDGE_SECONDS = 0.25


class Switch(Protocol):
    """What freeing needs of `ivr.telephony.manager.AmiManager`."""

    @property
    def connected(self) -> bool: ...

    async def withdraw(self, queue: str, channel: str) -> None: ...

    async def hang_up(self, channel: str) -> None: ...

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None: ...

    async def channels(self) -> tuple[SwitchFields, ...]: ...


class Freeing:
    """Leaves turns with transfers, and sees that they are taken or taken back.

    `excused` is told the call and the channel of every agent whose ringing is ended for that.
    """

    def __init__(self, switch: Switch, excused: Callable[[str, str], None]) -> None:
        self._switch = switch
        self._excused = excused

    async def free(self, call: str, transfer: UnderWay, turn: Turn) -> None:
        """Have `turn` taken, however the caller's stage changes meanwhile.

        What is needed is looked at again and again: a caller whose agent answers just now is no
        longer in the queue, and one who hears how long it will take is not in it yet.

        Raises:
            OrderRefused: if the call ends before, or the caller does not come free; the turn is
                then taken back.
            ManagerError: if Asterisk cannot be asked.
        """
        if transfer.turn is not None or transfer.over:
            raise OrderRefused("the caller is on the way to somebody else: look again")
        transfer.turn = turn
        clock = asyncio.get_running_loop().time
        until = clock() + FREE_SECONDS
        rang: set[str] = set()
        try:
            while transfer.turn is turn and not transfer.over and clock() < until:
                await self._nudge(call, transfer, rang)
                if transfer.turn is turn and not transfer.over:
                    await transfer.news(NUDGE_SECONDS)
        finally:
            if transfer.turn is turn:
                transfer.turn = None
            await self._excuse(rang)
        if transfer.obeyed is not turn:
            raise OrderRefused(
                "the call ended before the order could be obeyed"
                if transfer.over
                else f"the caller did not come free within {FREE_SECONDS:.0f} s, and stays"
            )

    async def _nudge(self, call: str, transfer: UnderWay, rang: set[str]) -> None:
        legs = legs_of(call, await self._switch.channels())
        turn = transfer.turn
        if legs is None or turn is None:
            return
        with suppress(ManagerError):  # gone by itself, not in the queue yet, or asked already
            if isinstance(turn, Recalled) and turn.order.kind == "hangup":
                await self._switch.hang_up(legs.caller)
            elif legs.peers:
                for peer in legs.peers:
                    await self._switch.hang_up(peer)
            elif transfer.waiting_in:
                # app_queue looks for withdrawals only between two tries to reach an agent.
                with suppress(ManagerError):
                    await self._switch.withdraw(transfer.waiting_in, legs.caller)
                for channel in legs.ringing:
                    rang.add(interface_of(channel))
                    self._excused(call, channel)
                    await self._switch.hang_up(channel)
        if not self._switch.connected:
            raise ManagerError("the link to Asterisk is down: try again when it is back")

    async def _excuse(self, rang: set[str]) -> None:
        """Agents whose ringing we ended did not let it ring: end app_queue's pause at once."""
        for interface in rang:
            with suppress(ManagerError):
                await self._switch.pause_member(interface, False)
