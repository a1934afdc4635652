"""The channel, the servers and the manager link against a real Asterisk and a real SIP caller."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from ivr.audio.frames import FRAME_SECONDS, SILENCE, AudioFrame, frames_of
from ivr.ports import AudioLink, QueueEntry, SwitchEvent, TransferOutcome
from ivr.telephony.channel import AgiChannel
from ivr.telephony.fastagi_server import Handler
from ivr.telephony.manager import AmiManager
from ivr.telephony.private_asterisk import PrivateAsterisk
from tests.asterisk_fixture import AGENT_PASSWORD
from tests.phone import AgentPhone, Phone
from tests.phone.signal import contains, samples_of
from tests.telephony.servers import Servers, servers

pytestmark = pytest.mark.asterisk

PATIENCE = 20.0


def hum(seed: int, seconds: float = 1.5) -> bytes:
    """Telephone-band noise, like no other seed's."""
    noise = np.random.default_rng(seed).normal(size=int(8000 * seconds))
    spectrum = np.fft.rfft(noise)
    pitches = np.fft.rfftfreq(len(noise), 1 / 8000)
    spectrum[(pitches < 300) | (pitches > 3000)] = 0
    shaped = np.fft.irfft(spectrum, len(noise))
    return (shaped / np.abs(shaped).max() * 12000).astype("<i2").tobytes()


CALLER, BOT = hum(1), hum(2)


@asynccontextmanager
async def hotline(asterisk: PrivateAsterisk, bot: Handler) -> AsyncIterator[Servers]:
    async with servers(bot) as house:
        await asterisk.point_hotline_at("127.0.0.1", house.agi.port)
        yield house


async def say(link: AudioLink, pcm: bytes) -> None:
    """Speak at the pace of the telephone, then keep the line alive with silence for ever."""
    due = asyncio.get_running_loop().time()
    frames = list(frames_of(pcm))
    while True:
        link.send(frames.pop(0) if frames else SILENCE)
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


async def hear(link: AudioLink, keys: int) -> tuple[bytes, str]:
    """Listen until so many keys were pressed, or the end."""
    pcm, pressed = b"", ""
    while len(pressed) < keys and (item := await link.receive()) is not None:
        if isinstance(item, AudioFrame):
            pcm += item.pcm
        else:
            pressed += item
    return pcm, pressed


def agent_of(asterisk: PrivateAsterisk) -> AgentPhone:
    return AgentPhone(
        username="agent-li",
        password=AGENT_PASSWORD,
        registrar=f"sip:{asterisk.plan.address}:{asterisk.plan.sip_port}",
    )


async def no_channel_left(asterisk: PrivateAsterisk) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await asterisk.cli("core show channels concise")).strip():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_talk_both_ways_press_keys_and_meet_an_agent(asterisk: PrivateAsterisk) -> None:
    heard: asyncio.Future[tuple[bytes, str]] = asyncio.get_running_loop().create_future()
    ends: asyncio.Queue[object] = asyncio.Queue()

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(say(link, BOT))
            heard.set_result(await hear(link, keys=3))
            speaking.cancel()
        await link.close()
        assert not channel.gone
        outcome = await channel.enqueue(QueueEntry("cards", 5, 1, 15, rule="relax"))
        ends.put_nowait((outcome, channel.gone))

    plan = asterisk.plan
    manager = AmiManager(plan.ami_user, plan.ami_secret, port=plan.ami_port)
    async with hotline(asterisk, bot), manager, agent_of(asterisk) as agent, Phone() as phone:
        await manager.add_member("cards", "PJSIP/agent-li", "李", 1, "PJSIP/agent-li")
        try:
            call = await phone.dial(plan.hotline_uri)
            await call.speak(CALLER)
            await call.heard_audio(BOT, timeout=PATIENCE)
            await call.press("42#")
            async with asyncio.timeout(PATIENCE):
                pcm, keys = await heard
                assert keys == "42#"
                assert contains(samples_of(pcm), samples_of(CALLER))
                answered = await agent.next_call(PATIENCE)
                await answered.answered
                await call.hang_up()
                assert await ends.get() == (TransferOutcome.ANSWERED, True)
            await no_channel_left(asterisk)
        finally:
            await manager.remove_member("cards", "PJSIP/agent-li")


async def test_a_caller_who_hangs_up_while_the_bot_talks(asterisk: PrivateAsterisk) -> None:
    ends: asyncio.Queue[object] = asyncio.Queue()
    talking = asyncio.Event()

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(say(link, BOT))
            talking.set()
            await hear(link, keys=1)
            ends.put_nowait(channel.gone)
            speaking.cancel()

    async with hotline(asterisk, bot) as house, Phone() as phone:
        call = await phone.dial(asterisk.plan.hotline_uri)
        async with asyncio.timeout(PATIENCE):
            await talking.wait()
            await call.hang_up()
            assert await ends.get() is True
        await no_channel_left(asterisk)
        async with asyncio.timeout(PATIENCE):
            while house.agi.connections or house.audio.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


async def test_the_manager_takes_a_call_from_the_bot(asterisk: PrivateAsterisk) -> None:
    ends: asyncio.Queue[object] = asyncio.Queue()
    names: asyncio.Queue[str] = asyncio.Queue()

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        async with asyncio.TaskGroup() as group:
            speaking = group.create_task(say(link, BOT))
            names.put_nowait(channel.channel)
            await hear(link, keys=1)
            ends.put_nowait(channel.gone)
            speaking.cancel()

    plan = asterisk.plan
    manager = AmiManager(plan.ami_user, plan.ami_secret, port=plan.ami_port)
    async with hotline(asterisk, bot), manager, agent_of(asterisk) as agent, Phone() as phone:
        events = manager.events()
        await manager.add_member("fallback", "PJSIP/agent-li", "李", 0, "PJSIP/agent-li")
        try:
            call = await phone.dial(plan.hotline_uri)
            async with asyncio.timeout(PATIENCE):
                name = await names.get()
                assert name in [fields["Channel"] for fields in await manager.channels()]
                await manager.redirect(name, "fallback", "s")
                assert await ends.get() is True
                answered = await agent.next_call(PATIENCE)  # the caller never left the line
                await answered.answered
                await manager.hang_up(name)
                await call.wait_closed()
                async for notice in events:
                    if isinstance(notice, SwitchEvent) and notice.name == "Hangup":
                        break
            await no_channel_left(asterisk)
        finally:
            await manager.remove_member("fallback", "PJSIP/agent-li")
