"""Many callers at once, and peers that do not mean well while a caller is talked to."""

import asyncio
import os
import struct
import time

import pytest

from tests.calls.guests import figures, guest, no_channels
from tests.house_fixture import Hotline
from tests.phone import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CALLS = 24


async def test_many_callers_at_once_are_all_served(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    """Each is greeted, speaks into the greeting, is understood, and keys what it wants."""

    async def one(phone: Phone) -> tuple[float, float]:
        async with guest(hotline, phone) as caller:
            assert caller.call.answered_at is not None
            greeted = await caller.call.heard_sound(timeout=60.0) - caller.call.answered_at
            await asyncio.sleep(1.0)
            _, ended = await caller.call.speak(voices["贷款"])
            await caller.reaches("loans")
            answer = await caller.call.heard_sound(after=ended + 0.1) - ended
            await caller.call.press("1")
            await caller.reaches("no_agent")
            assert caller.heard_words == ["贷款"]
        await caller.is_over()
        assert caller.data("Crashed") == []
        return greeted, answer

    began = time.process_time()
    async with Phone() as phone:
        results = await asyncio.gather(*(one(phone) for _ in range(CALLS)))
    print(f"greeted after answer, {figures([greeted for greeted, _ in results])}")
    print(f"answered after speech, {figures([answer for _, answer in results])}")
    print(f"{CALLS} calls, {time.process_time() - began:.1f} s of CPU here")
    assert len(results) == CALLS
    await no_channels(hotline)


AGI_ATTACKS = [
    b"",
    b"\n",
    b"agi_network: yes\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"agi_uniqueid: ../../etc/passwd\nagi_channel: x\n\n",
    b"agi_" + b"x" * 100_000,
    os.urandom(4096),
]
AUDIO_ATTACKS = [
    b"",
    struct.pack(">BH", 0x01, 16) + os.urandom(16),
    struct.pack(">BH", 0x10, 320) + bytes(320),
    struct.pack(">BH", 0x01, 3) + b"abc",
    struct.pack(">BH", 0xFF, 0xFFFF) + os.urandom(65_535),
    struct.pack(">BH", 0x01, 16) + b"half",
    os.urandom(4096),
]


async def attack(port: int, data: bytes) -> None:
    """Connect, send, read until the server has had enough (or a moment), and leave."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return
    try:
        writer.write(data)
        async with asyncio.timeout(1.0):
            await writer.drain()
            await reader.read()
    except (OSError, TimeoutError):
        pass
    finally:
        writer.transport.abort()


async def test_hostile_peers_do_not_disturb_a_call(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    server = hotline.settings.server
    async with guest(hotline) as caller, asyncio.TaskGroup() as attackers:

        async def go_on() -> None:
            async with asyncio.TaskGroup() as together:
                for data in AGI_ATTACKS:
                    together.create_task(attack(server.agi_port, data))
                for data in AUDIO_ATTACKS:
                    together.create_task(attack(server.audio_port, data))

        attackers.create_task(go_on())
        begun = await caller.call.heard_sound()
        await caller.listens(1.0)
        await caller.call.speak(voices["贷款"])
        attackers.create_task(go_on())
        await caller.reaches("loans")
        await caller.call.heard_sound(after=caller.call.now)
        assert caller.heard_words == ["贷款"]
        assert begun > 0
    await caller.is_over()
    assert caller.data("Crashed") == []
    assert len(hotline.house.calls) == 0
    await no_channels(hotline)
