"""Expected wait: how long a caller in line will wait, judged by how that line has moved lately."""

from dataclasses import dataclass

WEIGHT = 0.05
"""Weight of the newest interval: about the last 20 moves count."""


@dataclass(slots=True)
class _Line:
    callers: int = 0
    since: float = 0.0
    """When the line last moved, or began."""
    interval: float = 0.0
    moves: int = 0


class ExpectedWait:
    """Watches lines by their events: somebody joined, somebody left (answered or not).

    In the live system these are the AMI events QueueCallerJoin and QueueCallerLeave. `prior` is the
    interval between two moves, in seconds, that is assumed of a line nobody has seen move.
    """

    def __init__(self, prior: float = 60.0) -> None:
        self._prior = prior
        self._lines: dict[str, _Line] = {}

    def joined(self, queue: str, now: float) -> None:
        """A caller had to get in line; one who is answered at once is no news."""
        line = self._lines.setdefault(queue, _Line())
        if not line.callers:
            line.since = now
        line.callers += 1

    def left(self, queue: str, now: float) -> None:
        """A caller left the line; those behind moved up."""
        line = self._lines.get(queue)
        if line is None or not line.callers:
            return
        line.callers -= 1
        line.moves += 1
        weight = max(WEIGHT, 1 / (line.moves + 1))
        before = line.interval if line.moves > 1 else self._prior
        line.interval = before + weight * (now - line.since - before)
        line.since = now

    def seconds(self, queue: str, position: int) -> float:
        """The expected wait of whoever stands at `position`, counted from 1."""
        line = self._lines.get(queue)
        interval = line.interval if line is not None and line.moves else self._prior
        return max(0, position) * interval
