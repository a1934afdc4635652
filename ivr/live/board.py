"""Board: what goes on now, folded from every call's records and from what Asterisk tells.

Records are the truth of our own calls and are never lost; Asterisk's events may be. So each event
changes the picture at once, and a snapshot puts right whatever an event that was lost has left.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ivr.call.journal import Record
from ivr.dialogue.state import State
from ivr.live.calls import LEARN, LiveCall
from ivr.live.people import Staff
from ivr.live.picture import AlarmRow, Picture, Stage
from ivr.live.reconciling import reconcile
from ivr.live.scene import Scene
from ivr.live.snapshot import Snapshot, number, read_snapshot
from ivr.ports import (
    SwitchBack,
    SwitchEvent,
    SwitchFields,
    SwitchLost,
    SwitchNotice,
    TransferOutcome,
)

GOAL_SECONDS = 20.0

Data = Mapping[str, Any]


class Board:
    """The picture of one hotline. Every moment is given as seconds since the epoch.

    `staff` is asked for the agents each time a picture is made. `goal` is within how many seconds
    callers should be answered.
    """

    def __init__(self, staff: Staff, goal: float = GOAL_SECONDS) -> None:
        self.alarms: tuple[AlarmRow, ...] = ()
        """Shown in the next picture; see `ivr.live.alarms`."""
        self._scene = Scene(staff, goal)
        self._day = ""
        self._moves: dict[str, Callable[[LiveCall, Data, float], None]] = {
            "EnterNode": self._went_on,
            "StartTransfer": self._asked,
            "QueueChosen": self._chosen,
            "AgentAnswered": self._answered,
            "TakenOver": self._taken,
            "TransferEnded": self._transferred,
            "CallEnded": self._ended,
        }
        self._events: dict[str, Callable[[SwitchFields, float], None]] = {
            "QueueCallerJoin": self._joined,
            "QueueCallerLeave": self._left,
            "QueueCallerAbandon": self._abandoned,
            "AgentConnect": self._connected,
            "AgentComplete": self._completed,
            "Hangup": self._hung_up,
        }

    def picture(self, now: float) -> Picture:
        """Everything at `now`. Rows that have not changed are the very same objects as before."""
        return self._scene.picture(now, self.alarms)

    def begin_day(self, day: str) -> None:
        """Count from zero if `day`, a date of the hotline's own calendar, is another one."""
        if self._day and day != self._day:
            self._scene.new_day()
        self._day = day

    def count_up(
        self, queue: str, answered: int, in_time: int, abandoned: int, waited: float
    ) -> None:
        """Add what was counted this day before the board was; `waited` is a sum of seconds."""
        if found := self._scene.queues.get(queue):
            found.count_up(answered, in_time, abandoned, waited)

    def count_up_agent(self, agent: str, calls: int) -> None:
        """Add the calls that an agent took this day before the board was there."""
        self._scene.people.count_up(agent, calls)

    def take_record(self, record: Record, now: float) -> None:
        """Follow a call of ours by one journal record."""
        kind = record["kind"]
        learn, move = LEARN.get(kind), self._moves.get(kind)
        if learn is None and move is None:
            return
        scene, call_id = self._scene, record["call"]
        call = scene.calls.get(call_id)
        if call is None:
            if kind == "CallEnded" or scene.is_gone(call_id):
                return
            call = scene.appear(call_id, now - record["at"], now)
        call.own, call.adopted = True, False
        if learn is not None:
            learn(call, record["data"])
        if move is not None:
            move(call, record["data"], now)
        scene.show(call)

    def take_notice(self, notice: SwitchNotice, now: float) -> None:
        """Follow Asterisk by one notice of the manager's."""
        match notice:
            case SwitchEvent(fields):
                if heard := self._events.get(fields["Event"]):
                    heard(fields, now)
            case SwitchLost():
                self._scene.linked = False
            case SwitchBack(channels, queues):
                self._scene.linked = True
                self.reconcile(self.read(channels, queues, now), now, now)

    def read(
        self, channels: Iterable[SwitchFields], queues: Iterable[SwitchFields], now: float
    ) -> Snapshot:
        """A snapshot for `reconcile`, from the lists the manager gives."""
        self._scene.look_round(now)
        return read_snapshot(channels, queues, self._scene.people.interfaces, now)

    def reconcile(
        self,
        snapshot: Snapshot,
        asked: float,
        now: float,
        sessions: Mapping[str, State | None] | None = None,
    ) -> None:
        """Believe a snapshot that was asked for at `asked`, except of calls that moved since.

        `sessions` are the calls of this process that go on, by id, each with the state of its
        talk where there is one; not given, those that the records have told of.
        """
        self._scene.linked = True
        reconcile(self._scene, snapshot, asked, now, sessions)

    # -- records ---------------------------------------------------------------------------------

    def _asked(self, call: LiveCall, data: Data, now: float) -> None:
        call.joined = call.joined or now

    def _chosen(self, call: LiveCall, data: Data, now: float) -> None:
        self._scene.choose(call, data["queue"], now)

    def _answered(self, call: LiveCall, data: Data, now: float) -> None:
        self._scene.connect(call, call.queue, data["agent"], now)

    def _taken(self, call: LiveCall, data: Data, now: float) -> None:
        call.transferring = True
        self._scene.connect(call, "", data["agent"], now)

    def _went_on(self, call: LiveCall, data: Data, now: float) -> None:
        """The dialogue has the caller again, be it that an order took them out of a transfer."""
        if call.stage is not Stage.TALKING:
            self._scene.come_back(call, now)

    def _transferred(self, call: LiveCall, data: Data, now: float) -> None:
        if data["outcome"] == TransferOutcome.ABANDONED:
            self._scene.give_up(call)
        self._scene.come_back(call, now)

    def _ended(self, call: LiveCall, data: Data, now: float) -> None:
        self._scene.remove(call, now, hung_up=False)

    # -- events ----------------------------------------------------------------------------------

    def _joined(self, event: SwitchFields, now: float) -> None:
        queue = event.get("Queue", "")
        call = self._told_of(event, queue, now)
        if call is not None:
            self._scene.wait(call, queue, now, now, number(event.get("Position", "")))

    def _left(self, event: SwitchFields, now: float) -> None:
        self._scene.leave_line(event.get("Uniqueid", ""), event.get("Queue", ""), now)

    def _abandoned(self, event: SwitchFields, now: float) -> None:
        """A caller gave up. Of our own the records tell: the event comes for whoever is withdrawn
        from a queue, too."""
        call = self._scene.calls.get(event.get("Uniqueid", ""))
        if call is not None and not call.own and call.queue == event.get("Queue", ""):
            self._scene.give_up(call)

    def _connected(self, event: SwitchFields, now: float) -> None:
        queue = event.get("Queue", "")
        call = self._told_of(event, queue, now)
        if call is not None:
            interface = event.get("Interface", "").removesuffix("/n")
            known = self._scene.people.interfaces.get(interface)
            self._scene.connect(call, queue, known or event.get("MemberName", ""), now)

    def _completed(self, event: SwitchFields, now: float) -> None:
        """The agent is free again. A caller of ours goes on by the records, others are over."""
        call = self._scene.calls.get(event.get("Uniqueid", ""))
        if call is None or call.stage is not Stage.CONNECTED:
            return
        if call.own:
            self._scene.people.free(call.agent, call.call)
        else:
            self._scene.remove(call, now, hung_up=False)

    def _hung_up(self, event: SwitchFields, now: float) -> None:
        call_id = event.get("Uniqueid", "")
        call = self._scene.calls.get(call_id)
        if call is not None:
            self._scene.give_up(call)  # if they waited: this may be told before the records are
            self._scene.remove(call, now, hung_up=True)
        else:
            self._scene.depart(call_id, now, hung_up=True)

    def _told_of(self, event: SwitchFields, queue: str, now: float) -> LiveCall | None:
        """The call of an event about one of our queues; None for a caller who is gone."""
        call_id = event.get("Uniqueid", "")
        if not call_id or queue not in self._scene.queues:
            return None
        call = self._scene.calls.get(call_id)
        if call is not None or self._scene.is_gone(call_id):
            return call
        return self._scene.adopt(call_id, event.get("CallerIDNum", ""), now)
