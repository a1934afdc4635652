"""Voicemail in a live call: the tone, the file, and what ends a message."""

import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.audio.frames import SAMPLE_RATE
from ivr.audio.wav import read_pcm
from ivr.call.recorder import BEEP_HERTZ, BEEP_SECONDS, beep
from tests.call.rig import VOICE, Rig, rig
from tests.fakes.asterisk import FakeCall
from tests.telephony.servers import until


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as made:
        yield made
    assert made.failures == []


async def recording(room: Rig) -> FakeCall:
    """A caller who has heard the tone."""
    call = room.asterisk.dial(paced=True)
    await room.at("main")
    call.press("5")
    await until(lambda: "StartRecording" in room.kinds(), "the recording begins")
    await tones(call, 1)
    return call


async def tones(call: FakeCall, count: int) -> None:
    await until(lambda: bytes(call.heard).count(beep()) >= count, f"{count} tones")


def test_the_tone_is_one() -> None:
    samples = memoryview(beep()).cast("h")
    crossings = sum((a < 0) != (b < 0) for a, b in pairwise(samples))
    assert crossings == pytest.approx(2 * BEEP_HERTZ * BEEP_SECONDS, abs=4)
    assert len(samples) == BEEP_SECONDS * SAMPLE_RATE


async def test_a_message_ends_in_silence_and_is_kept_for_its_owner_alone(room: Rig) -> None:
    call = await recording(room)
    call.say(VOICE * 30)
    call.silence(1.0)
    await call.ended()
    (ended,) = room.data("RecordingEnded")
    assert ended["reason"] == "silence" and ended["speech"] == pytest.approx(0.6, abs=0.1)
    (message,) = room.messages
    assert message.name == ended["recording"] == room.data("MessageKept")[0]["recording"]
    assert stat.S_IMODE(message.stat().st_mode) == 0o600
    assert VOICE * 20 in read_pcm(message)
    assert room.sessions[0].state.slots["recording"] == message.name
    assert room.nodes[-1] == "bye"


async def test_the_pound_key_ends_it(room: Rig) -> None:
    call = await recording(room)
    call.say(VOICE * 30)
    call.press("#")
    await call.ended()
    assert [data["reason"] for data in room.data("RecordingEnded")] == ["stopped"]


async def test_hanging_up_keeps_what_was_said(room: Rig) -> None:
    call = await recording(room)
    call.say(VOICE * 30)
    call.hang_up()
    await call.ended()
    await until(lambda: len(room.messages) == 1, "the message is kept")
    assert room.data("MessageKept")[0]["reason"] == "hung_up"


async def test_beginning_anew_leaves_one_message(room: Rig) -> None:
    call = await recording(room)
    call.say(VOICE * 20)
    call.press("*")
    await tones(call, 2)
    call.say(VOICE * 30)
    call.silence(1.0)
    await call.ended()
    assert len(room.messages) == 1
    assert [data["reason"] for data in room.data("RecordingEnded")] == ["dropped", "silence"]


async def test_silence_leaves_nothing(room: Rig) -> None:
    call = await recording(room)
    call.silence(2.0)
    await room.at("quiet")
    await call.ended()
    assert room.messages == []


async def test_a_folder_that_cannot_be_written(room: Rig, tmp_path: Path) -> None:
    blocked = tmp_path.with_name(f"{tmp_path.name}-file")
    blocked.write_text("not a folder")
    room.services = replace(room.services, messages=blocked)
    call = await recording(room)
    call.say(VOICE * 30)
    call.silence(1.0)
    await room.at("nobody")
    assert room.data("RecordingEnded")[0]["reason"] == "failed"
    assert "MessageLost" in room.kinds()
    call.hang_up()
    await call.ended()


async def test_no_folder_no_message(room: Rig) -> None:
    room.services = replace(room.services, messages=None)
    call = room.asterisk.dial(paced=True)
    await room.at("main")
    call.press("5")
    await room.at("nobody")
    call.hang_up()
    await call.ended()
