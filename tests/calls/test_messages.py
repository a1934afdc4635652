"""A message left on a real line: the tone is heard, the words are in the file."""

import asyncio

import pytest

from ivr.audio.wav import read_pcm
from ivr.call.recorder import beep
from ivr.dialogue.events import OrderGiven
from tests.callers import voice_of
from tests.calls.guests import Guest, guest, no_channels
from tests.house_fixture import Hotline
from tests.phone.signal import contains, samples_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


async def after_the_tone(caller: Guest) -> None:
    """Brought to the voicemail by a supervisor, whatever the hour is."""
    await caller.listens(0.3)
    caller.hotline.house.calls[caller.call_id].post(OrderGiven("goto", "message"))
    await caller.sees("StartRecording")
    await caller.call.heard_audio(beep(), timeout=20.0)


async def test_what_is_said_after_the_tone_is_kept(hotline: Hotline) -> None:
    story = await voice_of("请给我回电话, 谢谢。")
    async with guest(hotline) as caller:
        await after_the_tone(caller)
        await caller.call.speak(story)
        await caller.call.press("#")
        kept = await caller.sees("MessageKept")
        await caller.reaches("message_taken")
    await caller.is_over()
    folder = hotline.settings.path(hotline.settings.paths.runs) / "messages"
    recorded = samples_of(await asyncio.to_thread(read_pcm, folder / kept["recording"]))
    assert kept["reason"] == "stopped" and kept["speech"] > 0.5
    assert contains(recorded, samples_of(story))
    assert not contains(recorded, samples_of(beep()), at_least=0.5)
    await no_channels(hotline)


async def test_hanging_up_ends_a_message(hotline: Hotline) -> None:
    story = await voice_of("请给我回电话, 谢谢。")
    async with guest(hotline) as caller:
        await after_the_tone(caller)
        await caller.call.speak(story)
        await caller.call.hang_up()
        kept = await caller.sees("MessageKept")
        await caller.is_over()
    assert kept["reason"] == "hung_up"
    await no_channels(hotline)
