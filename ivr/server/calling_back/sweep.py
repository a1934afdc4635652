"""Sweep: which of many promised calls are looked at in one round, so that each gets its turn."""

from collections.abc import Awaitable, Callable, Set

from ivr.store.callbacks import FOREMOST, Callback, Place

MOST = 50
"""Promises read at a time; two times as many are looked at in one round."""

Line = tuple[str, int]
"""Where a promise waits for an agent: the queue, and how far it may widen its search."""
Due = Callable[[int, Place], Awaitable[list[Callback]]]
Attempt = Callable[[Callback, Set[Line]], Awaitable[Line | None]]


class Sweep:
    """Looks at the foremost promises in each round, and at some further ones by turns.

    So thousands who wait for an agent who is not there cost little, and hide nobody behind them.
    """

    def __init__(self, due: Due, most: int = MOST) -> None:
        """`due` gives that many promises behind a place, in order."""
        self._due = due
        self._most = most
        self._reached = FOREMOST
        self._ahead: set[Line] = set()

    async def round(self, attempt: Attempt) -> None:
        """Try each of them, in order. `attempt` is told for which lines somebody of an earlier page
        waits, who goes first, and gives the line of the one it tried."""
        first = await self._due(self._most, FOREMOST)
        ahead = await _lines(first, set(), attempt)
        if len(first) < self._most:
            self._reached = FOREMOST
            return
        if self._reached <= first[-1].place:
            self._reached, self._ahead = first[-1].place, set()
        self._ahead |= ahead
        further = await self._due(self._most, self._reached)
        self._ahead |= await _lines(further, self._ahead, attempt)
        self._reached = further[-1].place if len(further) == self._most else FOREMOST


async def _lines(page: list[Callback], ahead: Set[Line], attempt: Attempt) -> set[Line]:
    found = [await attempt(one, ahead) for one in page]
    return {line for line in found if line is not None}
