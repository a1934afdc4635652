"""A morning at six desks: twenty callers with different needs on a real Asterisk, told in order."""

import asyncio
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ivr.flow.prompt import PromptSegment
from ivr.server.settings import project_root
from tests.calls.guests import PATIENCE, agent, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import (
    AgentPhone,
    CallEnded,
    CallRefused,
    IncomingCall,
    OutgoingCall,
    Phone,
    RingOn,
)
from tests.phone.signal import contains, samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

DATA = project_root() / "tests" / "routing" / "data"
LOANS, TROUBLE, WEALTH, GUEST = "131", "132", "133", "134"
SKILL = {LOANS: "loans", TROUBLE: "card_loss", WEALTH: "wealth", GUEST: "loans"}
WIDENS_AFTER = 4.0
CROWD = 2 * (LOANS, WEALTH, TROUBLE, LOANS, GUEST, WEALTH, TROUBLE)


@dataclass
class Morning:
    """The hotline, whoever has called it, and what the agents' screens showed."""

    hotline: Hotline
    phone: Phone
    pops: list[dict[str, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(10_000_000))

    async def caller(self, wants: str) -> tuple[str, OutgoingCall]:
        """Somebody calls; gives their number, which says what they want."""
        number = f"{wants}{next(self.numbers)}"
        call = await self.phone.dial(self.hotline.uri, from_user=number, timeout=PATIENCE)
        await call.answered
        return number, call

    async def waiting(self, callers: int) -> None:
        line = self.hotline.house.desk.line
        await until(lambda: len(line.callers) == callers, lambda: line.callers)

    def records(self, number: str, kind: str) -> list[dict[str, Any]]:
        started = self.hotline.of_kind("CallStarted")
        (call,) = (r["call"] for r in started if r["data"]["caller"] == number)
        return [r for r in self.hotline.of_kind(kind) if r["call"] == call]

    def agents_of(self, number: str) -> list[str]:
        return [r["data"]["agent"] for r in self.records(number, "AgentAnswered")]

    async def served(self, number: str) -> str:
        await until(lambda: bool(self.agents_of(number)), f"{number} waits")
        return self.agents_of(number)[0]


@pytest_asyncio.fixture(loop_scope="module")
async def morning() -> AsyncIterator[Morning]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        paths = {"flow": DATA / "six_desks.yaml", "agents": DATA / "six_agents.yaml"}
        settings = settings_on_free_ports(Path(folder), **paths)
        settings = replace(settings, asterisk=replace(settings.asterisk, ring_seconds=3))
        async with open_hotline(settings) as hotline, Phone() as phone:
            made = Morning(hotline, phone)
            hotline.house.books.screens.append(made.pops.append)
            yield made
            await no_channels(hotline)


async def answered(phone: AgentPhone) -> IncomingCall:
    call = await phone.next_call(PATIENCE)
    await call.answered
    return call


async def serve_all(morning: Morning, name: str, phone: AgentPhone) -> None:
    """Answer, talk shortly once the whisper is over, hang up, for ever."""

    def taken() -> int:
        return sum(r["data"]["agent"] == name for r in morning.hotline.of_kind("AgentAnswered"))

    while True:
        call = await phone.next_call(86_400.0)
        before = taken()
        with suppress(CallEnded, CallRefused):  # rung elsewhere meanwhile, or gone
            await call.answered
            await until(lambda: taken() > before or not call.is_up, "not joined")  # noqa: B023
            await asyncio.sleep(0.2)
            await call.hang_up()


async def test_twenty_callers_and_six_agents(morning: Morning) -> None:
    hotline = morning.hotline
    everybody: list[str] = []
    async with AsyncExitStack() as desks, asyncio.TaskGroup() as crowd:
        # Money at risk, then the guest, then in order of arrival, while Cai is alone.
        cai = await desks.enter_async_context(agent(hotline, "cai"))
        first, first_call = await morning.caller(LOANS)
        talk = await answered(cai)
        assert await morning.served(first) == "cai"
        later = []
        for place, wants in enumerate((LOANS, GUEST, TROUBLE), 1):
            later.append((await morning.caller(wants))[0])
            await morning.waiting(place)
        order = []
        for left in (2, 1, 0):
            await talk.hang_up()
            talk = await answered(cai)
            await morning.waiting(left)
            order.append(next(n for n in later if n not in order and morning.agents_of(n)))
        assert [number[:3] for number in order] == [TROUBLE, GUEST, LOANS]
        everybody += [first, *later]

        # The whisper is for the agent alone, and the story comes with the call.
        whisper = await whisper_of(morning, order[-1])
        assert contains(talk.heard.samples, whisper)
        assert not contains(first_call.heard.samples, await whisper_of(morning, first))
        pop = next(p for p in morning.pops if p["call"] == call_of(morning, order[0]))
        assert (pop["agent"], pop["queue"]) == ("cai", "zh-card_loss.3-funds_at_risk")

        # Fu knows too little of loans, and is asked once the step is over; Cai talks still.
        fu = await desks.enter_async_context(agent(hotline, "fu"))
        patient, _ = await morning.caller(LOANS)
        helped = await answered(fu)
        assert await morning.served(patient) == "fu"
        chosen, taken = (
            morning.records(patient, k)[0]["at"] for k in ("QueueChosen", "AgentAnswered")
        )
        assert taken - chosen >= WIDENS_AFTER - 1
        await helped.hang_up()

        # Anna is the best and lets it ring: Bo is next.
        anna = await desks.enter_async_context(agent(hotline, "anna", RingOn()))
        bo = await desks.enter_async_context(agent(hotline, "bo"))
        passed_on, _ = await morning.caller(LOANS)
        helped = await answered(bo)
        assert await morning.served(passed_on) == "bo"
        assert [r["data"]["agent"] for r in morning.records(passed_on, "AgentMissed")] == ["anna"]
        await helped.hang_up()
        await talk.hang_up()
        everybody += [patient, passed_on]

        # All the others at once.
        anna.behaviour = bo.behaviour
        phones = {"anna": anna, "bo": bo, "cai": cai, "fu": fu}
        for name in ("dai", "en"):
            phones[name] = await desks.enter_async_context(agent(hotline, name))
        at_work = [crowd.create_task(serve_all(morning, *one)) for one in phones.items()]
        everybody += [(await morning.caller(wants))[0] for wants in CROWD]
        for number in everybody:
            await morning.served(number)
        for task in at_work:
            task.cancel()
    assert len(everybody) == 20
    team = hotline.house.desk.team
    for number in everybody:
        (who,) = morning.agents_of(number)  # one agent, and no other
        person = team.agent(who)
        assert person is not None
        level = person.skills.get(SKILL[number[:3]], 0)
        assert level >= 3 or (who, level) == ("fu", 1), f"{who} for {number}"


async def whisper_of(morning: Morning, number: str) -> Any:
    (transfer,) = morning.records(number, "StartTransfer")
    segments = [PromptSegment(**one) for one in transfer["data"]["whisper"]]
    prompts = morning.hotline.house._services.prompts
    return samples_of(b"".join([await prompts.fetch(segment) for segment in segments]))


def call_of(morning: Morning, number: str) -> str:
    return str(morning.records(number, "StartTransfer")[0]["call"])
