"""Both telephony servers, joined as the real server joins them, with a handler of the test's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ivr.telephony.audiosocket_server import AudioSocketServer
from ivr.telephony.fastagi_server import FastAgiServer, Handler
from ivr.telephony.rendezvous import Rendezvous

SECONDS = 10.0


@dataclass
class Servers:
    rendezvous: Rendezvous
    audio: AudioSocketServer
    agi: FastAgiServer


@asynccontextmanager
async def servers(
    handler: Handler,
    *,
    header_seconds: float = SECONDS,
    max_calls: int = 300,
    expect_seconds: float = SECONDS,
) -> AsyncIterator[Servers]:
    rendezvous = Rendezvous(seconds=expect_seconds)
    async with (
        AudioSocketServer(rendezvous) as audio,
        FastAgiServer(
            handler,
            rendezvous,
            f"127.0.0.1:{audio.port}",
            header_seconds=header_seconds,
            max_calls=max_calls,
        ) as agi,
    ):
        yield Servers(rendezvous, audio, agi)


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition()` holds."""
    try:
        async with asyncio.timeout(SECONDS):
            while not condition():  # noqa: ASYNC110 - any condition will do
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"waited {SECONDS:g} s until {what}") from None
