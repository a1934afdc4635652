"""AuditTrail: writes who gave which order into the audit log, without holding up the audio."""

import asyncio
import functools
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from ivr.dialogue.masking import without_digits
from ivr.errors import StoreError
from ivr.ports import Clock
from ivr.server.control.orders import BY
from ivr.store.failures import passing

WRITE_SECONDS = 2.0
"""How long an order's answer waits for its entry; one that takes longer is still written."""
PAUSE_SECONDS = 2.0
"""Between two tries at a database that is away."""
MAX_PENDING = 1000
"""Entries that may wait for a disk that is stuck; more are only logged."""
PRIVATE = frozenset({"reason", "number", "text"})
"""Words that may hold digits of a caller; they are hidden."""

log = logging.getLogger(__name__)


class AuditLog(Protocol):
    """Where entries are kept; see `ivr.store.audit`."""

    def add(
        self,
        at: float,
        who: str,
        role: str,
        order: str,
        subject: str,
        words: Mapping[str, Any],
        result: str,
        why: str = "",
    ) -> int: ...


class AuditTrail:
    """Entries in the order they came, by one thread of its own. Call `close` at the end."""

    def __init__(self, kept: AuditLog, clock: Clock = time.time) -> None:
        self._kept = kept
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._pending = 0
        self._closing = threading.Event()
        self.fault = ""
        """Why the last entry could not be kept; empty if it was."""

    async def note(
        self,
        who: str,
        role: str,
        order: str,
        subject: str,
        words: Mapping[str, str],
        result: str,
        why: str = "",
    ) -> None:
        """Keep one order: `result` is done, refused or failed. Never raises."""
        if self._pending >= MAX_PENDING:
            self._missed(order, who, result, "too many entries wait")
            return
        shown = {
            name: without_digits(word) if name in PRIVATE else word
            for name, word in words.items()
            if name != BY
        }
        entry = (self._clock(), who, role, order, subject, shown, result, one_line(why))
        try:
            writing = self._thread.submit(self._keep, functools.partial(self._kept.add, *entry))
        except RuntimeError:  # closed
            self._missed(order, who, result, "the hotline is stopping")
            return
        self._pending += 1
        loop = asyncio.get_running_loop()
        writing.add_done_callback(
            lambda done: (
                loop.call_soon_threadsafe(self._written, done, order, who, result)
                if not loop.is_closed()
                else None
            )
        )
        written = asyncio.wrap_future(writing)
        written.add_done_callback(lambda done: done.cancelled() or done.exception())  # told above
        if not self.fault:
            await asyncio.wait([written], timeout=WRITE_SECONDS)

    def close(self) -> None:
        """Write what waits. Blocks until it is written."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _keep(self, add: Callable[[], int]) -> int:
        """In the thread: an entry waits for a database that is away, and all later ones behind it.

        At the end each is tried once more.
        """
        while True:
            try:
                return add()
            except StoreError as error:
                if not passing(error) or self._closing.is_set():
                    raise
                if not self.fault:
                    log.error("the audit log falls behind, orders are obeyed: %s", error)
                self.fault = str(error)
            self._closing.wait(PAUSE_SECONDS)

    def _written(self, done: "Future[int]", order: str, who: str, result: str) -> None:
        self._pending -= 1
        error = done.exception()
        if error is None:
            self.fault = ""
        else:
            why = str(error) if isinstance(error, StoreError) else type(error).__name__
            self._missed(order, who, result, why)

    def _missed(self, order: str, who: str, result: str, why: str) -> None:
        self.fault = why
        log.error("the audit log misses %s by %s (%s): %s", order, who or "nobody", result, why)


def one_line(why: str) -> str:
    """A reason as it may be kept: it can quote what somebody sent."""
    return " ".join(why.split())[:500]
