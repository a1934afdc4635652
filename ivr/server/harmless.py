"""Harmless: work that only looks on; a fault of ours in it is told, and ends no call."""

import logging
from types import TracebackType

log = logging.getLogger(__name__)


class Harmless:
    """A `with` block, to be entered again and again, out of which no exception comes `but` these.

    Each fault is logged the first time, by its kind and line; `what` says there what failed.
    """

    def __init__(self, what: str, but: tuple[type[Exception], ...] = ()) -> None:
        self._what = what
        self._but = but
        self._told: set[tuple[type[BaseException], int]] = set()

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, self._but):
            return False
        fault = type(error), _line(trace)
        if fault not in self._told:
            self._told.add(fault)
            log.error("%s failed, calls go on: %s", self._what, fault[0].__name__, exc_info=error)
        return True


def _line(trace: TracebackType | None) -> int:
    """Where it was raised."""
    line = 0
    while trace is not None:
        line, trace = trace.tb_lineno, trace.tb_next
    return line
