"""Spying: a supervisor's telephone listens to a call, whispers to its agent, or joins in.

ChanSpy() runs on the supervisor's own channel, so it neither keeps a call alive nor changes it.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from ivr.errors import OrderRefused, UnknownCallError
from ivr.ports import SwitchFields
from ivr.server.steering.legs import Legs, holds, legs_of
from ivr.server.steering.own_phones import Line, OwnPhones, Person, new_line

OPTIONS: Mapping[str, str] = MappingProxyType({"listen": "", "whisper": "w", "barge": "B"})
"""What ChanSpy() needs for each order beside `ALWAYS`."""
ALWAYS = "uqES"
"""u: this channel and no other. q: no beep. E and S: end with it, or at once if it is gone."""
SWITCHES = "d"
"""The keys of `KEYS` change between the three."""
KEYS: Mapping[str, str] = MappingProxyType({"listen": "4", "whisper": "5", "barge": "6"})
_CHANNEL = re.compile(r"[A-Za-z0-9/@._;+-]{1,120}")

ALONE = "nobody but the hotline talks with the caller: take the call over to speak with them"


class Switch(Protocol):
    """What spying needs of `ivr.telephony.manager.AmiManager`."""

    async def channels(self) -> tuple[SwitchFields, ...]: ...

    async def press(self, channel: str, key: str) -> None: ...


class Spying:
    """Obeys listen, whisper and barge, for calls of ours and for any other in Asterisk.

    With an agent the agent's channel is spied on, so that whispers reach the agent; it ends when
    that agent's talk does. Before, it is the caller's, to the end of the call.
    """

    def __init__(self, switch: Switch, phones: OwnPhones, note: Callable[..., None]) -> None:
        self._switch = switch
        self._phones = phones
        self._note = note

    async def spy(self, order: str, call: str, who: Person, by: str) -> dict[str, Any]:
        """Ring `who`, and let them hear the call, or speak in it.

        Raises:
            UnknownCallError: if there is no such call.
            OrderRefused: if there is nobody to whisper to, or their telephone does not answer.
            ManagerError: if Asterisk cannot be asked.
        """
        legs = await self._legs(call)
        line = self._phones.line(who.name)
        if line is not None and _same(line, call, legs):
            return await self._switch_to(order, line)
        if order != "listen" and not legs.peers:
            raise OrderRefused(ALONE)
        target = legs.peers[0] if legs.peers else legs.caller
        if not _CHANNEL.fullmatch(target):
            raise OrderRefused(f"the channel {target[:60]!r} cannot be spied on")
        if line is not None and line.target != target:
            await self._phones.free(who, call)  # they listened before an agent was there
        self._phones.check(who)
        switches = SWITCHES if legs.peers else ""
        self._note(call, "Ordered", order=order, by=by, phone=who.name)
        up = await self._phones.ring(
            who,
            new_line(who, call, order, by, target),
            "ChanSpy",
            f"{target},{ALWAYS}{switches}{OPTIONS[order]}",
        )
        if not holds(await self._switch.channels(), target):
            await self._phones.hang_up(up)
            raise OrderRefused("the talk was over when the telephone answered")
        return _answer(order, line=up, switches=bool(switches))

    async def _legs(self, call: str) -> Legs:
        legs = legs_of(call, await self._switch.channels())
        if legs is None:
            raise UnknownCallError(f"no call {call[:60]!r} goes on now")
        return legs

    async def _switch_to(self, order: str, line: Line) -> dict[str, Any]:
        """They listen to this very talk: change between the three without ringing again."""
        self._note(line.call, "Ordered", order=order, by=line.by, phone=line.phone)
        await self._switch.press(line.channel, KEYS[order])
        self._phones.change(line, order)
        return _answer(order, line=line, switches=True)


def _same(line: Line, call: str, legs: Legs) -> bool:
    return line.call == call and bool(line.channel) and line.target in legs.peers


def _answer(order: str, *, line: Line, switches: bool) -> dict[str, Any]:
    keys = dict(KEYS) if switches else {}
    return {"call": line.call, "phone": line.phone, "order": order, "keys": keys}
