"""House: the calls that go on, the agents, and what a running hotline can be asked to do."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine

from ivr.call.journal import Sink
from ivr.call.session import Services, Session
from ivr.call.transfer import Transfers
from ivr.dialogue.events import OrderGiven
from ivr.dialogue.state import State
from ivr.errors import IvrError
from ivr.flow.statics import static_segments
from ivr.live.choices import Choices
from ivr.live.offering import choices_of
from ivr.routing.desk import Desk
from ivr.server.agents_reload import changed_agents, reloaded
from ivr.server.call_books import CallBook, CallBooks
from ivr.server.calling_back.dialler import Callbacks
from ivr.server.calling_back.lookup import CallbackBackend
from ivr.server.live import Live
from ivr.server.plans import Plans, plan_asterisk
from ivr.server.published import new_plans
from ivr.server.settings import Settings
from ivr.server.steering.steering import Steering
from ivr.speech.prompt_store import PromptStore
from ivr.telephony.channel import AgiChannel
from ivr.telephony.private_asterisk import PrivateAsterisk

log = logging.getLogger(__name__)


class House:
    """A running hotline. Made by `ivr.server.opening.open_house`.

    `calls` are the calls that go on now, by Asterisk's unique id; `asterisk` is the private one.
    """

    def __init__(
        self,
        plans: Plans,
        desk: Desk,
        services: Services,
        sinks: Sequence[Sink],
        asterisk: PrivateAsterisk | None,
        settings: Settings,
    ) -> None:
        self.plans = plans
        self._settings = settings
        self._reload_wanted = asyncio.Event()
        self._reloading = asyncio.Lock()
        self.desk = desk
        self.asterisk = asterisk
        self.calls: dict[str, Session] = {}
        goal = settings.agents.answer_seconds
        self.live = Live(desk, self.sessions_now, settings.alarms, goal)
        self.board = self.live.board
        self.books = CallBooks(desk, services.transfers, (self.live.take, *sinks))
        self.callbacks: Callbacks | None = None
        self.record: Engine | None = None
        self.steering: Steering | None = None
        self._services = services

    @property
    def transfers(self) -> Transfers:
        """The transfers of every call."""
        return self._services.transfers

    async def serve(self, channel: AgiChannel) -> None:
        """Run one call; what FastAGI's server calls for each. Raises what failed inside."""
        with self.books.opened(channel.call_id) as book:
            services = self._services_for(book)  # the version this call keeps to its end
            book.journal.note("FlowPinned", flow=services.flow, version=services.book.version)
            session = Session(channel, services, book.journal)
            self.calls[channel.call_id] = session
            try:
                await session.run()
            except Exception as error:
                book.journal.note("Crashed", error=type(error).__name__)
                raise
            finally:
                del self.calls[channel.call_id]
                book.outcome = session.state.outcome

    def _services_for(self, book: CallBook) -> Services:
        services, story = self._services, book.story
        if self.callbacks is None:
            return services
        backend = CallbackBackend(
            services.backend, self.callbacks, lambda: (story.joined, story.transfer)
        )
        return replace(services, backend=backend)

    async def serve_callback(self, channel: AgiChannel) -> None:
        """Bring somebody who was called back to an agent; what FastAGI's server calls for each."""
        digits = channel.environment.get("extension")
        number = int(digits) if digits.isdecimal() and len(digits) < 12 else 0
        taken = await self.callbacks.taken(number) if self.callbacks is not None else None
        if self.callbacks is None or taken is None:
            return
        promised, order = taken
        with self.books.opened(channel.call_id) as book:
            book.outcome = "failed"
            note = book.journal.note
            note("CallbackAnswered", callback=promised.id, attempts=promised.attempts)
            book.journal.action(order)
            try:
                transfers = self._services.transfers
                ended = await transfers.run(order, channel, note, promised.joined)
                book.outcome = "ordered" if isinstance(ended, OrderGiven) else ended.value
            finally:
                await self.callbacks.over(promised.id, book.outcome)

    async def reload_agents(self) -> str:
        """Go by the agents file as it is now; says in one line what changed.

        Raises:
            FlowError, SettingsError: for a fault in it; the agents before then stay in force.
            ManagerError, AsteriskError: if Asterisk cannot be told all of it.
        """
        async with self._reloading:
            plans = await asyncio.to_thread(reloaded, self._settings, self.plans)
            changed = changed_agents(self.plans.team, plans.team)
            if self.asterisk is not None:
                await self.asterisk.renew(plan_asterisk(self._settings, plans))
            self.plans = plans
            await self.desk.renew(plans.queues, plans.team)
        log.info("agents file read anew: %s", changed)
        return changed

    def reload_agents_soon(self) -> None:
        """Have the agents file read anew, as SIGHUP asks; the outcome stands in the log."""
        self._reload_wanted.set()

    async def reload_when_asked(self) -> None:
        """Obey `reload_agents_soon` for ever."""
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            try:
                await self.reload_agents()
            except IvrError as error:
                log.error("the agents stay as they were: %s", error)

    def choices(self, call: str = "") -> Choices:
        """What orders may name now; with a call, which nodes it can be sent to."""
        team, plan = self.desk.team, self.desk.plan
        if not call:
            return choices_of(self.plans.book, None, team, plan)
        session = self.calls.get(call)
        if session is None:  # a call back, or one that began before this server
            return replace(choices_of(self.plans.book, None, team, plan), version="", flows=())
        return choices_of(session.book, session.state, team, plan)

    def sessions_now(self) -> dict[str, State | None]:
        """The calls that are in the books, by id, each with the state of its talk if it has one."""
        calls = self.calls
        return {
            call_id: calls[call_id].state if call_id in calls else None
            for call_id in self.books.open
        }

    async def renew(self, settings: Settings, prompts: PromptStore) -> None:
        """Let calls begin with each version that is put in force, once its prompts are there."""
        async for plans in new_plans(settings, lambda: self.plans):
            await prompts.warm(static_segments(plans.book))
            self.plans = replace(plans, queues=self.plans.queues, team=self.plans.team)
            self._services = replace(self._services, book=plans.book, flow=plans.flow)
            log.info("calls begin with version %s from now on", plans.book.version)
