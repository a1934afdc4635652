"""The virtual loop: hours pass in moments, and none while real work is waited for."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from ivr.rehearsal.virtual_loop import VirtualLoop


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def test_an_hour_takes_a_moment() -> None:
    began = time.monotonic()

    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    assert 3600 <= run(main()) < 3601 and time.monotonic() - began < 30


def test_no_time_passes_while_a_thread_works() -> None:
    async def main() -> tuple[float, bool]:
        loop = asyncio.get_running_loop()
        rang = asyncio.Event()
        loop.call_later(0.02, rang.set)
        await asyncio.to_thread(time.sleep, 0.1)
        return loop.time(), rang.is_set()

    assert run(main()) == (0.0, False)


def test_no_time_passes_while_it_is_held() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        with loop.held():
            process = await asyncio.create_subprocess_exec("true")
            await process.wait()
        return loop.time()

    assert run(main()) == 0.0
