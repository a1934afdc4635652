"""VirtualLoop: an event loop whose clock jumps to the next timer, so that minutes take moments."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time passes only while there is nothing else to do.

    It stands still while a thread works for the loop, and within `held`: whatever takes real time
    takes none of the call's.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._holds = 0
        super().__init__()

    def time(self) -> float:
        return self._now

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass, although the block waits for a process or a socket."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self._holds += 1
        future.add_done_callback(self._let_go)
        return future

    def _let_go(self, future: object) -> None:
        self._holds -= 1

    def _run_once(self) -> None:
        if not self._holds and not self._ready:  # type: ignore[attr-defined]
            scheduled = self._scheduled  # type: ignore[attr-defined]
            timers = [timer.when() for timer in scheduled if not timer.cancelled()]
            if timers:
                self._now = max(self._now, min(timers))
        super()._run_once()  # type: ignore[misc]
