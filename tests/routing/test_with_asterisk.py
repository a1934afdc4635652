"""Routing's numbers obeyed by a real Asterisk: members, presence, order, weight and rules."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.flow.need import Need
from ivr.flow.steps import Step, Tier
from ivr.ports import TransferOutcome
from ivr.routing.desk import Desk
from ivr.routing.matching import EXACT, NOBODY
from ivr.routing.queues import QueuePlan, plan_queues
from ivr.routing.skills import Presence, Team
from ivr.telephony.channel import AgiChannel
from ivr.telephony.fastagi_server import FastAgiServer
from ivr.telephony.manager import AmiManager
from ivr.telephony.private_asterisk import Installation, PrivateAsterisk
from ivr.telephony.private_asterisk.routing_plan import (
    agent_phones,
    asterisk_queues,
    asterisk_rules,
)
from ivr.telephony.rendezvous import Rendezvous
from tests.asterisk_fixture import AGENT_PASSWORD, start_on_free_ports
from tests.phone import AgentPhone, IncomingCall, Phone, RingOn
from tests.routing.teams import make

pytestmark = pytest.mark.asterisk

Script = Callable[[IncomingCall], Awaitable[None]]

PATIENCE = 30.0
RING_SECONDS = 3
REST_SECONDS = 5.0
LOANS = Need({"loans": 3})
STEPS = (Step(0), Step(3, lower=2), Step(6, lower=2, tier=Tier.EXPERT))
TEAM = Team(
    (
        make("good", loans=5, zh=5),
        make("weak", loans=1, zh=5),
    )
)
NEEDS = {
    "100": LOANS,
    "200": Need({"loans": 3}, caller_tier="vip"),
    "300": Need({"loans": 3}, issue="funds_at_risk"),
}
PLAN = plan_queues(NEEDS.values(), ["zh"], TEAM, STEPS)


@dataclass(frozen=True)
class Scene:
    """Who answers, and what each caller, known by number, needs."""

    team: Team
    needs: Mapping[str, Need]
    plan: QueuePlan


SMALL = Scene(TEAM, NEEDS, PLAN)


@dataclass
class Hotline:
    """A bot that asks nothing: each caller's number says the need, and is queued at once."""

    scene: Scene
    asterisk: PrivateAsterisk
    desk: Desk
    phones: AsyncExitStack
    bot: AsyncExitStack
    outcomes: dict[str, TransferOutcome] = field(default_factory=dict)

    async def serve(self, channel: AgiChannel) -> None:
        entry = self.desk.match(self.scene.needs[channel.caller], "zh").entry
        assert entry is not None
        self.outcomes[channel.caller] = await channel.enqueue(entry)

    async def agent(self, name: str, script: Script | None = None) -> AgentPhone:
        plan = self.asterisk.plan
        phone = AgentPhone(
            username=f"agent-{name}",
            password=AGENT_PASSWORD,
            registrar=f"sip:{plan.address}:{plan.sip_port}",
            script=script,
        )
        await self.phones.enter_async_context(phone)
        await until(lambda: self.desk.presence[name] is Presence.READY)
        return phone

    async def wait_in(self, queue: str, callers: int) -> None:
        """Wait until so many callers wait in `queue`."""
        async with asyncio.timeout(PATIENCE):
            while True:
                shown = await self.asterisk.cli(f"queue show {queue}")
                if f"{queue} has {callers} calls" in shown:
                    return
                await asyncio.sleep(0.1)


def caller_of(call: IncomingCall) -> str:
    return call.remote.removeprefix("sip:").split("@")[0]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if holds():
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def opened(
    folder: Path, installation: Installation, scene: Scene = SMALL
) -> AsyncIterator[Hotline]:
    passwords = {agent.name: AGENT_PASSWORD for agent in scene.team.agents}
    asterisk = await start_on_free_ports(
        folder,
        installation,
        agents=agent_phones(scene.team, passwords),
        queues=asterisk_queues(scene.plan),
        rules=asterisk_rules(scene.plan),
        recordings=None,
        ring_seconds=RING_SECONDS,
    )
    try:
        async with asyncio.TaskGroup() as group, AsyncExitStack() as phones:
            bot = AsyncExitStack()
            plan = asterisk.plan
            manager = AmiManager(plan.ami_user, plan.ami_secret, port=plan.ami_port)
            await bot.enter_async_context(manager)
            desk = Desk(scene.plan, scene.team, manager, rest_seconds=REST_SECONDS)
            notices = manager.events()
            await desk.synchronise()
            group.create_task(desk.follow(notices))
            hotline = Hotline(scene, asterisk, desk, phones, bot)
            server = FastAgiServer(hotline.serve, Rendezvous(), "127.0.0.1:1")
            await bot.enter_async_context(server)
            await asterisk.point_hotline_at("127.0.0.1", server.port)
            try:
                yield hotline
            finally:
                await phones.aclose()
                await bot.aclose()
    finally:
        await asterisk.stop()


async def test_presence_follows_the_telephones(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    async with opened(run_folder, asterisk_installation) as hotline:
        desk = hotline.desk
        shown = await hotline.asterisk.cli("queue show zh-loans.3")
        assert "good (PJSIP/agent-good) with penalty 1" in shown
        assert "weak (PJSIP/agent-weak) with penalty 19" in shown
        assert "(dynamic)" in shown
        assert desk.match(LOANS, "zh").kind == NOBODY
        good = await hotline.agent("good")
        assert desk.match(LOANS, "zh").kind == EXACT
        async with Phone() as phone:
            call = await phone.dial(hotline.asterisk.plan.hotline_uri, from_user="100")
            other = await good.next_call()
            await other.answered
            await until(lambda: desk.presence["good"] is Presence.BUSY)
            await other.hang_up()
            await until(lambda: desk.presence["good"] is Presence.READY)
            await until(lambda: hotline.outcomes == {"100": TransferOutcome.ANSWERED})
            await call.ended
        await good.close()
        await until(lambda: desk.presence["good"] is Presence.OFFLINE)


async def test_urgent_then_vip_then_in_order_of_arrival(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    async with opened(run_folder, asterisk_installation) as hotline, Phone() as phone:
        good = await hotline.agent("good")
        uri = hotline.asterisk.plan.hotline_uri
        await phone.dial(uri, from_user="100")
        first = await good.next_call()
        await first.answered
        await phone.dial(uri, from_user="100")
        await hotline.wait_in("zh-loans.3", 1)
        await phone.dial(uri, from_user="200")
        await hotline.wait_in("zh-loans.3", 2)
        await phone.dial(uri, from_user="300")
        await hotline.wait_in("zh-loans.3-funds_at_risk", 1)
        served = []
        current = first
        for _ in range(3):
            await current.hang_up()
            current = await good.next_call(PATIENCE)
            await current.answered
            served.append(caller_of(current))
        await current.hang_up()
        assert served == ["300", "200", "100"]


async def test_callers_in_line_are_served_though_the_bot_is_gone(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    async with opened(run_folder, asterisk_installation) as hotline, Phone() as phone:
        good = await hotline.agent("good")
        uri = hotline.asterisk.plan.hotline_uri
        await phone.dial(uri, from_user="100")
        current = await good.next_call()
        await current.answered
        for number, caller in enumerate(("100", "200", "100"), 1):
            await phone.dial(uri, from_user=caller, timeout=PATIENCE)
            await hotline.wait_in("zh-loans.3", number)
        await hotline.bot.aclose()
        served = []
        for _ in range(3):
            await current.hang_up()
            current = await good.next_call(PATIENCE)
            await current.answered
            served.append(caller_of(current))
        assert served == ["200", "100", "100"]


async def test_a_telephone_that_rings_on_is_passed_over(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    async with opened(run_folder, asterisk_installation) as hotline, Phone() as phone:
        good, weak = await hotline.agent("good"), await hotline.agent("weak")
        good.behaviour = RingOn()
        await phone.dial(hotline.asterisk.plan.hotline_uri, from_user="100", timeout=PATIENCE)
        first = await good.next_call(PATIENCE)
        second = await weak.next_call(PATIENCE)
        await second.answered
        # Only one of them has the caller.
        assert not first.is_up
        assert hotline.desk.presence["good"] is Presence.PAUSED
        await second.hang_up()
        await until(lambda: hotline.desk.presence["good"] is Presence.READY)


async def test_the_circle_widens_only_after_its_step(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    async with opened(run_folder, asterisk_installation) as hotline, Phone() as phone:
        good, weak = await hotline.agent("good"), await hotline.agent("weak")
        uri = hotline.asterisk.plan.hotline_uri
        clock = asyncio.get_running_loop().time
        await phone.dial(uri, from_user="100")
        await (await good.next_call()).answered
        began = clock()
        await phone.dial(uri, from_user="200")
        await (await weak.next_call(PATIENCE)).answered
        assert clock() - began >= 2.0
