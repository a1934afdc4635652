"""Watchdog: ends this process when its event loop hangs, so that Asterisk takes the callers back.

A bot that hangs keeps its connections, and its callers in silence; a bot that died loses them, and
the dialplan goes on to the fallback queue. So a hang is made a death. A process that is stopped as
a whole (SIGSTOP) cannot watch itself: let a service manager watch that.
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

HANG_SECONDS = 5.0
"""No step of ours takes so long, not even on a machine that is far too busy."""

CHECKS = 10
"""How often the loop is looked at within that time."""

EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h."""


def end_process() -> None:
    """Say on stderr where every thread stands (code only, no values), and end at once."""
    print("ivr: the event loop hangs; ending so that Asterisk takes the calls", file=sys.stderr)
    faulthandler.dump_traceback(all_threads=True)
    os._exit(EXIT_STATUS)


class Watchdog:
    """Watches the running event loop while the `async with` block lasts.

    `hung` is called, from the watching thread, once the loop has run nothing for `seconds`. Only
    checks are counted, not the clock: a machine that slept was no hang.
    """

    def __init__(
        self, seconds: float = HANG_SECONDS, hung: Callable[[], None] = end_process
    ) -> None:
        self._pause = seconds / CHECKS
        self._hung = hung
        self._alive = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        missed = 0
        self._ask()
        while not self._over.wait(self._pause):
            if self._alive.is_set():
                missed = 0
                self._ask()
                continue
            missed += 1
            if missed >= CHECKS:
                self._hung()
                return

    def _ask(self) -> None:
        """Let the loop say that it runs, when it comes to it."""
        self._alive.clear()
        self._loop.call_soon_threadsafe(self._alive.set)
