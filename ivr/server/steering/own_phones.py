"""OwnPhones: rings the telephones of supervisors, and knows what each is used for."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from ivr.errors import ManagerError, OrderRefused
from ivr.ports import SwitchBack, SwitchEvent, SwitchFields, SwitchLost, SwitchNotice
from ivr.routing.skills import Agent, Supervisor
from ivr.server.harmless import Harmless
from ivr.server.steering.order_times import GRACE_SECONDS, RING_SECONDS
from ivr.telephony.channel_names import interface_of

PREFIX = "ivr-phone-"
"""Begins the unique id of each channel that is dialled for an order, which is nobody's call."""
TAKEOVER = "takeover"

UNREACHED = "refused, or cannot be reached: is it registered?"
_REASONS = {"5": "is busy", "8": "is busy", "1": "did not answer", "3": "did not answer"}
"""OriginateResponse's Reason (AST_CONTROL_* of frame.h): busy, congestion, hangup, ringing. For a
SIP telephone that refuses, as for one that is not there, Asterisk 22 gives 0."""

Person = Agent | Supervisor

log = logging.getLogger(__name__)


class Switch(Protocol):
    """What ringing needs of `ivr.telephony.manager.AmiManager`."""

    async def ring(
        self,
        channel: str,
        application: str,
        argument: str,
        channel_id: str,
        seconds: float,
        shown: str,
    ) -> None: ...

    async def hang_up(self, channel: str) -> None: ...

    async def channels(self) -> tuple[SwitchFields, ...]: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone in use for an order; `channel` is empty while it rings.

    `target` is the channel that is listened to.
    """

    phone: str
    call: str
    order: str
    by: str
    channel_id: str
    target: str = ""
    channel: str = ""
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class _Ringing:
    """A telephone that rings; `answered` will hold its channel, or why it has none."""

    line: Line
    answered: asyncio.Future[str]

    def fail(self, why: Exception) -> None:
        if not self.answered.done():
            self.answered.set_exception(why)


class OwnPhones:
    """Telephones rung for orders. `ended` is told of every line that had been answered."""

    def __init__(self, switch: Switch, ended: Callable[[Line, float], None]) -> None:
        self._switch = switch
        self._ended = ended
        self._lines: dict[str, Line] = {}
        self._ringing: dict[str, _Ringing] = {}
        self._freed = asyncio.Event()

    def line(self, phone: str) -> Line | None:
        """What the telephone of this person is used for now."""
        return self._lines.get(phone)

    async def ring(self, who: Person, line: Line, application: str, argument: str) -> Line:
        """Ring until they answer, and run an application for them; gives the line with its channel.

        The ringing stops at once when the call, or the talk to be listened to, is over.

        Raises:
            OrderRefused: if their telephone is in use, nobody answers it, or the call is over.
            ManagerError: if Asterisk cannot be asked.
        """
        loop = asyncio.get_running_loop()
        self.check(who)
        self._lines[who.name] = line
        ringing = self._ringing[line.channel_id] = _Ringing(line, loop.create_future())
        try:
            channels = await self._switch.channels()
            self._check_idle(who, channels)
            if not any(one.get("Uniqueid") == line.call for one in channels):
                raise OrderRefused("the call is over")
            shown = f"ivr {line.order}"
            await self._switch.ring(
                who.interface, application, argument, line.channel_id, RING_SECONDS, shown
            )
            channel = await self._answer(who, ringing.answered)
        except BaseException:
            self._lines.pop(who.name, None)
            await self._stop(line.channel_id)
            raise
        finally:
            self._ringing.pop(line.channel_id, None)
        up = replace(line, channel=channel, since=loop.time())
        self._lines[who.name] = up
        return up

    def check(self, who: Person) -> None:
        """Raises OrderRefused if their telephone is in use for an order."""
        if (used := self._lines.get(who.name)) is not None:
            raise OrderRefused(
                f"{who.name}'s telephone is in use ({used.order} on {used.call}): "
                "hang up there first"
            )

    async def free(self, who: Person, call: str) -> None:
        """End what `who` listens to if it is this call, so that their telephone can ring for it.

        Raises:
            OrderRefused: if it does not end.
        """
        line = self._lines.get(who.name)
        if line is None or line.call != call or not line.channel or line.order == TAKEOVER:
            return
        await self.hang_up(line)
        try:
            async with asyncio.timeout(GRACE_SECONDS):
                while self._lines.get(who.name) is line:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise OrderRefused(f"{who.name}'s telephone is in use: hang up there first") from None

    def change(self, line: Line, order: str) -> None:
        """The same line is used otherwise from now on."""
        self._lines[line.phone] = replace(line, order=order)

    async def hang_up(self, line: Line) -> None:
        """End a line; harmless when it has ended."""
        with suppress(ManagerError):
            await self._switch.hang_up(line.channel)

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Hear how ringing and lines end, until the manager is closed."""
        harmless = Harmless("following supervisors' telephones")
        async for notice in notices:
            with harmless:
                self._take(notice)

    # -- inside --------------------------------------------------------------------------------

    def _take(self, notice: SwitchNotice) -> None:
        match notice:
            case SwitchEvent(fields) if fields.get("Uniqueid", "").startswith(PREFIX):
                self._heard(notice.name, fields)
            case SwitchEvent(fields) if notice.name == "Hangup":
                self._gone(fields.get("Uniqueid", ""), fields.get("Channel", ""))
            case SwitchLost():
                for ringing in self._ringing.values():
                    ringing.fail(ManagerError("the link to Asterisk broke"))
            case SwitchBack(channels):
                there = {one.get("Uniqueid", "") for one in channels}
                for line in tuple(self._lines.values()):
                    if line.channel and line.channel_id not in there:
                        self._over(line)

    def _heard(self, event: str, fields: SwitchFields) -> None:
        channel_id = fields["Uniqueid"]
        ringing = self._ringing.get(channel_id)
        if event == "OriginateResponse" and ringing is not None:
            if fields.get("Response") == "Success":
                if not ringing.answered.done():
                    ringing.answered.set_result(fields.get("Channel", ""))
            else:
                why = _REASONS.get(fields.get("Reason", ""), UNREACHED)
                ringing.fail(OrderRefused(f"{ringing.line.phone}'s telephone {why}"))
        elif event == "Hangup":
            for line in tuple(self._lines.values()):
                if line.channel_id == channel_id and line.channel:
                    self._over(line)

    def _gone(self, channel_id: str, channel: str) -> None:
        """A channel that is none of ours is gone: nobody need ring for it any more."""
        for ringing in self._ringing.values():
            line = ringing.line
            if channel_id == line.call:
                ringing.fail(OrderRefused(f"the call ended while {line.phone}'s telephone rang"))
            elif channel and channel == line.target:
                ringing.fail(OrderRefused(f"the talk ended while {line.phone}'s telephone rang"))

    def _over(self, line: Line) -> None:
        self._lines.pop(line.phone, None)
        self._freed.set()
        self._ended(line, asyncio.get_running_loop().time() - line.since)

    async def _answer(self, who: Person, answered: asyncio.Future[str]) -> str:
        try:
            async with asyncio.timeout(RING_SECONDS + GRACE_SECONDS):
                return await answered
        except TimeoutError:
            raise OrderRefused(f"{who.name}'s telephone did not answer") from None

    def _check_idle(self, who: Person, channels: Sequence[SwitchFields]) -> None:
        if any(interface_of(one.get("Channel", "")) == who.interface for one in channels):
            raise OrderRefused(f"{who.name}'s telephone is in use: hang up there first")

    async def _stop(self, channel_id: str) -> None:
        """Stop the ringing, as far as Asterisk still knows of it."""
        with suppress(ManagerError):
            for one in await self._switch.channels():
                if one.get("Uniqueid") == channel_id and one.get("Channel"):
                    await self._switch.hang_up(one["Channel"])


def new_line(who: Person, call: str, order: str, by: str, target: str = "") -> Line:
    """A line to ring for an order."""
    return Line(who.name, call, order, by, f"{PREFIX}{secrets.token_hex(8)}", target)
