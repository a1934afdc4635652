"""Transfers with the whole story on a real Asterisk: whisper, screen, sending on, and the wait."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from ivr.cli.explain import reasons_of
from ivr.flow.prompt import PromptSegment
from ivr.routing.journalled import queued_calls
from ivr.server.settings import AgentSettings
from tests.callers import voices_of
from tests.calls.guests import PATIENCE, Guest, agent, guest, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import Call, CallEnded
from tests.phone.signal import contains, samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

POPS: list[dict[str, Any]] = []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    """The bank's hotline, with a web server that stands for the agents' screens."""

    async def take(request: web.Request) -> web.Response:
        POPS.append(json.loads(await request.text()))
        return web.Response(status=204)

    screens = web.Application()
    screens.router.add_post("/pop", take)
    runner = web.AppRunner(screens)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        settings = replace(
            settings_on_free_ports(Path(folder)),
            agents=AgentSettings(screen_pop=f"http://127.0.0.1:{port}/pop"),
        )
        async with open_hotline(settings) as running:
            yield running
    await runner.cleanup()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def voice() -> bytes:
    return (await voices_of([("您好, 请帮我挂失。", 0.86)]))[0]


async def report_a_lost_card(caller: Guest) -> None:
    await caller.listens(0.3)
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm")
    await caller.call.press("1")
    await caller.reaches("card_loss_agent")


async def whisper_of(hotline: Hotline, caller: Guest) -> bytes:
    """The sound of this call's whisper, as the hotline renders it."""
    (transfer,) = caller.data("StartTransfer")
    segments = [PromptSegment(**segment) for segment in transfer["whisper"]]
    prompts = hotline.house._services.prompts
    return b"".join([await prompts.fetch(segment) for segment in segments])


async def join(caller: Call, with_agent: Call, voice: bytes) -> None:
    """Both speak, and both hear each other."""
    async with asyncio.TaskGroup() as both:
        both.create_task(caller.speak(voice))
        both.create_task(with_agent.speak(voice))
    await with_agent.heard_audio(voice)
    await caller.heard_audio(voice)


async def pop_of(caller: Guest, number: int = 1) -> dict[str, Any]:
    def mine() -> list[dict[str, Any]]:
        return [pop for pop in POPS if pop["call"] == caller.call_id]

    await until(lambda: len(mine()) >= number, lambda: f"no screen for this call in {POPS}")
    return mine()[number - 1]


async def test_whisper_and_screen(hotline: Hotline, voice: bytes) -> None:
    async with agent(hotline, "wang") as wang, guest(hotline) as caller:
        await report_a_lost_card(caller)
        answered = await wang.next_call()
        await answered.answered
        await caller.sees("AgentAnswered")
        await join(caller.call, answered, voice)
        whisper = await whisper_of(hotline, caller)
        assert contains(answered.heard.samples, samples_of(whisper))
        assert not contains(caller.call.heard.samples, samples_of(whisper))
        pop = await pop_of(caller)
        assert (pop["event"], pop["agent"], pop["intent"]) == (
            "agent_connected",
            "wang",
            "card_loss",
        )
        assert pop["slots"]["card"] == "6688"
        assert pop["queue"] == "zh-card_loss.3-funds_at_risk"
        assert any("卡号的后四位" in line["text"] for line in pop["transcript"])
        await answered.hang_up()
        await caller.is_over()
    await no_channels(hotline)


async def test_an_agent_sends_the_caller_on(hotline: Hotline, voice: bytes) -> None:
    async with agent(hotline, "li") as li, guest(hotline) as caller:
        await report_a_lost_card(caller)
        first = await li.next_call()
        await first.answered
        await caller.sees("AgentAnswered")
        # Nobody above is there: the two stay joined.
        await first.press("*2")
        await caller.sees("EscalationRefused")
        await join(caller.call, first, voice)
        async with agent(hotline, "zhou") as zhou:
            # A caller who presses the same keys sends nobody anywhere.
            await caller.call.press("*2")
            with suppress(CallEnded):  # the agent is parted before the last packet of the key
                await first.press("*2")
            second: Call = await zhou.next_call(PATIENCE)
            await second.answered
            await caller.sees("AgentAnswered", 2)
            assert len(caller.data("Escalated")) == 1
            await first.ended
            await join(caller.call, second, voice)
            assert contains(second.heard.samples, samples_of(await whisper_of(hotline, caller)))
            pop = await pop_of(caller, 2)
            assert pop["agent"] == "zhou"
            assert pop["slots"]["card"] == "6688"
            assert pop["queue"].endswith("-to_specialist")  # the tier above li, or any higher
            await second.hang_up()
            await caller.is_over()
    await no_channels(hotline)


async def test_the_wait_is_told_and_compared(hotline: Hotline, voice: bytes) -> None:
    async with agent(hotline, "wang") as wang, guest(hotline) as one, guest(hotline) as two:
        await report_a_lost_card(one)
        first = await wang.next_call()
        await first.answered
        await report_a_lost_card(two)
        expected = await two.sees("WaitExpected")
        assert expected["position"] == 1
        said_at = two.call.now
        await two.call.heard_sound(after=said_at)
        await until(lambda: len(hotline.house.desk.line.callers) == 1, "nobody waits")
        await first.hang_up()
        second = await wang.next_call(PATIENCE)
        await second.answered
        await two.sees("AgentAnswered")
        await second.hang_up()
        await two.is_over()
    assert not one.data("WaitExpected")


async def test_the_screen_says_how_the_caller_sounds(hotline: Hotline) -> None:
    complaint = (await voices_of([("我要投诉", 0.86)]))[0]
    async with agent(hotline, "zhao") as zhao, guest(hotline) as caller:
        await caller.listens(0.3)
        await caller.call.press("#5")
        await caller.reaches("more")
        await caller.listens(0.3)
        await caller.call.speak(complaint)
        answered = await zhao.next_call(PATIENCE)
        await answered.answered
        pop = await pop_of(caller)
        assert pop["queue"] == "zh-complaints.3"
        assert pop["emotion"]["annoyed"] is True
        assert pop["emotion"]["estimate"] >= 0.7
        assert 'said "投诉"' in pop["emotion"]["reasons"]
        assert "complained +60 s" in pop["why"], "who sounds annoyed goes before others"
        await answered.hang_up()
        await caller.is_over()
    await no_channels(hotline)


async def test_who_answers_is_the_only_one(hotline: Hotline) -> None:
    taken = [r["call"] for r in hotline.of_kind("AgentAnswered")]
    sent_on = [r["call"] for r in hotline.of_kind("Escalated")]
    assert len(taken) == len(set(taken)) + len(sent_on)


async def test_every_way_to_an_agent_can_be_explained(hotline: Hotline) -> None:
    call = hotline.of_kind("Escalated")[0]["call"]
    records = [record for record in hotline.records if record["call"] == call]
    queues = hotline.house.plans.queues.queues
    told = [text for _, text in reasons_of(records, queues)]
    assert [text.split()[0] for text in told[:3]] == ["need", "queue", "agent"]
    assert "card_loss 3, zh, funds_at_risk" in told[0]
    assert "funds_at_risk +900 s" in told[1]
    assert "li after" in told[2] and "admitted at once" in told[2]
    assert any("sent on" in text and "by li" in text for text in told)
    calls = {record["call"] for record in hotline.records}
    journals = [[r for r in hotline.records if r["call"] == call_id] for call_id in calls]
    waits = [wait for journal in journals for wait in queued_calls(journal)]
    assert len(waits) == len(hotline.of_kind("TransferEnded"))
    assert all(wait.agent and wait.talked > 0 for wait in waits)
