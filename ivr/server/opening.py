"""Opening: wires flow, speech, Asterisk, agents and record into one house, and closes it again."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ivr.backend.http_backend import HttpBackend
from ivr.backend.secrets import load_secrets
from ivr.call.journal import Sink
from ivr.call.session import Services
from ivr.call.transfer import Transfers
from ivr.errors import ManagerError, StoreError
from ivr.flow.statics import static_segments
from ivr.live.alarms import Health
from ivr.routing.desk import Desk
from ivr.server.adapters import (
    callers_of,
    listen,
    prompt_store_of,
    recogniser_of,
    start_asterisk,
    whisper_folder,
)
from ivr.server.agent_calls import ARGUMENT as AGENTS
from ivr.server.agent_calls import AgentCalls, by_argument
from ivr.server.alarm_posts import AlarmPosts
from ivr.server.api.house_api import Control
from ivr.server.api.opening import open_doors
from ivr.server.api.readiness import Readiness
from ivr.server.beside import beside
from ivr.server.calling_back.dialler import CONTEXT as CALLBACK
from ivr.server.calling_back.dialler import Callbacks
from ivr.server.control.given import PhoneOrders
from ivr.server.control.orders import Orders
from ivr.server.house import House
from ivr.server.keeper import keep_asterisk
from ivr.server.overdue import Overdue
from ivr.server.plans import Plans, plan_asterisk
from ivr.server.record import close_what_was_lost, open_record, recording
from ivr.server.recordings import keep_recordings
from ivr.server.settings import Settings
from ivr.server.steering.steering import Steering
from ivr.server.todays_counts import take_up_day
from ivr.server.webhook import Webhook
from ivr.speech.detectors import detector_maker
from ivr.speech.espeak_voice import EspeakVoice
from ivr.store.absences import Absences
from ivr.store.alarms import AlarmLog
from ivr.store.callbacks import CallbackStore
from ivr.store.waits import latest_waits
from ivr.telephony.manager import AmiManager
from ivr.telephony.private_asterisk import AsteriskPlan

log = logging.getLogger(__name__)

Progress = Callable[[str], None]
Work = Coroutine[Any, Any, None]

LEARN_SECONDS = 7 * 86_400.0
"""Earlier waits say nothing of today's."""


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
        StoreError: the record cannot be opened, and waiting would not help.
        AsteriskError, ManagerError: Asterisk cannot be had, started or reached.
    """
    runs = settings.path(settings.paths.runs)
    plan = plan or plan_asterisk(settings, plans)
    secrets = load_secrets(settings.path(settings.paths.secrets))
    whispers = whisper_folder(runs)
    async with AsyncExitStack() as stack:
        doors = await stack.enter_async_context(open_doors(runs, settings.api))
        progress = doors.telling(progress)
        record = await asyncio.to_thread(open_record, settings, patient=True)
        stack.callback(record.dispose)
        journals, recorder = stack.enter_context(recording(settings, record))
        progress("loading the speech model ...")
        recogniser = await stack.enter_async_context(recogniser_of(settings))
        await recogniser.load()
        espeak = await stack.enter_async_context(EspeakVoice())
        prompts = await stack.enter_async_context(prompt_store_of(settings, espeak))
        asterisk = await start_asterisk(stack, settings, plan, espeak, progress)
        manager = await stack.enter_async_context(
            AmiManager(plan.ami_user, plan.ami_secret, host=plan.ami_address, port=plan.ami_port)
        )
        absences = await stack.enter_async_context(Absences(record))
        away = await _kept(absences)
        desk = _desk(settings, plans, plan, manager, absences, away or {})
        notices = manager.events()
        await _learn_waits(desk, record)
        await _fill_queues(desk)
        services = Services(
            book=plans.book,
            flow=plans.flow,
            recogniser=recogniser,
            new_vad=detector_maker(settings.speech.vad, settings.speech.vad_mode),
            prompts=prompts,
            transfers=Transfers(desk, prompts, whispers),
            messages=runs / "messages",
            callers=await stack.enter_async_context(callers_of(settings, record)),
            backend=await stack.enter_async_context(HttpBackend(secrets)),
            calls_back=bool(settings.callbacks.dial),
        )
        house = House(plans, desk, services, (*sinks, journals.write), asterisk, settings)
        house.record = record
        house.steering = Steering(house, manager)
        work = [desk.follow(notices), house.books.follow(manager.events())]
        work += [house.steering.follow(manager.events())]
        work += [*house.live.work(manager), *_alarms(settings, house, record)]
        work.append(take_up_day(house.board, record, settings.agents.answer_seconds))
        house.live.health = lambda: Health(journals.waiting, recorder.failing)
        work += await _callbacks(CallbackStore(record), settings, house, manager)
        work.append(close_what_was_lost(recorder, manager))
        if away is None:
            work.append(_take_up_absences(desk, absences))
        work += _screen_pops(settings, house)
        work.append(Overdue(desk, house.transfers, manager).run())
        work += [house.renew(settings, prompts), house.reload_when_asked()]
        if asterisk is not None:
            work.append(keep_asterisk(asterisk, espeak))
        if plan.recordings:
            work.append(keep_recordings(plan.recordings, manager))
        await stack.enter_async_context(beside(work))
        ready = Readiness()
        ready.expect(lambda: manager.connected, "Asterisk's manager cannot be reached")
        ready.expect(lambda: recogniser.loaded, "the speech model is not loaded")
        ready.add(lambda: recorder.failing and f"the record falls behind: {recorder.failing}")
        control = Control(
            house.board, Orders(house), house.choices, record, doors, ready, house.live.metrics
        )
        house.books.sinks.append(control.hub.take_record)
        house.books.screens.append(control.hub.take_screen)
        await _take_calls(stack, settings, house, control, ready, espeak, whispers)
        await prompts.warm(static_segments(plans.book))
        await stack.enter_async_context(control.open())
        yield house


def _desk(
    settings: Settings,
    plans: Plans,
    plan: AsteriskPlan,
    manager: AmiManager,
    absences: Absences,
    away: Mapping[str, str],
) -> Desk:
    return Desk(
        plans.queues,
        plans.team,
        manager,
        settings.routing.weights,
        absences=away,
        keep=absences.save,
        wrap_up=plan.wrap_up_seconds,
    )


async def _learn_waits(desk: Desk, record: Engine) -> None:
    """Let the desk judge its lines by what the record says of the last days."""
    try:
        waits = await asyncio.to_thread(latest_waits, record, time.time() - LEARN_SECONDS)
    except StoreError as error:
        log.error("callers are told no expected wait at first: %s", error)
        return
    desk.line.learn((wait.queue, wait.joined, wait.left) for wait in waits)


async def _callbacks(
    store: CallbackStore, settings: Settings, house: House, manager: AmiManager
) -> list[Work]:
    """Promised calls, those of an earlier run among them; gives the work they need."""
    house.callbacks = Callbacks(store, house.desk, manager, settings.callbacks)
    work = [house.callbacks.follow(manager.events()), house.callbacks.run()]
    try:
        await house.callbacks.recover()
    except (ManagerError, StoreError) as error:
        log.error("callbacks that were being dialled: %s", error)
    return work


def _alarms(settings: Settings, house: House, record: Engine) -> list[Work]:
    """What brings alarms into the record, and to the webhook if there is one."""
    url = settings.alarms.webhook
    webhook = Webhook(url, "an alarm for the webhook") if url else None
    posts = AlarmPosts(AlarmLog(record), webhook.send if webhook else None)
    house.live.listeners.append(posts.tell)
    return [posts.run(time.time()), *([webhook.run()] if webhook else [])]


def _screen_pops(settings: Settings, house: House) -> list[Work]:
    if not settings.agents.screen_pop:
        return []
    webhook = Webhook(settings.agents.screen_pop)
    house.books.screens.append(webhook.send)
    return [webhook.run()]


async def _take_calls(
    stack: AsyncExitStack,
    settings: Settings,
    house: House,
    control: Control,
    ready: Readiness,
    voice: EspeakVoice,
    whispers: Path,
) -> None:
    """Listen for callers and for agents' star codes."""
    agents = AgentCalls(PhoneOrders(control.given), lambda: house.plans.team, whispers)
    await agents.prepare(voice)
    others = {CALLBACK: house.serve_callback, AGENTS: agents.serve}
    await listen(stack, settings, by_argument(house.serve, others), ready)


async def _kept(absences: Absences) -> Mapping[str, str] | None:
    """Who is away; None if that cannot be read now."""
    try:
        return await asyncio.to_thread(absences.load)
    except StoreError as error:
        log.error("who is away is not known, until then Asterisk's own pauses hold: %s", error)
        return None


async def _take_up_absences(desk: Desk, absences: Absences) -> None:
    """Let the desk go by what was kept, once it can be read."""
    known = await absences.load_late()
    try:
        await desk.take_up(known)
    except ManagerError as error:  # Asterisk is told when the link is back
        log.error("who is away: %s", error)


async def _fill_queues(desk: Desk) -> None:
    try:
        await desk.synchronise()
    except ManagerError as error:
        # Callers of the other queues are served, and `fallback` has its members from queues.conf.
        log.error("%s", error)
