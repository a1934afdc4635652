"""The line without a telephone: paced frames, keys, and a queue of one."""

import asyncio

from ivr.audio.frames import FRAME_SECONDS, SILENCE, AudioFrame
from ivr.ports import QueueEntry, TransferOutcome
from ivr.rehearsal.line import Line, LineChannel
from tests.fakes.virtual_loop import run_virtually

LOUD = AudioFrame(b"\x01\x02" * 160)


def test_a_frame_comes_each_20_ms_and_keys_at_once() -> None:
    async def main() -> tuple[list[object], float]:
        line = Line()
        line.speak(LOUD.pcm * 2)
        assert line.speaking and line.open
        received: list[object] = [await line.receive() for _ in range(4)]
        line.press("5")
        received.append(await line.receive())
        line.end()
        received.append(await line.receive())
        return received, asyncio.get_running_loop().time()

    received, took = run_virtually(main())
    assert received == [LOUD, LOUD, SILENCE, SILENCE, "5", None]
    assert 3 * FRAME_SECONDS <= took <= 6 * FRAME_SECONDS


def test_nothing_is_sent_on_a_closed_line() -> None:
    async def main() -> Line:
        line = Line()
        line.send(LOUD)
        await line.close()
        line.send(LOUD)
        return line

    line = run_virtually(main())
    assert line.sent == [LOUD] and not line.open


def test_the_queue_ends_as_is_decided_or_by_leaving() -> None:
    async def wait_for(end: str) -> tuple[TransferOutcome, bool]:
        channel = LineChannel("c1")
        await channel.open_audio()
        loop = asyncio.get_running_loop()
        if end == "leave":
            loop.call_later(1.0, channel.leave)
        else:
            loop.call_later(1.0, channel.end_queue, TransferOutcome(end))
        outcome = await channel.enqueue(QueueEntry("q", 0, 0, 60))
        assert channel.waiting is None
        return outcome, channel.gone

    assert run_virtually(wait_for("busy")) == (TransferOutcome.BUSY, False)
    assert run_virtually(wait_for("leave")) == (TransferOutcome.ABANDONED, True)
