"""Questions: asks the record in threads of its own, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.exceptions import HTTPException

from ivr.server.api.limits import MAX_QUERIES, QUERY_SECONDS

THREADS = 2

T = TypeVar("T")


class Questions:
    """Runs what blocks. Call `close` at the end."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="questions")
        self._waiting = 0

    async def ask(self, question: Callable[[], T]) -> T:
        """The answer; raises what the question raises, or refuses if too many wait."""
        if self._waiting >= MAX_QUERIES:
            raise HTTPException(429, "too many questions to the record wait: ask again later")
        self._waiting += 1
        asked = self._threads.submit(question)
        loop = asyncio.get_running_loop()
        asked.add_done_callback(
            lambda _: None if loop.is_closed() else loop.call_soon_threadsafe(self._answered)
        )
        try:
            async with asyncio.timeout(QUERY_SECONDS):
                return await asyncio.wrap_future(asked)
        except TimeoutError:
            raise HTTPException(
                503, f"the record did not answer within {QUERY_SECONDS:.0f} s"
            ) from None

    def close(self) -> None:
        """Drop what waits; what runs is waited for by nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answered(self) -> None:
        self._waiting -= 1
