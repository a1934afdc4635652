"""Aside: shows records in a thread of its own, so that a screen that stands still holds up no call.

A terminal stopped with Ctrl-S, or a pipe nobody reads, blocks whoever prints. That must not be the
event loop, which paces every caller's audio.
"""

import contextlib
import logging
import queue
import threading
from logging.handlers import QueueHandler, QueueListener
from types import TracebackType
from typing import Self

from ivr.call.journal import Record, Sink

MAX_PENDING = 10_000
"""Records or log messages that wait for the screen; more are not shown, and counted."""

LAST_SECONDS = 2.0
"""How long the end of a program waits for what is still to be shown."""


class Aside:
    """A journal's sink that never waits, in front of one that may; use it with `with`.

    `dropped` counts what was not shown. A screen that is gone (OSError) ends the showing.
    """

    def __init__(self, sink: Sink, limit: int = MAX_PENDING) -> None:
        self.dropped = 0
        self._sink = sink
        self._pending: queue.Queue[Record | None] = queue.Queue(limit)
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._put(None)
        self._thread.join(LAST_SECONDS)

    def write(self, record: Record) -> None:
        """Have it shown soon. A `Sink`."""
        self._put(record)

    def _put(self, record: Record | None) -> None:
        try:
            self._pending.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def _run(self) -> None:
        try:
            while (record := self._pending.get()) is not None:
                self._sink(record)
        except OSError:
            pass  # nobody looks any more


class LogAside(QueueListener):
    """Hands log messages to `handler` in a thread of its own while a `with` block lasts.

    Logging goes through `entrance` then, which never waits.
    """

    def __init__(self, handler: logging.Handler, limit: int = MAX_PENDING) -> None:
        self._messages: queue.Queue[logging.LogRecord] = queue.Queue(limit)
        super().__init__(self._messages, handler, respect_handler_level=True)
        self.entrance = _Entrance(self._messages)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        thread = self._thread
        try:
            self.enqueue_sentinel()
        except queue.Full:
            return  # the screen stands still
        if thread is not None:
            thread.join(LAST_SECONDS)


class _Entrance(QueueHandler):
    def enqueue(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(queue.Full):  # a log nobody can read is no reason to stop
            self.queue.put_nowait(record)
