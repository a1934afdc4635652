"""A result that any number of waiters may await, and none can spoil by being cancelled."""

import asyncio
from collections.abc import Generator
from typing import Generic, TypeVar

T = TypeVar("T")


class Outcome(Generic[T]):
    """Like a future that is set once; cancelling who waits leaves it as it is."""

    def __init__(self) -> None:
        self._future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # Nobody need look at a failure.
        self._future.add_done_callback(lambda future: future.cancelled() or future.exception())

    def __await__(self) -> Generator[None, None, T]:
        return asyncio.shield(self._future).__await__()

    async def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds; whether it has come."""
        await asyncio.wait((self._future,), timeout=timeout)
        return self.done()

    def done(self) -> bool:
        return self._future.done()

    def result(self) -> T:
        return self._future.result()

    def set_result(self, value: T) -> None:
        self._future.set_result(value)

    def set_exception(self, error: Exception) -> None:
        self._future.set_exception(error)
