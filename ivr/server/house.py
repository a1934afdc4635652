"""House: the hotline with all its parts wired; the only place that knows every adapter."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ivr.backend.http_backend import HttpBackend
from ivr.backend.secrets import load_secrets
from ivr.call.cause import cause_of
from ivr.call.journal import Sink
from ivr.call.journal_files import JournalFiles
from ivr.call.session import Services, Session
from ivr.call.transfer import Transfers
from ivr.errors import IvrError, ManagerError, StoreError
from ivr.flow.statics import static_segments
from ivr.ports import Voice
from ivr.routing.desk import Desk
from ivr.routing.matching import MAX_TIMEOUT
from ivr.server.agent_calls import ARGUMENT as AGENTS
from ivr.server.agent_calls import AgentCalls, Handler, by_argument
from ivr.server.agents_reload import changed_agents, reloaded
from ivr.server.ami_secret import CALLERS_KEY, kept_secret
from ivr.server.call_books import CallBook, CallBooks
from ivr.server.callbacks import CONTEXT as CALLBACK
from ivr.server.callbacks import CallbackBackend, Callbacks
from ivr.server.control.orders import Orders
from ivr.server.control.socket import control_socket
from ivr.server.plans import Plans, plan_asterisk
from ivr.server.published import new_plans
from ivr.server.recordings import finish_recordings, keep_recordings
from ivr.server.settings import Settings
from ivr.server.sounds import write_sounds
from ivr.server.webhook import Webhook
from ivr.speech import models
from ivr.speech.detectors import detector_maker
from ivr.speech.edge_voice import EdgeVoice
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.prompt_store import PromptStore
from ivr.speech.recogniser import VoskRecogniser
from ivr.store.absences import AbsencesFile
from ivr.store.callbacks import CallbackStore
from ivr.store.sqlite_callers import SqliteCallers
from ivr.telephony.audiosocket_server import AudioSocketServer
from ivr.telephony.channel import AgiChannel
from ivr.telephony.fastagi_server import FastAgiServer
from ivr.telephony.manager import AmiManager
from ivr.telephony.private_asterisk import AsteriskPlan, PrivateAsterisk, private_asterisk
from ivr.telephony.rendezvous import Rendezvous

log = logging.getLogger(__name__)

Progress = Callable[[str], None]

WHISPER_SECONDS = 2 * MAX_TIMEOUT
"""No caller waits so long for the agent who hears it."""


class House:
    """A running hotline. Made by `open_house`.

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
        self.books = CallBooks(desk, services.transfers, sinks)
        self.callbacks: Callbacks | None = None
        self._services = services

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
        taken = self.callbacks.taken(number) if self.callbacks is not None else None
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
                book.outcome = (await transfers.run(order, channel, note, promised.joined)).value
            finally:
                self.callbacks.over(promised.id, book.outcome)

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

    def calls_now(self) -> list[dict[str, Any]]:
        """Every call that talks with us or waits for us to go on."""
        return [
            {"call": call_id, "node": session.state.node, "waiting": session.state.waiting.value}
            for call_id, session in self.calls.items()
        ]

    async def renew(self, settings: Settings, prompts: PromptStore) -> None:
        """Let calls begin with each version that is put in force, once its prompts are there."""
        async for plans in new_plans(settings, lambda: self.plans):
            await prompts.warm(static_segments(plans.book))
            self.plans = replace(plans, queues=self.plans.queues, team=self.plans.team)
            self._services = replace(self._services, book=plans.book, flow=plans.flow)
            log.info("calls begin with version %s from now on", plans.book.version)


@asynccontextmanager
async def open_house(
    settings: Settings,
    plans: Plans,
    *,
    sinks: Sequence[Sink] = (),
    plan: AsteriskPlan | None = None,
    progress: Progress = lambda line: None,
) -> AsyncIterator[House]:
    """Everything between the flow and the telephone, for as long as the block lasts.

    `sinks` receive every journal record at once. `plan` describes the private Asterisk where the
    one made from the settings will not do.

    Raises:
        ModelError: a speech model is missing or damaged.
        SettingsError: a port is busy, a folder cannot be written.
        AsteriskError, ManagerError: Asterisk cannot be had, started or reached.
    """
    runs = settings.path(settings.paths.runs)
    plan = plan or plan_asterisk(settings, plans)
    secrets = load_secrets(settings.path(settings.paths.secrets))
    async with AsyncExitStack() as stack:
        journals = stack.enter_context(JournalFiles(runs / "journal"))
        progress("loading the speech model ...")
        recogniser = await stack.enter_async_context(_recogniser(settings))
        await recogniser.load()
        espeak = await stack.enter_async_context(EspeakVoice())
        prompts = await stack.enter_async_context(_prompt_store(settings, espeak))
        asterisk = None
        if settings.asterisk.mode == "private":
            progress("starting Asterisk ...")
            if plan.recordings:
                stack.callback(finish_recordings, plan.recordings)  # once Asterisk has let go
            asterisk = await stack.enter_async_context(private_asterisk(plan, progress=progress))
            await write_sounds(plan, espeak)
        manager = await stack.enter_async_context(
            AmiManager(plan.ami_user, plan.ami_secret, host=plan.ami_address, port=plan.ami_port)
        )
        absences = AbsencesFile(runs / "absences.json")
        desk = Desk(
            plans.queues,
            plans.team,
            manager,
            absences=_kept(absences),
            keep=absences.save,
            wrap_up=plan.wrap_up_seconds,
        )
        notices = manager.events()
        await _fill_queues(desk)
        services = Services(
            book=plans.book,
            flow=plans.flow,
            recogniser=recogniser,
            new_vad=detector_maker(settings.speech.vad, settings.speech.vad_mode),
            prompts=prompts,
            transfers=Transfers(desk, prompts, _private_folder(runs / "whispers")),
            messages=runs / "messages",
            callers=await stack.enter_async_context(_callers(runs)),
            backend=await stack.enter_async_context(HttpBackend(secrets)),
        )
        house = House(plans, desk, services, (*sinks, journals.write), asterisk, settings)
        beside = [desk.follow(notices), house.books.follow(manager.events())]
        store = stack.enter_context(CallbackStore(runs / "callbacks.sqlite3"))
        house.callbacks = Callbacks(store, desk, manager, settings.callbacks)
        beside += [house.callbacks.follow(manager.events()), house.callbacks.run()]
        try:
            await house.callbacks.recover()
        except ManagerError as error:
            log.error("callbacks that were being dialled: %s", error)
        if settings.agents.screen_pop:
            webhook = Webhook(settings.agents.screen_pop)
            house.books.screens.append(webhook.send)
            beside.append(webhook.run())
        beside += [house.renew(settings, prompts), house.reload_when_asked()]
        if plan.recordings:
            beside.append(keep_recordings(plan.recordings, manager))
        await stack.enter_async_context(_beside(beside))
        orders = Orders(house)
        others = {CALLBACK: house.serve_callback}
        agents = AgentCalls(orders, lambda: house.plans.team, _private_folder(runs / "whispers"))
        await agents.prepare(espeak)
        others[AGENTS] = agents.serve
        await _listen(stack, settings, by_argument(house.serve, others))
        await stack.enter_async_context(control_socket(runs, orders))
        await prompts.warm(static_segments(plans.book))
        yield house


async def _listen(stack: AsyncExitStack, settings: Settings, handler: Handler) -> None:
    server = settings.server
    rendezvous = Rendezvous(limit=server.max_calls)
    audio = await stack.enter_async_context(
        AudioSocketServer(
            rendezvous,
            host=server.address,
            port=server.audio_port,
            max_connections=server.max_calls,
        )
    )
    await stack.enter_async_context(
        FastAgiServer(
            handler,
            rendezvous,
            f"{server.address}:{audio.port}",
            host=server.address,
            port=server.agi_port,
            max_calls=server.max_calls,
        )
    )


def _kept(file: AbsencesFile) -> Mapping[str, str]:
    try:
        return file.load()
    except StoreError as error:
        log.error("%s; until then Asterisk's own pauses hold", error)
        return {}


async def _fill_queues(desk: Desk) -> None:
    try:
        await desk.synchronise()
    except ManagerError as error:
        # Callers of the other queues are served, and `fallback` has its members from queues.conf.
        log.error("%s", error)


@asynccontextmanager
async def _beside(work: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run `work` beside the block; it ends with the block, and the block with it if it fails.

    Whatever failed comes out as it is, not in a group.
    """
    failure: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
            try:
                yield
            except Exception as error:
                failure = error
            finally:
                for task in tasks:
                    task.cancel()
    except ExceptionGroup as group_error:
        raise cause_of(group_error) from None
    if failure:
        raise failure


def _recogniser(settings: Settings) -> VoskRecogniser:
    folders = (settings.path(settings.paths.models), models.user_folder())
    paths = {
        language: models.find(name, folders) for language, name in settings.speech.models.items()
    }
    return VoskRecogniser(paths, workers=settings.server.decoder_threads)


def _callers(runs: Path) -> SqliteCallers:
    key = kept_secret(runs, CALLERS_KEY)
    return SqliteCallers(runs / "callers.sqlite3", key.encode())


def _prompt_store(settings: Settings, espeak: EspeakVoice) -> PromptStore:
    preferred: Voice | None = EdgeVoice() if settings.speech.voice == "edge" else None
    cache = settings.path(settings.paths.runs) / "prompts"
    return PromptStore(settings.path(settings.paths.prompts), cache, espeak, preferred)


def _private_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    oldest = (
        time.time() - WHISPER_SECONDS
    )  # callers of a server that died may still wait for theirs
    for leftover in path.glob("whisper-*.wav"):
        with contextlib.suppress(OSError):
            if leftover.stat().st_mtime < oldest:
                leftover.unlink()
    return path
