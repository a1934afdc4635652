"""The background tasks of one phone: none outlives it, and no failure is lost."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Starts tasks and, at the end, cancels them and raises what any of them raised.

    A TaskGroup must be left by the task that entered it; a phone may be opened in one task and
    closed in another (a pytest fixture does so), hence this.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._failures: list[BaseException] = []

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def close(self) -> None:
        """Cancel what runs and wait for it.

        Raises:
            ExceptionGroup: if a task failed, now or earlier.
        """
        while self._running:
            for task in self._running:
                task.cancel()
            await asyncio.wait(self._running)
        if self._failures:
            raise BaseExceptionGroup("a phone's background task failed", self._failures)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures.append(error)
