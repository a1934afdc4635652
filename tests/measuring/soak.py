"""Soak: many short calls of every ending, and what they leave behind in server and Asterisk.

The server is `ivr serve` in a process of its own, and so is Asterisk; the scripted phones are in
this one. A hotline that asks nothing queues each caller. Some are answered, some give up while
waiting, some before they are answered at all; two agents refuse every call, two never pick up.
"""

import asyncio
import json
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from ivr.telephony.private_asterisk import PrivateAsterisk, attach, find_or_fetch
from tests.calls.apart import Server, Site, new_site, server
from tests.phone import AgentPhone, Answer, CallEnded, CallRefused, IncomingCall, Phone
from tests.phone.agent import Behaviour, Refuse, RingOn

SETTLE_SECONDS = 30.0
WARM_UP = 100
"""Calls before the first measurement: what is loaded or filled once is no leak."""
QUARTERS = 4
PATIENCE = 60.0
LEAVE_AFTER = 0.3
AGENTS: Mapping[str, Behaviour] = {
    "chen": Answer(after=0.05),
    "liu": Answer(after=0.05),
    "silent": RingOn(),
    "mute": RingOn(),
    "busy": Refuse(),
    "rude": Refuse(),
}
TEAM = "tests/measuring/soak_agents.yaml"
"""Those who answer are the last to be rung, so that the others are tried whenever they may be."""
FLOW = "tests/routing/data/straight.yaml"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Level:
    """What the server holds when no call goes on, after `calls` calls.

    `rss` is its resident memory, `malloc_used` what malloc had handed out of that, `malloc_kept`
    what was given back to malloc and not to the system, `asterisk_rss` Asterisk's own, all in MiB;
    `blocks` counts Python's own allocations. `tasks` are without those of `resting`, the agents who
    are left in peace just then because they did not answer.
    """

    calls: int
    channels: int
    sockets: int
    files: int
    threads: int
    tasks: int
    resting: int
    blocks: int
    rss: float
    malloc_used: float
    malloc_kept: float
    asterisk_rss: float


@dataclass(frozen=True, slots=True)
class Soak:
    """Levels after the warm-up and each look; how the calls ended, those of the warm-up too."""

    calls: int
    seconds: float
    levels: tuple[Level, ...]
    outcomes: dict[str, int]
    missed: int
    """How often an agent let a call ring or refused it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    calls: int
    at_once: int
    warm_up: int
    looks: int


@dataclass(frozen=True, slots=True)
class _Scene:
    site: Site
    server: Server
    asterisk: PrivateAsterisk
    phone: Phone
    inside: Path


async def soak(
    calls: int,
    at_once: int,
    progress: Callable[[int], None],
    warm_up: int = WARM_UP,
    looks: int = QUARTERS,
) -> Soak:
    """Place `calls` calls, `at_once` at a time; `progress` hears how many are over.

    Levels are taken after `warm_up` calls more, and then `looks` times.
    """
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        lines = ("ring_seconds = 3", "record_calls = false")
        site = new_site(Path(folder), FLOW, *lines, agents=TEAM)
        await site.asterisk("start", "--settings", str(site.file))
        try:
            return await _soak(site, _Plan(calls, at_once, warm_up, looks), progress)
        finally:
            await site.asterisk("stop")


async def _soak(site: Site, plan: _Plan, progress: Callable[[int], None]) -> Soak:
    inside = site.file.parent / "inside.json"
    command = ("-m", "tests.measuring.watched", str(inside), "serve", "--json")
    asterisk = attach(site.run_folder, await asyncio.to_thread(find_or_fetch, lambda line: None))
    assert asterisk is not None
    async with server(site, *command, "--settings", str(site.file)) as running:
        async with AsyncExitStack() as stack:
            for name, behaviour in AGENTS.items():
                await stack.enter_async_context(_agent(site, name, behaviour))
            phone = await stack.enter_async_context(Phone())
            scene = _Scene(site, running, asterisk, phone, inside)
            await _place(scene, plan.warm_up, plan.at_once, lambda: None)
            levels = [await _level(scene, 0)]
            clock = asyncio.get_running_loop().time
            began = clock()
            over = count(1)
            for look in range(plan.looks):
                until = plan.calls * (look + 1) // plan.looks
                calls = until - levels[-1].calls
                await _place(scene, calls, plan.at_once, lambda: progress(next(over)))
                levels.append(await _level(scene, until))
            seconds = clock() - began
        told = list(_journalled(running.text))
    ends = Counter(data["outcome"] for kind, data in told if kind == "CallEnded")
    missed = sum(kind == "AgentMissed" for kind, _ in told)
    return Soak(plan.calls, seconds, tuple(levels), dict(ends), missed)


def _journalled(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Kind and data of the records among the server's lines."""
    for line in text.splitlines():
        if line.startswith("{"):
            record = json.loads(line)
            yield record["kind"], record["data"]


async def _place(scene: _Scene, calls: int, at_once: int, over: Callable[[], None]) -> None:
    numbers = iter(range(calls))

    async def line() -> None:
        for number in numbers:
            await _one_call(scene, number)
            over()

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(line())


async def _one_call(scene: _Scene, number: int) -> None:
    """Every fifth caller gives up in line, every seventh before the line is even open."""
    call = await scene.phone.dial(scene.site.plan.hotline_uri, timeout=PATIENCE)
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


def _agent(site: Site, name: str, behaviour: Behaviour) -> AgentPhone:
    async def talk(call: IncomingCall) -> None:
        await asyncio.sleep(0.2)
        await call.hang_up()

    plan = site.plan
    return AgentPhone(
        username=f"agent-{name}",
        password=next(phone.password for phone in plan.agents if phone.name == name),
        registrar=f"sip:{plan.address}:{plan.sip_port}",
        behaviour=behaviour,
        script=talk,
    )


async def _level(scene: _Scene, calls: int) -> Level:
    """The level once no call goes on; the last connections take a moment to say goodbye."""
    async with asyncio.timeout(SETTLE_SECONDS):
        while (await scene.asterisk.cli("core show channels concise")).strip():  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await asyncio.sleep(1.0)
    pid = scene.server.process.pid
    inside = await _inside(scene)
    links = _links(pid)
    return Level(
        calls=calls,
        channels=0,
        sockets=sum(link.startswith("socket:") for link in links),
        files=len(links),
        threads=inside["threads"],
        tasks=inside["tasks"],
        resting=inside["resting"],
        blocks=inside["blocks"],
        rss=_rss(pid),
        malloc_used=inside["malloc_used"] / MIB,
        malloc_kept=inside["malloc_kept"] / MIB,
        asterisk_rss=_rss(scene.asterisk.mark.pid),
    )


async def _inside(scene: _Scene) -> dict[str, int]:
    """What the server says of itself."""
    scene.inside.unlink(missing_ok=True)
    scene.server.process.send_signal(signal.SIGUSR1)
    async with asyncio.timeout(SETTLE_SECONDS):
        while not scene.inside.exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    found: dict[str, int] = json.loads(scene.inside.read_text(encoding="utf-8"))
    return found


def _links(pid: int) -> list[str]:
    return [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
