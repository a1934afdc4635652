"""The watchdog: a loop that hangs ends the process; a slow one does not."""

import asyncio
import subprocess
import sys
import threading
import time

from ivr.server.watchdog import CHECKS, EXIT_STATUS, Watchdog

SCRIPT = """
import asyncio, time
from ivr.server.watchdog import Watchdog

async def hang_here():
    async with Watchdog(0.5):
        time.sleep(60)

asyncio.run(hang_here())
"""


def test_a_hang_ends_the_process_and_says_where() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, timeout=50)
    assert done.returncode == EXIT_STATUS
    said = done.stderr.decode()
    assert "the event loop hangs" in said
    assert "hang_here" in said


async def test_a_slow_loop_is_no_hang() -> None:
    hung = threading.Event()
    async with Watchdog(4.0, hung.set):
        for _ in range(5):
            time.sleep(0.3)  # noqa: ASYNC251 - blocking is the point
            await asyncio.sleep(0)
    assert not hung.is_set()


async def test_a_hang_is_told_once() -> None:
    told: list[float] = []
    async with Watchdog(0.2, lambda: told.append(time.monotonic())):
        deadline = time.monotonic() + 20
        while not told and time.monotonic() < deadline:
            time.sleep(0.01)  # noqa: ASYNC251 - blocking is the point
        time.sleep(0.5)  # noqa: ASYNC251
    assert len(told) == 1


async def test_it_ends_with_its_block() -> None:
    before = threading.active_count()
    async with Watchdog(0.05 * CHECKS):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
