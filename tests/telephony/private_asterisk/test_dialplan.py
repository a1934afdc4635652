"""Real calls through the dialplan, with every way in which the bot may fail."""

import asyncio
import socket
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from ivr.telephony.private_asterisk import PrivateAsterisk, free_port
from tests.asterisk_fixture import AGENT_PASSWORD
from tests.phone import AgentPhone, CallRefused, Phone, RegistrationFailed
from tests.phone.signal import contains, samples_of

pytestmark = pytest.mark.asterisk

PATIENCE = 20.0


def voice(seed: int, seconds: float = 2.0) -> bytes:
    """Band-limited noise in syllables: unlike any other seed's, and unlike silence."""
    noise = np.random.default_rng(seed).normal(size=int(8000 * seconds))
    spectrum = np.fft.rfft(noise)
    pitches = np.fft.rfftfreq(len(noise), 1 / 8000)
    spectrum[(pitches < 300) | (pitches > 3000)] = 0
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 3 * np.arange(len(noise)) / 8000)
    shaped = np.fft.irfft(spectrum, len(noise)) * syllables
    return (shaped / np.abs(shaped).max() * 12000).astype("<i2").tobytes()


CALLER, AGENT, BOT = voice(1), voice(2), voice(3)


def write_wav(path: Path, pcm: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm)


class Agi:
    """The bot's end of one FastAGI session, bare."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def environment(self) -> dict[str, str]:
        found = {}
        while line := (await self._reader.readline()).decode().strip():
            name, _, value = line.partition(": ")
            found[name] = value
        return found

    def begin(self, command: str) -> None:
        self._writer.write(f"{command}\n".encode())

    async def run(self, command: str) -> str:
        self.begin(command)
        return (await self._reader.readline()).decode().strip()

    def die(self) -> None:
        """What Asterisk sees when our process is killed."""
        self._writer.transport.abort()


Bot = Callable[[Agi], Awaitable[None]]


@asynccontextmanager
async def bot_at(asterisk: PrivateAsterisk, bot: Bot) -> AsyncIterator[None]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await bot(Agi(reader, writer))
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        await asterisk.point_hotline_at(*server.sockets[0].getsockname())
        yield


@asynccontextmanager
async def agent_in(asterisk: PrivateAsterisk, queue: str) -> AsyncIterator[AgentPhone]:
    plan = asterisk.plan

    async with AgentPhone(
        username="agent-li",
        password=AGENT_PASSWORD,
        registrar=f"sip:{plan.address}:{plan.sip_port}",
    ) as phone:
        await asterisk.cli(f"queue add member PJSIP/agent-li to {queue}")
        try:
            yield phone
        finally:
            await asterisk.cli(f"queue remove member PJSIP/agent-li from {queue}")


async def no_channel_left(asterisk: PrivateAsterisk) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await asterisk.cli("core show channels concise")).strip():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def meet(asterisk: PrivateAsterisk, caller: Phone, agent: AgentPhone) -> None:
    """Dial the hotline; the agent must answer, and both must hear each other."""
    call = await caller.dial(asterisk.plan.hotline_uri)
    answer = await agent.next_call(PATIENCE)
    async with asyncio.timeout(PATIENCE):
        await answer.answered
        await asyncio.gather(call.speak(CALLER), answer.speak(AGENT))
    await answer.heard_audio(CALLER, timeout=PATIENCE)
    await call.heard_audio(AGENT, timeout=PATIENCE)
    await call.hang_up()
    await no_channel_left(asterisk)


async def nobody(asterisk: PrivateAsterisk) -> None:
    await asterisk.point_hotline_at("127.0.0.1", free_port(socket.SOCK_STREAM))


async def test_server_not_running_the_caller_reaches_the_fallback_agent(
    asterisk: PrivateAsterisk,
) -> None:
    await nobody(asterisk)
    async with agent_in(asterisk, "fallback") as agent, Phone() as caller:
        await meet(asterisk, caller, agent)


@pytest.mark.parametrize("command", ["", "EXEC Wait 1", "GET VARIABLE X"])
async def test_server_killed_mid_call_the_caller_reaches_the_fallback_agent(
    asterisk: PrivateAsterisk, command: str
) -> None:
    async def bot(agi: Agi) -> None:
        await agi.environment()
        if command:
            agi.begin(command)
        agi.die()

    async with bot_at(asterisk, bot), agent_in(asterisk, "fallback") as agent, Phone() as caller:
        await meet(asterisk, caller, agent)


async def test_a_served_call_ends_without_the_fallback_queue(asterisk: PrivateAsterisk) -> None:
    async def bot(agi: Agi) -> None:
        told = await agi.environment()
        assert told["agi_extension"] == "1000"
        assert told["agi_context"] == "hotline"
        assert await agi.run("SET VARIABLE IVR_DONE 1") == "200 result=1"

    async with bot_at(asterisk, bot), agent_in(asterisk, "fallback") as agent, Phone() as caller:
        call = await caller.dial(asterisk.plan.hotline_uri)
        async with asyncio.timeout(PATIENCE):
            await call.ended
        await no_channel_left(asterisk)
        assert agent.calls == []
        with pytest.raises(TimeoutError):
            await agent.next_call(0.1)


async def test_a_caller_already_served_by_an_agent_does_not_wait_again(
    asterisk: PrivateAsterisk,
) -> None:
    async def bot(agi: Agi) -> None:
        await agi.environment()
        agi.begin("EXEC Queue cards,tc,,,30")
        agi.die()

    async with bot_at(asterisk, bot), agent_in(asterisk, "cards") as agent, Phone() as caller:
        await asterisk.cli("queue add member PJSIP/agent-li to fallback")
        call = await caller.dial(asterisk.plan.hotline_uri)
        answer = await agent.next_call(PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await answer.answered
            await answer.hang_up()
            await call.ended
        await no_channel_left(asterisk)
        await asterisk.cli("queue remove member PJSIP/agent-li from fallback")
        with pytest.raises(TimeoutError):
            await agent.next_call(0.1)


async def test_hanging_up_while_the_bot_talks_rings_nobody(asterisk: PrivateAsterisk) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def bot(agi: Agi) -> None:
        await agi.environment()
        heard.put_nowait("arrived")
        heard.put_nowait(await agi.run("EXEC Wait 60"))

    async with bot_at(asterisk, bot), agent_in(asterisk, "fallback") as agent, Phone() as caller:
        call = await caller.dial(asterisk.plan.hotline_uri)
        async with asyncio.timeout(PATIENCE):
            await call.answered
            assert await heard.get() == "arrived"
            await call.hang_up()
            assert await heard.get() in ("200 result=-1", "HANGUP")
        await no_channel_left(asterisk)
        with pytest.raises(TimeoutError):
            await agent.next_call(0.1)


async def test_nobody_at_all_the_caller_hears_both_prompts_and_the_call_ends(
    asterisk: PrivateAsterisk,
) -> None:
    await nobody(asterisk)
    sounds = asterisk.plan.sounds_folder
    sorry, goodbye = voice(11), voice(12)
    write_wav(sounds / "fallback.wav", sorry)
    write_wav(sounds / "goodbye.wav", goodbye)
    try:
        async with Phone() as caller:
            call = await caller.dial(asterisk.plan.hotline_uri)
            async with asyncio.timeout(PATIENCE):
                await call.ended
            assert contains(call.heard.samples, samples_of(sorry))
            assert contains(call.heard.samples, samples_of(goodbye))
    finally:
        (sounds / "fallback.wav").unlink()
        (sounds / "goodbye.wav").unlink()
    await no_channel_left(asterisk)


async def test_without_prompts_the_call_still_ends_in_order(asterisk: PrivateAsterisk) -> None:
    await nobody(asterisk)
    async with Phone() as caller:
        call = await caller.dial(asterisk.plan.hotline_uri)
        async with asyncio.timeout(PATIENCE):
            assert (await call.ended).status == 200
    await no_channel_left(asterisk)


@pytest.mark.parametrize("state", ["no member", "not registered", "paused"])
async def test_a_queue_that_nobody_can_answer_is_left_at_once(
    asterisk: PrivateAsterisk, state: str
) -> None:
    answers: asyncio.Queue[str] = asyncio.Queue()

    async def bot(agi: Agi) -> None:
        await agi.environment()
        await agi.run("EXEC Queue loans,tc,,,60")
        answers.put_nowait(await agi.run("GET VARIABLE QUEUESTATUS"))
        await agi.run("SET VARIABLE IVR_DONE 1")

    async def dial() -> str:
        async with bot_at(asterisk, bot), Phone() as caller:
            call = await caller.dial(asterisk.plan.hotline_uri)
            async with asyncio.timeout(PATIENCE):
                status = await answers.get()
                await call.ended
        return status

    if state == "paused":
        async with agent_in(asterisk, "loans"):
            await asterisk.cli("queue pause member PJSIP/agent-li queue loans")
            status = await dial()
    elif state == "not registered":
        await asterisk.cli("queue add member PJSIP/agent-chen to loans")
        status = await dial()
        await asterisk.cli("queue remove member PJSIP/agent-chen from loans")
    else:
        status = await dial()
    assert status == "200 result=1 (JOINEMPTY)"
    await no_channel_left(asterisk)


async def test_the_agent_alone_hears_the_whisper_first(asterisk: PrivateAsterisk) -> None:
    path = asterisk.plan.run_folder / "whisper.wav"
    whisper = voice(21)
    write_wav(path, whisper)

    async def bot(agi: Agi) -> None:
        await agi.environment()
        await agi.run("SET VARIABLE QUEUE_MAX_PENALTY 10")
        await agi.run(f"EXEC Queue cards,tc,,{path.with_suffix('')},30,,,relax")
        await agi.run("SET VARIABLE IVR_DONE 1")

    async with bot_at(asterisk, bot), agent_in(asterisk, "cards") as agent, Phone() as caller:
        call = await caller.dial(asterisk.plan.hotline_uri)
        answer = await agent.next_call(PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await answer.answered
            await answer.heard_audio(whisper, timeout=PATIENCE)
            await call.speak(CALLER)
        match = await answer.heard_audio(CALLER, timeout=PATIENCE, at_least=0.4)
        assert match.share > 0
        assert not contains(call.heard.samples, samples_of(whisper), at_least=0.2)
        await call.hang_up()
    await no_channel_left(asterisk)


async def test_the_recording_has_the_caller_left_and_the_bot_right(
    asterisk: PrivateAsterisk,
) -> None:
    path = asterisk.plan.run_folder / "bot.wav"
    write_wav(path, BOT)
    told: asyncio.Queue[str] = asyncio.Queue()
    spoken = asyncio.Event()

    async def bot(agi: Agi) -> None:
        told.put_nowait((await agi.environment())["agi_uniqueid"])
        await agi.run(f'EXEC Playback "{path.with_suffix("")}"')
        await spoken.wait()
        await agi.run("SET VARIABLE IVR_DONE 1")

    async with bot_at(asterisk, bot), Phone() as caller:
        call = await caller.dial(asterisk.plan.hotline_uri)
        async with asyncio.timeout(PATIENCE):
            await call.answered
            await call.speak(CALLER)
            spoken.set()
            await call.ended
    await no_channel_left(asterisk)
    assert asterisk.plan.recordings is not None
    raw = (asterisk.plan.recordings / f"{await told.get()}.raw").read_bytes()
    left, right = np.frombuffer(raw, "<i2").astype(np.int16).reshape(-1, 2).T
    assert contains(left, samples_of(CALLER)) and not contains(left, samples_of(BOT))
    assert contains(right, samples_of(BOT)) and not contains(right, samples_of(CALLER))


@pytest.mark.parametrize("number", ["agent-li", "fallback", "goodbye", "h"])
async def test_strangers_reach_nothing_but_the_hotline(
    asterisk: PrivateAsterisk, number: str
) -> None:
    async with Phone() as caller:
        plan = asterisk.plan
        call = await caller.dial(f"sip:{number}@{plan.address}:{plan.sip_port}")
        with pytest.raises(CallRefused) as caught:
            async with asyncio.timeout(PATIENCE):
                await call.answered
    # 484: `h` is the beginning of `hotline`.
    assert caught.value.status in (404, 484)


async def test_an_agent_must_know_the_password(asterisk: PrivateAsterisk) -> None:
    plan = asterisk.plan
    with pytest.raises(RegistrationFailed):
        async with AgentPhone(
            username="agent-li", password="wrong", registrar=f"sip:{plan.address}:{plan.sip_port}"
        ):
            pass
