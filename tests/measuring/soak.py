"""Soak: many short calls of every ending, and what they leave behind in our process and Asterisk.

A hotline that asks nothing queues each caller. Some are answered, some give up while waiting, some
before they are answered at all; one agent refuses every call and another never picks up.
"""

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.call.journal import Record
from ivr.routing.skills import Presence
from ivr.server.settings import project_root
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import AgentPhone, Answer, CallEnded, CallRefused, IncomingCall, Phone
from tests.phone.agent import Behaviour, Refuse, RingOn

SETTLE_SECONDS = 20.0
WARM_UP = 20
"""Calls before the first measurement: what is loaded once is no leak."""
POOL = 64
"""More than asyncio's pool of threads ever holds: it is filled before the first measurement."""
PATIENCE = 60.0
LEAVE_AFTER = 0.3
RING_SECONDS = 3
AGENTS: tuple[tuple[str, Behaviour], ...] = (
    ("chen", Answer(after=0.05)),
    ("liu", Answer(after=0.05)),
    ("zhou", RingOn()),
    ("garcia", Refuse()),
)
FLOW = "tests/routing/data/straight.yaml"


@dataclass(frozen=True, slots=True)
class Level:
    """What is held at one moment. `rss` is our process's resident set in MiB."""

    channels: int
    sockets: int
    files: int
    threads: int
    tasks: int
    rss: float
    asterisk_rss: float


@dataclass(frozen=True, slots=True)
class Soak:
    """Levels after the warm-up, half the calls and all, and how the calls ended by the journal.

    `rss` holds the scripted phones too, which run in the same process.
    """

    calls: int
    seconds: float
    before: Level
    halfway: Level
    after: Level
    outcomes: dict[str, int]


async def soak(calls: int, at_once: int, progress: Callable[[int], None]) -> Soak:
    """Place `calls` calls, `at_once` at a time; `progress` hears how many are over."""
    outcomes: Counter[str] = Counter()

    def count(record: Record) -> None:
        if record["kind"] == "CallEnded":
            outcomes[record["data"]["outcome"]] += 1

    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        agents = Path(folder) / "agents.yaml"
        shutil.copy(project_root() / "flows" / "agents.yaml", agents)
        settings = settings_on_free_ports(
            Path(folder) / "runs", agents=agents, flow=project_root() / FLOW
        )
        settings = replace(
            settings,
            asterisk=replace(settings.asterisk, record_calls=False, ring_seconds=RING_SECONDS),
        )
        async with open_hotline(settings, sinks=(count,)) as hotline, AsyncExitStack() as stack:
            for name, behaviour in AGENTS:
                agent = await stack.enter_async_context(_agent(hotline, name, behaviour))
                forgetting = asyncio.get_running_loop().create_task(_forget_calls(agent))
                stack.callback(forgetting.cancel)
            await _until(lambda: hotline.house.desk.presence["chen"] is Presence.READY, "no agents")
            phone = await stack.enter_async_context(Phone())
            await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.05) for _ in range(POOL)))
            await _place(hotline, phone, WARM_UP, at_once, lambda done: None)
            before = await _settled(hotline)
            outcomes.clear()
            clock = asyncio.get_running_loop().time
            began = clock()
            half = calls // 2
            await _place(hotline, phone, half, at_once, progress)
            halfway = await _settled(hotline)
            await _place(hotline, phone, calls - half, at_once, lambda n: progress(half + n))
            seconds = clock() - began
            after = await _settled(hotline)
            return Soak(calls, seconds, before, halfway, after, dict(outcomes))


async def _place(
    hotline: Hotline, phone: Phone, calls: int, at_once: int, progress: Callable[[int], None]
) -> None:
    numbers = iter(range(calls))
    done = 0

    async def line() -> None:
        nonlocal done
        for number in numbers:
            await _one_call(hotline, phone, number)
            done += 1
            progress(done)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(line())
    hotline.records.clear()  # the test's own list, not the hotline's


async def _one_call(hotline: Hotline, phone: Phone, number: int) -> None:
    """Every fifth caller gives up in line, every seventh before the line is even open."""
    call = await phone.dial(hotline.uri, timeout=PATIENCE)
    try:
        if number % 7 == 3:
            await call.hang_up()
            return
        await call.answered
        if number % 5 == 2:
            await asyncio.sleep(LEAVE_AFTER)
            await call.hang_up()
            return
        async with asyncio.timeout(PATIENCE):
            await call.ended
    except (CallEnded, CallRefused):
        return
    except TimeoutError:
        await call.hang_up()
        raise


def _agent(hotline: Hotline, name: str, behaviour: Behaviour) -> AgentPhone:
    async def talk(call: IncomingCall) -> None:
        await asyncio.sleep(0.2)
        await call.hang_up()

    plan = hotline.plan
    return AgentPhone(
        username=f"agent-{name}",
        password=hotline.password(name),
        registrar=f"sip:{plan.address}:{plan.sip_port}",
        behaviour=behaviour,
        script=talk,
    )


async def _forget_calls(agent: AgentPhone) -> None:
    """A phone keeps each call, with all it heard, until somebody asks for it."""
    while True:
        await agent.next_call(timeout=86_400.0)


async def _settled(hotline: Hotline) -> Level:
    """The level once no call goes on."""
    asterisk = hotline.house.asterisk
    assert asterisk is not None
    async with asyncio.timeout(SETTLE_SECONDS):
        while (await asterisk.cli("core show channels concise")).strip():  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await _until(lambda: not hotline.house.calls, "a call is still in the books")
    await asyncio.sleep(1.0)  # the last connections' own goodbyes
    links = _links(os.getpid())
    return Level(
        channels=0,
        sockets=sum(link.startswith("socket:") for link in links),
        files=len(links),
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks()),
        rss=_rss(os.getpid()),
        asterisk_rss=_rss(asterisk.mark.pid),
    )


async def _until(holds: Callable[[], bool], complaint: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - books ring no bell
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise TimeoutError(complaint) from None


def _links(pid: int) -> list[str]:
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except FileNotFoundError:
            continue  # the folder's own handle
    return found


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
