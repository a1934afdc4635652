"""Door: nobody gets to a database before its tables are up to date, nor queues while it is away."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.errors import StoreError
from ivr.store.failures import reason

RETRY_SECONDS = 1.0
"""A database that did not answer is left alone for so long."""


class Door:
    """Makes an engine's connections (SQLAlchemy's event `do_connect`), from any thread.

    `prepare` is run before the first one, again and again until it succeeds. While the database is
    away one thread tries it now and then; all others are refused at once, since the answer of a
    dead host takes many seconds and callers would wait for each of them.
    """

    def __init__(self, where: str, prepare: Callable[[], None]) -> None:
        self._where = where
        self._prepare = prepare
        self._ready = False
        self._fault: BaseException | None = None
        self._again = 0.0
        self._lock = threading.Lock()

    def __call__(
        self, dialect: Any, record: object, place: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        if self._ready and self._fault is None:
            return self._tried(lambda: dialect.connect(*place, **options))
        if not self._lock.acquire(blocking=self._fault is None):
            raise self._refusal()
        try:
            if self._fault is not None and time.monotonic() < self._again:
                raise self._refusal()
            if not self._ready:
                self._tried(self._prepare)
                self._ready = True
            return self._tried(lambda: dialect.connect(*place, **options))
        finally:
            self._lock.release()

    def _tried(self, what: Callable[[], Any]) -> Any:
        try:
            found = what()
        except Exception as error:
            self._fault, self._again = error, time.monotonic() + RETRY_SECONDS
            raise
        self._fault = None
        return found

    def _refusal(self) -> StoreError:
        fault = self._fault or TimeoutError("not tried again yet")
        known = isinstance(fault, StoreError)
        refusal = StoreError(str(fault) if known else f"{self._where}: {reason(fault)}")
        refusal.__cause__ = fault
        return refusal
