"""Callbacks: the promised calls, and the dialler that keeps each promise once."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Set
from typing import Any, TypeVar

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.records import action_from
from ivr.errors import IvrError, ManagerError, OrderRefused, StoreError
from ivr.ports import Clock, QueueEntry, SwitchEvent, SwitchManager, SwitchNotice
from ivr.routing.desk import Desk
from ivr.server.calling_back.allowed import refusal
from ivr.server.calling_back.sweep import Line, Sweep
from ivr.server.harmless import Harmless
from ivr.server.settings import CallbackSettings
from ivr.store.callbacks import (
    CLOSED,
    DIALLING,
    DONE,
    TALKING,
    WAITING,
    Callback,
    CallbackStore,
    Place,
)

CONTEXT = "callback"
FALLBACK_CONTEXT = "fallback"
"""Where the dialplan brings whoever answers while no server listens."""
PREFIX = "callback-"
"""Begins the unique id of each channel that is dialled for a promise."""
MAX_ATTEMPTS = 3
LOOK_SECONDS = 1.0
RING_SECONDS = 30.0
ANSWER_SECONDS = RING_SECONDS + 30.0
"""How long after a dial its end must be known."""

ELSEWHERE = "answered while no server listened"
"""They went to Asterisk's fallback queue then, as callers do."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class Callbacks:
    """Promises calls and keeps them, as agents come free and in order of their places.

    `run` dials; `follow` hears how dialling ended. What is to be done stands in the store before it
    is done, so a promise survives a crash and nobody who answered is called again. The event loop
    never waits for the store: it works in a thread, one thing after the other.
    """

    def __init__(
        self,
        store: CallbackStore,
        desk: Desk,
        manager: SwitchManager,
        settings: CallbackSettings,
        clock: Clock = time.time,
        ticks: Clock = time.monotonic,
    ) -> None:
        self._store = store
        self._desk = desk
        self._manager = manager
        self._settings = settings
        self._clock = clock
        self._ticks = ticks
        self._sweep = Sweep(self._due)
        self._harmless = Harmless("calling people back", but=(IvrError,))
        self._since: dict[int, float] = {}
        """When each was dialled, by the clock that nobody sets."""
        self._reached: set[int] = set()
        self._recovered = False
        self._talking: set[int] = set()
        self._one_at_a_time = asyncio.Lock()

    async def book(self, number: str, joined: float, transfer: Mapping[str, Any]) -> str:
        """Promise a call for the matter of `transfer` (the fields of a StartTransfer).

        Returns why not, or nothing. Raises StoreError if it cannot be kept.
        """
        plain = number.replace(" ", "").replace("-", "")
        if why := refusal(plain, self._settings):
            return why
        if not transfer:
            return "nothing is known of the matter yet"
        began, story = joined or self._clock(), {"transfer": dict(transfer)}
        await self._kept(lambda: self._store.add(plain, began, story))
        return ""

    async def taken(self, callback: int) -> tuple[Callback, StartTransfer] | None:
        """The person has answered: theirs is this call, and no other will be made."""
        self._talking.add(callback)
        if not await self._kept(lambda: self._store.move(callback, DIALLING, TALKING)):
            self._talking.discard(callback)
            return None
        self._since.pop(callback, None)
        self._reached.discard(callback)
        found = await self._kept(lambda: self._store.get(callback))
        return found, order_of(found)

    async def over(self, callback: int, outcome: str) -> None:
        """The talk, or the wait for it, is over."""
        self._talking.discard(callback)
        await self._kept(lambda: self._store.move(callback, TALKING, DONE, outcome))

    async def cancel(self, callback: int, why: str) -> Callback:
        """Close one that is not being dialled yet.

        Raises:
            OrderRefused: if there is none, or it is on its way, or over.
        """
        if not await self._kept(lambda: self._store.move(callback, WAITING, CLOSED, why)):
            raise await self._not_waiting(callback)
        return await self._kept(lambda: self._store.get(callback))

    async def hurry(self, callback: int) -> Callback:
        """Try one as soon as an agent is free; raises as `cancel`."""
        if not await self._kept(lambda: self._store.hurry(callback)):
            raise await self._not_waiting(callback)
        return await self._kept(lambda: self._store.get(callback))

    async def _not_waiting(self, callback: int) -> OrderRefused:
        found = await self._kept(lambda: self._store.find(callback))
        state = found.state if found is not None else "not there"
        return OrderRefused(f"callback {callback} is {state}: only one that waits can be told")

    async def recover(self) -> None:
        """After a start: calls that a server before us left behind. Nobody is dialled before that.

        Raises:
            ManagerError: if Asterisk cannot be asked.
            StoreError: if they cannot be read; `run` tries again.
        """
        there = {one.get("Uniqueid", ""): one for one in await self._manager.channels()}
        for one in await self._kept(self._store.open):
            channel = there.get(_channel_id(one))
            if one.state == DIALLING and channel is not None:
                self._since[one.id] = self._ticks()
                if channel.get("Context") == FALLBACK_CONTEXT:
                    await self._gone_elsewhere(one)
            elif one.state == DIALLING:
                await self._failed(one, "the server stopped while dialling")
            elif one.state == TALKING and one.id not in self._talking:
                # They were reached; whoever was cut off then is in Asterisk's fallback queue.
                await self.over(one.id, "the server stopped during the call")
        self._recovered = True

    async def run(self) -> None:
        """Dial whoever is due, for ever."""
        fault = ""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                with self._harmless:
                    if not self._recovered:
                        await self.recover()
                    await self._look()
            except IvrError as error:
                if str(error) != fault:
                    log.error("callbacks wait: %s", error)
                fault = str(error)
            else:
                fault = ""

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Hear how dialling ended, until the manager is closed."""
        async for notice in notices:
            if not isinstance(notice, SwitchEvent) or notice.name != "OriginateResponse":
                continue
            reached = notice.fields.get("Response") != "Failure"
            try:
                with self._harmless:
                    await self._dialled(notice.fields.get("Uniqueid", ""), reached)
            except StoreError as error:  # `_look` finds it by the time it takes
                log.error("a callback that was not reached: %s", error)

    async def _dialled(self, channel: str, reached: bool) -> None:
        if not channel.startswith(PREFIX):
            return  # another's dial, such as that of a supervisor's telephone
        for one in await self._kept(self._store.dialling):
            if channel == _channel_id(one):
                if reached:
                    self._reached.add(one.id)
                else:
                    await self._failed(one, "not reached")

    async def _look(self) -> None:
        if not self._desk.connected:
            return
        served: set[str] = set()
        for one in await self._kept(self._store.dialling):
            with self._harmless:
                now = self._ticks()
                if now - self._since.setdefault(one.id, now) > ANSWER_SECONDS:
                    await self._unheard_of(one)
                else:
                    served |= self._claimed(one)

        async def attempt(one: Callback, ahead: Set[Line]) -> Line | None:
            with self._harmless:
                return await self._attempt(one, ahead, served)
            return None

        await self._sweep.round(attempt)

    async def _due(self, most: int, behind: Place) -> list[Callback]:
        now = self._clock()
        return await self._kept(lambda: self._store.due(now, most, behind))

    async def _attempt(self, one: Callback, ahead: Set[Line], served: set[str]) -> Line | None:
        """Dial this one if an agent is free for it; which line that is."""
        order = await self._readable(one)
        entry = self._entry(one, order) if order is not None else None
        if entry is None:
            return None
        line = entry.queue, entry.max_penalty
        if line in ahead or entry.queue in served or self._desk.estimate(entry) is not None:
            return line
        served.add(entry.queue)  # one at a time for each queue, or the agent would be gone
        await self._dial(one)
        return line

    def _claimed(self, one: Callback) -> set[str]:
        """The queue whose next free agent is for this one, who is being dialled."""
        try:
            entry = self._entry(one, order_of(one))
        except StoreError:  # dialled by a version that wrote it otherwise
            return set()
        return {entry.queue} if entry else set()

    def _entry(self, one: Callback, order: StartTransfer) -> QueueEntry | None:
        """The queue for it now, if anybody serves it."""
        return self._desk.match(order.need, order.language, one.joined).entry

    async def _readable(self, one: Callback) -> StartTransfer | None:
        """What it is about; a promise of which that cannot be told is closed."""
        try:
            return order_of(one)
        except StoreError as error:
            why = str(error)
        await self._kept(lambda: self._store.move(one.id, WAITING, CLOSED, why))
        log.error("callback %d is closed: %s", one.id, why)
        return None

    async def _dial(self, one: Callback) -> None:
        if not await self._kept(lambda: self._store.move(one.id, WAITING, DIALLING)):
            return
        dialled = await self._kept(lambda: self._store.get(one.id))
        self._since[one.id] = self._ticks()
        log.info("callback %d: dialling, attempt %d", one.id, dialled.attempts)
        try:
            await self._manager.originate(
                self._settings.dial.replace("{number}", one.number),
                CONTEXT,
                str(one.id),
                _channel_id(dialled),
                RING_SECONDS,
            )
        except ManagerError as error:
            await self._failed(dialled, f"Asterisk refused: {error}")

    async def _unheard_of(self, one: Callback) -> None:
        """Nobody came from this dial: it failed, or they answered while no server listened."""
        there = {fields.get("Uniqueid", "") for fields in await self._manager.channels()}
        if one.id in self._reached or _channel_id(one) in there:
            await self._gone_elsewhere(one)
        else:
            await self._failed(one, "no answer")

    async def _gone_elsewhere(self, one: Callback) -> None:
        self._since.pop(one.id, None)
        self._reached.discard(one.id)
        await self._kept(lambda: self._store.move(one.id, DIALLING, DONE, ELSEWHERE))

    async def _failed(self, one: Callback, why: str) -> None:
        """Count it; the third failure closes the promise with its reason."""
        self._since.pop(one.id, None)
        if one.attempts >= MAX_ATTEMPTS:
            closing = f"{why}, {one.attempts} times"
            await self._kept(lambda: self._store.move(one.id, DIALLING, CLOSED, closing))
            log.warning("callback %d is closed: %s, %d times", one.id, why, one.attempts)
        else:
            due = self._clock() + self._settings.retry_seconds
            await self._kept(lambda: self._store.postpone(one.id, due, why))

    async def _kept(self, work: Callable[[], T]) -> T:
        async with self._one_at_a_time:
            return await asyncio.to_thread(work)


def order_of(callback: Callback) -> StartTransfer:
    """The transfer that the caller had asked for.

    Raises:
        StoreError: if it is not what this version writes.
    """
    try:
        order = action_from({**callback.story["transfer"], "is": "StartTransfer"})
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError("what it is about cannot be read") from error
    assert isinstance(order, StartTransfer)
    return order


def _channel_id(callback: Callback) -> str:
    return f"{PREFIX}{callback.id}-{callback.attempts}"
