"""Waiting line: who waits in which queue, by what Asterisk tells, and how long they will.

Field names are those of the AMI events QueueEntry (an answer to QueueStatus), QueueCallerJoin,
QueueCallerLeave and QueueCallerAbandon of Asterisk 22.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ivr.routing.expected_wait import ExpectedWait

MAX_WAITING = 10_000
"""Callers we keep track of; Asterisk holds more only if somebody floods it."""


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """One caller in a queue. `joined` is in seconds since the epoch; `call_id` is Asterisk's.

    `priority` is QUEUE_PRIO, None where nobody told it. `channel` is private: it may be shown to
    supervisors, and is how the manager interface reaches the call.
    """

    call_id: str
    queue: str
    channel: str
    joined: float
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a caller is told: their `position`, counted from 1, and the expected wait.

    `seconds` is None where the line has not been seen to move yet, so that nobody guesses.
    """

    position: int
    seconds: float | None


class WaitingLine:
    """Follows the queues by their events; times are seconds since the epoch."""

    def __init__(self) -> None:
        self._callers: dict[str, WaitingCaller] = {}
        self._ranks: dict[str, int] = {}
        self._moving: set[str] = set()
        self._waits = ExpectedWait()
        self._seen_moving: set[str] = set()

    @property
    def callers(self) -> tuple[WaitingCaller, ...]:
        """Everybody who waits, by queue and then by place."""
        return tuple(sorted(self._callers.values(), key=_place))

    def snapshot(
        self, entries: Iterable[Mapping[str, str]], now: float, free: Callable[[str], bool]
    ) -> None:
        """Take the QueueEntry events of a QueueStatus for the whole truth."""
        found = {}
        for event in entries:
            caller = _read(event, now - _seconds(event.get("Wait", "")))
            if event.get("Event") == "QueueEntry" and caller is not None:
                found[caller.call_id] = caller
        for call_id in self._callers.keys() - found.keys():
            self._leave(call_id, now)
        for caller in found.values():
            self._join(caller, free(caller.queue))

    def heard(self, event: Mapping[str, str], now: float, free: Callable[[str], bool]) -> bool:
        """Take one event; False if it was about no caller.

        `free` tells whether an agent of that queue is ready: a caller who is answered at once says
        nothing of how the line moves.
        """
        match event.get("Event"):
            case "QueueCallerJoin":
                caller = _read(event, now)
                if caller is None:
                    return False
                self._join(caller, free(caller.queue))
                return True
            case "QueueCallerLeave" | "QueueCallerAbandon":
                return self._leave(event.get("Uniqueid", ""), now)
        return False

    def learn(self, waits: Iterable[tuple[str, float, float]]) -> None:
        """Judge lines by earlier waits: each a queue, and when the caller came and left."""
        moves = [
            (at, queue, joins)
            for queue, joined, left in waits
            for at, joins in ((joined, True), (left, False))
        ]
        for at, queue, joins in sorted(moves):
            if joins:
                self._waits.joined(queue, at)
            else:
                self._waits.left(queue, at)
                self._seen_moving.add(queue)

    def rank(self, call_id: str, priority: int) -> None:
        """Remember the priority of a caller who is about to join: the event does not tell it."""
        if len(self._ranks) >= MAX_WAITING:
            self._ranks.pop(next(iter(self._ranks)))  # the oldest; it never joined
        self._ranks[call_id] = priority

    def estimate(self, queue: str, priority: int) -> Estimate:
        """Where a caller of this priority would stand now; a priority nobody told goes before."""
        before = sum(
            1
            for caller in self._callers.values()
            if caller.queue == queue and (caller.priority is None or caller.priority >= priority)
        )
        moved = queue in self._seen_moving
        return Estimate(before + 1, self._waits.seconds(queue, before + 1) if moved else None)

    def _join(self, caller: WaitingCaller, free: bool) -> None:
        before = self._callers.get(caller.call_id)
        if before is not None and before.queue == caller.queue:
            return
        if len(self._callers) >= MAX_WAITING:
            return
        rank = caller.priority if caller.priority is not None else self._ranks.get(caller.call_id)
        self._callers[caller.call_id] = replace(caller, priority=rank)
        if not free:
            self._moving.add(caller.call_id)
            self._waits.joined(caller.queue, caller.joined)

    def _leave(self, call_id: str, now: float) -> bool:
        self._ranks.pop(call_id, None)
        caller = self._callers.pop(call_id, None)
        if caller is None:
            return False
        if call_id in self._moving:
            self._moving.discard(call_id)
            self._waits.left(caller.queue, now)
            self._seen_moving.add(caller.queue)
        return True


def _place(caller: WaitingCaller) -> tuple[str, int, float]:
    return (caller.queue, -(caller.priority or 0), caller.joined)


def _read(event: Mapping[str, str], joined: float) -> WaitingCaller | None:
    call_id, queue = event.get("Uniqueid", ""), event.get("Queue", "")
    if not call_id or not queue:
        return None
    # Of a QueueCallerJoin it is the dialplan's priority of the channel, which is another thing.
    priority = event.get("Priority", "") if event.get("Event") == "QueueEntry" else ""
    known = priority.isascii() and priority.isdecimal() and len(priority) < 12
    return WaitingCaller(
        call_id, queue, event.get("Channel", ""), joined, int(priority) if known else None
    )


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0.0
