"""Session: one call. One bounded inbox; every event is stepped, journalled, then obeyed."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ivr.call.cause import cause_of
from ivr.call.conversation import Conversation
from ivr.call.journal import CallJournal
from ivr.call.listener import Listener
from ivr.call.lookups import Backend, look_up
from ivr.call.messages import Messages
from ivr.call.player import Player, PromptSource
from ivr.call.transfer import Transfers
from ivr.call.visit import Visit
from ivr.dialogue import actions as do
from ivr.dialogue import events as it
from ivr.dialogue.engine import start, step
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.intents.of_book import free_sentences
from ivr.dialogue.ordering import order_fault
from ivr.dialogue.state import State
from ivr.errors import IvrError, PeerError
from ivr.flow.model import FlowBook
from ivr.ports import (
    CallChannel,
    CallerBook,
    Recogniser,
    TransferOutcome,
    VoiceActivityDetector,
)

INBOX_SIZE = 256
"""Events waiting for one call. A step takes microseconds, so only a flood fills this."""
OVER = "the call has ended"
KEYS_WAITING = INBOX_SIZE // 2
"""Beyond this, keys are dropped: a flood of them must leave room for everything else."""


@dataclass(frozen=True, slots=True)
class Services:
    """What every call uses of the house.

    `messages` is the folder where callers' messages are kept; without it none can be left.
    `backend` answers lookups; without one they fail. `callers` knows who called before.
    `calls_back` tells flows that callers can be promised a call.
    """

    book: FlowBook
    flow: str
    recogniser: Recogniser
    new_vad: Callable[[], VoiceActivityDetector]
    prompts: PromptSource
    transfers: Transfers
    messages: Path | None = None
    backend: Backend | None = None
    callers: CallerBook | None = None
    calls_back: bool = False


class Session:
    """Runs one call from answer to end. Nobody else changes the state of its dialogue."""

    def __init__(self, channel: CallChannel, services: Services, journal: CallJournal) -> None:
        self._channel = channel
        self._services = services
        self._journal = journal
        self._inbox: asyncio.Queue[it.Event] = asyncio.Queue(INBOX_SIZE)
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._conversation: Conversation | None = None
        self._tasks = asyncio.TaskGroup()
        self._joined: float | None = None
        self._errands: set[asyncio.Task[None]] = set()
        self._state = start(services.book, services.flow)
        self._orderer: asyncio.Future[str] | None = None
        self._over = False
        self._visit = Visit(services.callers, channel.caller, journal.note)
        self._messages = Messages(
            channel.call_id, services.messages, self.post, journal.note, self._tasks.create_task
        )

    @property
    def state(self) -> State:
        """Where the talk stands now."""
        return self._state

    @property
    def book(self) -> FlowBook:
        """The flows this call keeps to its end."""
        return self._services.book

    def post(self, event: it.Event) -> None:
        """Add an event: what happened to the call, or a supervisor's order. Never waits.

        Keys that come faster than the dialogue steps are dropped; anything else never is.

        Raises:
            IvrError: if the call is flooded with events.
        """
        if isinstance(event, it.KeyPressed) and self._inbox.qsize() >= KEYS_WAITING:
            return
        try:
            self._inbox.put_nowait(event)
        except asyncio.QueueFull:
            raise IvrError(f"more than {INBOX_SIZE} events wait for one call") from None

    def fault_of(self, order: it.OrderGiven) -> str:
        """Why the dialogue cannot obey this order now; nothing if it can."""
        return order_fault(self._services.book, self._state, order)

    def order_taken(self) -> asyncio.Future[str]:
        """Gives, once the dialogue has taken the next order, why it was refused; "" if it was not.

        Raises:
            IvrError: if somebody waits for that already.
        """
        if self._orderer is not None and not self._orderer.done():
            raise IvrError("another order is on its way to this call")
        self._orderer = asyncio.get_running_loop().create_future()
        if self._over:
            self._tell_orderer(OVER)
        return self._orderer

    def _tell_orderer(self, fault: str) -> None:
        if self._orderer is not None and not self._orderer.done():
            self._orderer.set_result(fault)

    async def run(self) -> None:
        """Talk until the dialogue ends.

        Raises:
            Exception: whatever failed in this call. Its audio is closed by then, and the channel
                left alone, so that the dialplan's fallback queue can take the caller.
        """
        self.post(
            it.CallStarted(
                call_id=self._channel.call_id,
                caller=self._channel.caller,
                called=self._channel.called,
                profile=await self._visit.profile(),
                now=datetime.now().astimezone().isoformat(timespec="seconds"),
                callbacks=self._services.calls_back,
            )
        )
        try:
            async with self._tasks:
                try:
                    while not self._state.ended:
                        await self._take(await self._inbox.get())
                finally:
                    for errand in self._errands:
                        errand.cancel()  # nobody waits for its answer any more
                    await self._stop_talking()
        except ExceptionGroup as group:
            raise cause_of(group) from None
        finally:
            self._over = True
            self._tell_orderer(OVER)
            for timer in self._timers.values():
                timer.cancel()
            await self._visit.over(self._state)

    async def _take(self, event: it.Event) -> None:
        self._journal.event(event)
        fault = self.fault_of(event) if isinstance(event, it.OrderGiven) else ""
        self._state, actions = step(self._services.book, self._state, event)
        if isinstance(event, it.OrderGiven):
            self._tell_orderer(fault)
        for action in actions:
            self._journal.action(action)
            self._visit.saw(action)
            await self._obey(action)

    def _sentences(self, grammar: Grammar) -> tuple[str, ...]:
        """What may be said in a caller's own words besides the grammar, if it is open."""
        return free_sentences(self._services.book, grammar.language) if grammar.open else ()

    async def _obey(self, action: do.Action) -> None:
        match action:
            case do.PlayPrompt():
                if talk := await self._talk():
                    talk.player.play(action.serial, action.segments)
                else:
                    self.post(it.PromptEnded(action.serial, completed=False))
            case do.StopPrompt():
                if self._conversation:
                    self._conversation.player.stop()
            case do.Listen():
                if talk := await self._talk():
                    talk.listener.listen(action, self._sentences(action.grammar))
            case do.StopListening():
                if self._conversation:
                    self._conversation.listener.stop()
            case do.SetTimer():
                self._set_timer(action)
            case do.StartRecording():
                if talk := await self._talk():
                    self._messages.start(action, talk, self._services.new_vad())
            case do.StopRecording():
                self._messages.stop(action)
            case do.StartLookup():
                self._errands.add(self._tasks.create_task(self._look_up(action)))
            case do.StartTransfer():
                await self._stop_talking()
                self._tasks.create_task(self._transfer(action))
            case do.HangUp():
                await self._stop_talking()
                await self._channel.hang_up()
            case do.EnterNode() | do.Explain():
                pass  # being journalled is their whole purpose

    # -- talking -------------------------------------------------------------------------------

    async def _talk(self) -> Conversation | None:
        """The open conversation, opened when first needed; None if the caller has left."""
        if self._conversation is None:
            try:
                link = await self._channel.open_audio()
            except PeerError:
                if not self._channel.gone:
                    raise
                self.post(it.CallerHungUp())
                return None
            services = self._services
            player = Player(link, services.prompts, self.post, self._heard_first)
            clock = asyncio.get_running_loop().time
            listener = Listener(
                services.recogniser,
                services.new_vad(),
                self.post,
                self._tasks.create_task,
                clock,
                self._journal.note,
            )
            self._conversation = Conversation(
                link, player, listener, self.post, lambda: self._channel.gone
            )
            self._tasks.create_task(self._conversation.run())
        return self._conversation

    def _heard_first(self, serial: int) -> None:
        self._journal.note("PromptBegan", serial=serial)

    async def _stop_talking(self) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation:
            await conversation.close()
        await self._messages.hung_up()

    # -- timers, lookups and transfers ----------------------------------------------------------

    def _set_timer(self, action: do.SetTimer) -> None:
        def ring() -> None:
            self._timers.pop(action.serial, None)
            self.post(it.TimerRang(action.serial))

        loop = asyncio.get_running_loop()
        self._timers[action.serial] = loop.call_later(action.seconds, ring)

    async def _look_up(self, action: do.StartLookup) -> None:
        services, clock = self._services, asyncio.get_running_loop().time
        note = self._journal.note
        self.post(await look_up(action, services.book, services.backend, note, clock))

    async def _transfer(self, action: do.StartTransfer) -> None:
        """Who was not answered keeps their place: they wait since their first transfer."""
        joined, self._joined = self._joined, self._joined or time.time()
        ended = await self._services.transfers.run(
            action, self._channel, self._journal.note, joined
        )
        if ended is TransferOutcome.ANSWERED:
            self._joined = None
        if isinstance(ended, it.OrderGiven):
            self.post(it.TransferEnded(action.serial, TransferOutcome.WITHDRAWN))
            self.post(replace(ended, ends=action.serial))
        else:
            self.post(it.TransferEnded(action.serial, ended))
