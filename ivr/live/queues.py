"""LiveQueue: one queue, with who waits in it and how it did this day."""

from ivr.live.picture import QueueRow


class LiveQueue:
    """Follows one queue. `order` are the calls that wait, the next one first."""

    def __init__(self, name: str, goal: float) -> None:
        self.name = name
        self.goal = goal
        self.order: list[str] = []
        self.free = 0
        self.busy = 0
        self.away = 0
        self._joined: dict[str, float] = {}
        self._row: QueueRow | None = None
        self.new_day()

    def new_day(self) -> None:
        """Count from zero."""
        self.answered = 0
        self.in_time = 0
        self.abandoned = 0
        self.waited = 0.0

    def join(self, call: str, joined: float, position: int = 0) -> None:
        """A caller waits at `position`, counted from 1; 0 is the end of the line."""
        if call in self._joined:
            self.order.remove(call)
        self._joined[call] = joined
        self.order.insert(position - 1 if position else len(self.order), call)

    def leave(self, call: str) -> bool:
        """A caller waits no longer; False if they did not."""
        if self._joined.pop(call, None) is None:
            return False
        self.order.remove(call)
        return True

    def set_line(self, line: list[tuple[str, float]]) -> None:
        """The whole line at once: calls and when they joined, the next one first."""
        order = [call for call, _ in line]
        if order != self.order:
            self._joined = {c: self._joined.get(c, joined) for c, joined in line}
            self.order = order

    def joined(self, call: str) -> float:
        return self._joined.get(call, 0.0)

    @property
    def used(self) -> bool:
        """Whether somebody waits here, or did this day."""
        return bool(self.order or self.answered or self.abandoned)

    def count_answered(self, waited: float) -> None:
        """A caller was answered after so many seconds."""
        self.answered += 1
        self.in_time += waited <= self.goal
        self.waited += waited

    def count_abandoned(self) -> None:
        self.abandoned += 1

    def count_up(self, answered: int, in_time: int, abandoned: int, waited: float) -> None:
        """Add what was counted before."""
        self.answered += answered
        self.in_time += in_time
        self.abandoned += abandoned
        self.waited += waited

    def row(self) -> QueueRow:
        """The row to show; the same object as before if nothing on it has changed."""
        row = QueueRow(
            queue=self.name,
            waiting=len(self.order),
            oldest=min(self._joined.values(), default=0.0),
            free=self.free,
            busy=self.busy,
            away=self.away,
            answered=self.answered,
            in_time=self.in_time,
            abandoned=self.abandoned,
            waited=self.waited / self.answered if self.answered else 0.0,
            goal=self.goal,
        )
        if row != self._row:
            self._row = row
        assert self._row is not None
        return self._row
