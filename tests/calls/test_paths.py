"""Callers who get what they came for: by voice, by keys, in Mandarin and in English."""

import asyncio
from pathlib import Path

import pytest

from ivr.audio.wav import read_pcm
from tests.callers import voices_of
from tests.calls.guests import Guest, agent, guest, no_channels, until
from tests.house_fixture import Hotline
from tests.phone.signal import contains, samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CARD_LOSS = "zh-card_loss.3-funds_at_risk"
CARD_LOSS_EN = "en-card_loss.3-funds_at_risk"


def whispers(hotline: Hotline) -> list[Path]:
    folder = hotline.settings.path(hotline.settings.paths.runs) / "whispers"
    return list(folder.glob("whisper-*.wav"))


async def queued_for(somebody: Guest, queue: str) -> None:
    chosen = await somebody.sees("QueueChosen")
    assert chosen["queue"] == queue


async def test_in_mandarin_by_voice_to_the_right_agent(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    story, greeting = await voices_of([("您好, 请帮我挂失。", 0.86), ("您好, 我是王静。", 1.12)])
    async with agent(hotline, "wang") as wang, agent(hotline, "chen") as chen:
        async with guest(hotline) as caller:
            await caller.listens(1.0)
            await caller.call.speak(voices["我的卡丢了"])  # into the greeting
            await caller.reaches("card_loss")
            assert any(not ended["completed"] for ended in caller.data("PromptEnded"))
            assert "我的卡丢了" in caller.heard_words[0]
            await caller.call.press("6688")
            await caller.reaches("card_loss_confirm")
            await caller.listens(2.2)
            await caller.call.speak(voices["对"])
            await queued_for(caller, CARD_LOSS)
            handed_over = caller.call.now
            await until(lambda: bool(whispers(hotline)), "there is no whisper")
            whisper = read_pcm(whispers(hotline)[0])

            answered = await wang.next_call()
            await answered.answered
            assert not chen.calls
            await answered.heard_audio(whisper)
            await caller.sees("AgentAnswered")
            async with asyncio.TaskGroup() as both:
                both.create_task(answered.speak(greeting))
                both.create_task(caller.call.speak(story))
            await answered.heard_audio(story)
            await caller.call.heard_audio(greeting)
            since = caller.call.heard.between(handed_over)  # the same voice said much before
            assert not contains(since, samples_of(whisper), at_least=0.3)
            await caller.call.hang_up()
            await answered.ended
            await caller.is_over()
        (start,) = caller.data("StartTransfer")
        assert "6688" in start["context"].values()
        assert caller.data("AgentAnswered")[0]["agent"] == "wang"
        assert caller.data("CallEnded") == [{"outcome": "transferred"}]
    assert not whispers(hotline)
    await no_channels(hotline)


async def test_in_english_chosen_by_key(hotline: Hotline, voices: dict[str, bytes]) -> None:
    async with agent(hotline, "brown") as brown, guest(hotline) as caller:
        await caller.listens(0.3)
        await caller.call.press("8")
        await caller.reaches("main")
        await caller.listens(1.5)
        await caller.call.speak(voices["i lost my card"])
        await caller.reaches("card_loss")
        await caller.call.press("1234")
        await caller.reaches("card_loss_confirm")
        await caller.listens(2.5)
        await caller.call.speak(voices["yes"])
        await queued_for(caller, CARD_LOSS_EN)
        answered = await brown.next_call()
        await answered.answered
        await caller.sees("AgentAnswered")
        assert "card ending in" in caller.said


async def test_in_english_asked_for_by_voice(hotline: Hotline, voices: dict[str, bytes]) -> None:
    async with guest(hotline) as caller:
        await caller.listens(1.0)
        await caller.call.speak(voices["英语"])
        await caller.reaches("main")
        assert "How can I help you?" in caller.said
        await caller.listens(1.5)
        await caller.call.speak(voices["i lost my card"])
        await caller.reaches("card_loss")
        assert "Don't worry" in caller.said


async def test_by_keys_alone(hotline: Hotline) -> None:
    async with agent(hotline, "wang") as wang, guest(hotline) as caller:
        await caller.listens(0.3)
        await caller.call.press("#3")
        await caller.reaches("card_loss")
        await caller.call.press("6688")
        await caller.reaches("card_loss_confirm")
        await caller.call.press("1")
        await queued_for(caller, CARD_LOSS)
        answered = await wang.next_call()
        await answered.answered
        await caller.sees("AgentAnswered")
        await answered.hang_up()
        await caller.is_over()
        ended = await caller.call.ended  # the hotline hangs up once the agent has
        assert ended.cause == "hung up"
    assert caller.data("Heard") == []


async def test_digits_said_aloud(hotline: Hotline, voices: dict[str, bytes]) -> None:
    async with guest(hotline) as caller:
        await caller.listens(0.3)
        await caller.call.press("#3")
        await caller.reaches("card_loss")
        await caller.listens(2.0)
        await caller.call.speak(voices["四, 三, 二, 一"])
        await caller.reaches("card_loss_confirm")
        await caller.call.press("1")
        await caller.reaches("card_loss_agent")
        (start,) = [await caller.sees("StartTransfer")]
    assert start["context"]["card"] == "4321"
