"""Turns: where a caller goes next who is in a transfer, because somebody said so."""

import asyncio
from dataclasses import dataclass, field

from ivr.dialogue.events import OrderGiven
from ivr.flow.need import Need
from ivr.routing.matching import Match


@dataclass(frozen=True, slots=True, eq=False)
class Onward:
    """To another queue, keeping the place that the time of arrival gave.

    `sent_by` is told to the agent who takes the caller, before the whisper; empty for nobody.
    `unless_answered` is for a way that serves nothing once an agent has had the caller.
    """

    match: Match
    sent_by: str = ""
    unless_answered: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """To somebody whose telephone has answered and holds the line: `channel` is its channel."""

    name: str
    channel: str
    by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """Back to the dialogue, which then obeys `order`."""

    order: OrderGiven


Turn = Onward | Taken | Recalled


@dataclass(eq=False)
class UnderWay:
    """One transfer under way, as those see it who steer it.

    `queue` is the first queue, from which agents send callers on; `waiting_in` the one that the
    caller is in now, empty outside one. `waited_before` are the seconds that they had waited for an
    agent when they came to this queue, since they last talked with somebody. `turn` is to be taken
    as soon as the caller is free for it; set it back to None to take it back. `obeyed` is the last
    turn that was taken.
    """

    need: Need
    language: str
    joined: float
    queue: str = ""
    waiting_in: str = ""
    waited_before: float = 0.0
    turn: Turn | None = None
    obeyed: Turn | None = None
    over: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take_turn(self) -> Turn | None:
        """The turn to take now, if there is one."""
        turn, self.turn = self.turn, None
        if turn is not None:
            self.obeyed = turn
            self.tell()
        return turn

    def tell(self) -> None:
        """Something has changed for whoever waits in `news`."""
        self._news.set()

    async def news(self, seconds: float) -> None:
        """Wait until something changes, at most so long."""
        self._news.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass
