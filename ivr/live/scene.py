"""Scene: callers, lines and agents as they stand, and the moves that can happen to a caller."""

from ivr.live.calls import LiveCall, shown_number
from ivr.live.people import AWAY, BUSY, FREE, LivePeople, Staff
from ivr.live.picture import AlarmRow, CallRow, Picture, Stage
from ivr.live.queues import LiveQueue
from ivr.routing.queues import QueuePlan, overdue_name

MAX_DEPARTED = 4096
"""Calls that are over and still remembered, so that nothing late brings them back."""


class Scene:
    """Keeps calls, queues and agents in step with each other. Moments are epoch seconds."""

    def __init__(self, staff: Staff, goal: float, now: float = 0.0) -> None:
        self.linked = staff.connected
        self.calls: dict[str, LiveCall] = {}
        self.queues: dict[str, LiveQueue] = {}
        self.people = LivePeople(staff)
        self._staff = staff
        self._goal = goal
        self._plan: QueuePlan | None = None
        self._rows: dict[str, CallRow] = {}
        self._shown: tuple[CallRow, ...] = ()
        self._lines: tuple[LiveQueue, ...] = ()
        self._derived: frozenset[str] = frozenset()
        self._homes: dict[str, str] = {}
        self._dirty: set[str] = set()
        self._departed: dict[str, tuple[float, bool]] = {}
        self.look_round(now)

    # -- callers who come and go -----------------------------------------------------------------

    def appear(self, call_id: str, began: float, now: float) -> LiveCall:
        """A call of ours begins."""
        call = LiveCall(call_id, began, since=began, touched=now)
        self.calls[call_id] = call
        self._departed.pop(call_id, None)
        self._dirty.add(call_id)
        return call

    def adopt(self, call_id: str, caller: str, now: float) -> LiveCall:
        """A caller is in Asterisk for whom this process has no session."""
        call = self.appear(call_id, now, now)
        call.own, call.adopted, call.caller = False, True, shown_number(caller)
        return call

    def remove(self, call: LiveCall, now: float, *, hung_up: bool) -> None:
        """A call is over for us; `hung_up`: its channel is gone, too."""
        self._part(call)
        del self.calls[call.call]
        self._dirty.add(call.call)
        self.depart(call.call, now, hung_up=hung_up)

    def depart(self, call_id: str, now: float, *, hung_up: bool) -> None:
        """Remember that this call is over."""
        self._departed.pop(call_id, None)
        self._departed[call_id] = (now, hung_up)
        if len(self._departed) > MAX_DEPARTED:
            del self._departed[next(iter(self._departed))]

    def is_gone(self, call_id: str) -> bool:
        """True once the channel has hung up."""
        return self._departed.get(call_id, (0.0, False))[1]

    def moved_since(self, call_id: str, moment: float) -> bool:
        """Whether a call came, moved or went at `moment` or later."""
        call = self.calls.get(call_id)
        if call is not None:
            return call.touched >= moment
        return call_id in self._departed and self._departed[call_id][0] >= moment

    def show(self, call: LiveCall) -> None:
        """Something on this call's row has changed."""
        self._dirty.add(call.call)

    # -- moves -----------------------------------------------------------------------------------

    def choose(self, call: LiveCall, queue: str, now: float) -> None:
        """A queue was chosen; Asterisk tells when the caller has joined it.

        Who is moved to the front of the queue where they wait goes on with the same wait.
        """
        self._part(call)
        waits = call.stage is Stage.WAITING and not call.settled
        call.moved = waits and self._homes.get(queue) == call.queue
        if not call.moved:
            call.waiting_since = now
        call.transferring, call.settled = True, False
        call.joined = call.joined or now
        call.move(Stage.WAITING, now, queue)

    def wait(
        self, call: LiveCall, queue: str, joined: float, now: float, position: int = 0
    ) -> None:
        """A caller stands in the line of `queue`; `position` 0 is its end."""
        if call.own and not call.transferring:
            return  # an event that came late: the records have gone on
        if call.stage is not Stage.WAITING or call.queue != queue:
            self._part(call)
            call.settled = call.moved = False
            call.move(Stage.WAITING, now, queue)
        if not self.queues[queue].joined(call.call):
            if not call.moved:
                call.waiting_since = joined
            self.queues[queue].join(call.call, call.waiting_since, position)
        call.joined = call.joined or joined
        self.show(call)

    def connect(self, call: LiveCall, queue: str, agent: str, now: float) -> None:
        """A caller talks with an agent; counted once for each time they waited."""
        if call.own and not call.transferring:
            return
        if call.stage is Stage.CONNECTED and call.agent == agent:
            return
        found = self._home(queue)
        self._part(call)
        if found is not None and not call.settled:
            found.count_answered(max(0.0, now - call.waiting_since))
            self.people.took(agent, call.call)
        else:
            self.people.talks(agent, call.call)
        call.settled = True
        call.move(Stage.CONNECTED, now, queue, agent)
        self.show(call)

    def give_up(self, call: LiveCall) -> None:
        """A caller leaves while waiting; counted once."""
        queue = self._home(call.queue)
        if queue is not None and not call.settled and call.stage is Stage.WAITING:
            queue.count_abandoned()
            call.settled = True

    def leave_line(self, call_id: str, queue: str, now: float) -> None:
        """A caller waits no longer; what comes of them is told next."""
        line, call = self.queues.get(queue), self.calls.get(call_id)
        if line is not None and line.leave(call_id) and call is not None:
            call.position, call.touched = 0, now
            self.show(call)

    def come_back(self, call: LiveCall, now: float) -> None:
        """A caller talks with the hotline itself."""
        self._part(call)
        call.transferring, call.settled = False, True
        call.move(Stage.TALKING, now)
        self.show(call)

    def _home(self, queue: str) -> LiveQueue | None:
        """Where callers of `queue` are counted: at a front, in the queue it is the front of."""
        return self.queues.get(self._homes.get(queue, queue))

    def _part(self, call: LiveCall) -> None:
        """Take a caller from the line and from the agent."""
        if queue := self.queues.get(call.queue):
            queue.leave(call.call)
        if call.agent:
            self.people.free(call.agent, call.call)

    # -- what is shown ---------------------------------------------------------------------------

    def new_day(self) -> None:
        """Count from zero."""
        for queue in self.queues.values():
            queue.new_day()
        self.people.new_day()

    def look_round(self, now: float) -> None:
        """Take over another plan, team or presence."""
        plan = self._staff.plan
        renewed = plan is not self._plan
        if renewed:
            before, self._plan = self.queues, plan
            self.queues = {
                name: before.get(name) or LiveQueue(name, self._goal) for name in plan.queues
            }
            self._lines = tuple(self.queues.values())
            self._homes = {
                overdue_name(q.name): q.name for q in plan.queues.values() if not q.overdue
            }
            self._derived = frozenset(
                queue.name for queue in plan.queues.values() if queue.escalation or queue.overdue
            )
        if self.people.follow(now) or renewed:
            for name, queue in self.queues.items():
                members = [
                    self.people.presence.get(m.agent.name) for m in plan.queues[name].members
                ]
                queue.free = sum(presence in FREE for presence in members)
                queue.busy = sum(presence in BUSY for presence in members)
                queue.away = sum(presence in AWAY for presence in members)

    def picture(self, now: float, alarms: tuple[AlarmRow, ...]) -> Picture:
        """Everything at `now`. Rows that have not changed are the very same objects as before.

        Queues that callers are only moved to are left out until somebody was there this day.
        """
        self.look_round(now)
        for queue in self._lines:
            for place, call_id in enumerate(queue.order, 1):
                call = self.calls.get(call_id)
                if call is not None and call.position != place:
                    call.position = place
                    self._dirty.add(call_id)
        if self._dirty:
            self._draw()
        return Picture(
            at=now,
            linked=self.linked,
            calls=self._shown,
            queues=tuple(
                queue.row()
                for queue in self._lines
                if queue.used or queue.name not in self._derived
            ),
            agents=self.people.rows(),
            alarms=alarms,
        )

    def _draw(self) -> None:
        """Renew the rows of the calls that something happened to."""
        for call_id in self._dirty:
            call = self.calls.get(call_id)
            if call is None:
                self._rows.pop(call_id, None)
            else:
                self._rows[call_id] = call.row(self._rows.get(call_id))
        self._dirty.clear()
        self._shown = tuple(sorted(self._rows.values(), key=lambda row: (row.began, row.call)))
