"""StoreThread: work on the database for the event loop, one piece after the other in a thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class StoreThread:
    """Use as an async context manager; leaving it waits for what was begun."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)

    async def do(self, work: Callable[[], T]) -> T:
        """Do it in the thread and give what it gives, or raise what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def soon(self, work: Callable[[], object]) -> None:
        """Do it in the thread without waiting; it must deal with its own errors."""
        self._pool.submit(work)
