"""A stream of urgent callers on a real Asterisk, and one who is not urgent and is served yet."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.routing.priority import Weights
from ivr.server.settings import RoutingSettings, project_root
from ivr.store.summary import summary_of
from tests.calls.guests import PATIENCE, agent, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

DATA = project_root() / "tests" / "routing" / "data"
WEIGHTS = Weights(issues={"funds_at_risk": 6}, most_besides=2)
"""Whoever has 8 points is overdue: 8 s of waiting, or 2 s of an urgent caller's."""
URGENT_ALWAYS_WAITING = 2
TALK = 1.0
ENOUGH = 40
"""Urgent calls after which an ordinary caller who still waits is taken to starve."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        settings = replace(
            settings_on_free_ports(
                Path(folder), flow=DATA / "two_desks.yaml", agents=DATA / "one_agent.yaml"
            ),
            routing=RoutingSettings(weights=WEIGHTS),
        )
        async with open_hotline(settings) as running:
            yield running


async def test_an_ordinary_caller_is_served_among_urgent_ones(hotline: Hotline) -> None:
    numbers = itertools.count(13900000000)
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(Phone())
        both = await stack.enter_async_context(agent(hotline, "both"))

        async def dial(number: str) -> None:
            call = await phone.dial(hotline.uri, from_user=number, timeout=PATIENCE)
            await call.answered

        await dial(str(next(numbers)))
        current = await both.next_call(PATIENCE)
        await current.answered
        await dial("13800000000")
        await until(lambda: len(hotline.house.desk.line.callers) == 1, "nobody waits")
        ordinary = _call_of(hotline, "13800000000")
        served = 0
        while not _agent_of(hotline, ordinary) and served < ENOUGH:
            while _urgent_waiting(hotline) < URGENT_ALWAYS_WAITING:
                there = _urgent_waiting(hotline)
                await dial(str(next(numbers)))
                await until(lambda: _urgent_waiting(hotline) > there, "not in line")  # noqa: B023
            await asyncio.sleep(TALK)
            await current.hang_up()
            current = await both.next_call(PATIENCE)
            await current.answered
            served += 1
            await until(lambda: len(hotline.of_kind("AgentAnswered")) > served, "not joined")  # noqa: B023
        assert _agent_of(hotline, ordinary) == "both", f"{served} urgent callers went before"
        assert _urgent_waiting(hotline) >= 1, "there was always somebody urgent"
        queues = [r["data"]["queue"] for r in _records(hotline, ordinary, "QueueChosen")]
        assert queues == ["zh-loans.3", "zh-loans.3-overdue"]
        (answered,) = _records(hotline, ordinary, "AgentAnswered")
        assert int(answered["data"]["waited"]) >= WEIGHTS.most - 1  # not the front's seconds alone
        await current.hang_up()
        await until(lambda: bool(_records(hotline, ordinary, "CallEnded")), "not over")
        whole = [record for record in hotline.records if record["call"] == ordinary]
        (wait,) = summary_of(whole, ordinary).waits
        assert (wait["queue"], wait["agent"], wait["outcome"]) == ("zh-loans.3", "both", "answered")
        assert wait["waited"] >= WEIGHTS.most - 1
        picture = hotline.house.board.picture(time.time())
        counted = {row.queue: (row.answered, row.abandoned) for row in picture.queues}
        assert counted["zh-loans.3"] == (1, 0)
    await no_channels(hotline)


def _call_of(hotline: Hotline, number: str) -> str:
    (started,) = (r for r in hotline.of_kind("CallStarted") if r["data"]["caller"] == number)
    return str(started["call"])


def _records(hotline: Hotline, call: str, kind: str) -> list[dict[str, dict[str, str]]]:
    return [r for r in hotline.of_kind(kind) if r["call"] == call]


def _agent_of(hotline: Hotline, call: str) -> str:
    return next((r["data"]["agent"] for r in _records(hotline, call, "AgentAnswered")), "")


def _urgent_waiting(hotline: Hotline) -> int:
    callers = hotline.house.desk.line.callers
    return sum("funds_at_risk" in caller.queue for caller in callers)
