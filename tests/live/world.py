"""A small world: callers, lines and agents that tell of themselves as the hotline does."""

from dataclasses import dataclass, field
from typing import Any

from ivr.dialogue.state import State, Waiting
from ivr.flow.need import Need
from ivr.live.board import Board
from ivr.live.picture import CallRow, Picture, Stage
from ivr.ports import SwitchEvent
from ivr.routing.queues import QueuePlan, overdue_name, plan_queues
from ivr.routing.skills import Agent, Presence, Team

TEAM = Team(
    tuple(
        Agent(name, f"PJSIP/agent-{name}", {"language.zh": 5, "loans": 3}, title=name.title())
        for name in ("chen", "li", "wang")
    )
)
PLAN = plan_queues([Need({"loans": 2})], ["zh"], TEAM, fronts=True)
QUEUES = tuple(
    name for name, queue in PLAN.queues.items() if name != "fallback" and not queue.overdue
)


@dataclass
class Staff:
    """A desk that knows everybody's presence."""

    plan: QueuePlan = PLAN
    team: Team = TEAM
    connected: bool = True
    presence: dict[str, Presence] = field(
        default_factory=lambda: {agent.name: Presence.READY for agent in TEAM.agents}
    )
    absences: dict[str, str] = field(default_factory=dict)


@dataclass
class Caller:
    """Where one caller truly is; `own` while the server has a session for them."""

    call: str
    own: bool
    stage: Stage = Stage.TALKING
    queue: str = ""
    agent: str = ""
    joined: float = 0.0
    shown: bool = True
    """False for one who hears the dialplan's goodbye."""


class World:
    """Tells `board` everything, unless `tells` says that an event is to be lost (0) or repeated."""

    def __init__(self, board: Board | None = None) -> None:
        self.staff = Staff()
        self.board = board or Board(self.staff)
        self.now = 1000.0
        self.callers: dict[str, Caller] = {}
        self.lines: dict[str, list[str]] = {name: [] for name in PLAN.queues}
        self.tells = 1
        self._serial = 0

    # -- what happens ----------------------------------------------------------------------------

    def arrive(self) -> Caller:
        caller = self._new(own=True)
        self.record(caller, "FlowPinned", flow="bank", version="1")
        started = {"call_id": caller.call, "caller": "13812345678", "called": "1000", "now": ""}
        self.record(caller, "CallStarted", **started)
        self.record(caller, "EnterNode", node="main")
        return caller

    def stranger(self, queue: str) -> Caller:
        """A caller in a queue, for whom the server has no session."""
        caller = self._new(own=False)
        self._join(caller, queue)
        return caller

    def ask(self, caller: Caller, queue: str) -> None:
        context = {"intent": "loan"}
        self.record(caller, "StartTransfer", serial=1, language="zh", context=context)
        self.record(caller, "QueueChosen", queue=queue, priority=1, why="", facts={})
        self._join(caller, queue)

    def front(self, caller: Caller) -> None:
        """A caller who waits is moved to the front of their queue."""
        front = overdue_name(caller.queue)
        self.event("QueueCallerAbandon", caller, Queue=caller.queue)  # Asterisk 22 tells it so
        self._leave(caller)
        self.record(
            caller, "QueueChosen", queue=front, priority=1, why="", facts={"kind": "overdue"}
        )
        self._join(caller, front)

    def answer(self, caller: Caller, agent: str) -> None:
        caller.stage, caller.agent = Stage.CONNECTED, agent
        self._leave(caller)
        where = {"Queue": caller.queue, "Interface": f"PJSIP/agent-{agent}", "MemberName": agent}
        self.event("AgentConnect", caller, **where)
        if caller.own and self.tells:
            self.record(caller, "AgentAnswered", agent=agent, waited=0)

    def part(self, caller: Caller) -> None:
        """The agent hangs up; the hotline goes on with a caller of its own."""
        self.event("AgentComplete", caller, Queue=caller.queue)
        if not caller.own:
            self.leave(caller)
            return
        caller.stage, caller.queue, caller.agent = Stage.TALKING, "", ""
        self.record(caller, "TransferEnded", serial=1, outcome="answered")
        self.record(caller, "EnterNode", node="after")

    def expire(self, caller: Caller) -> None:
        """Nobody took the call in time: the hotline goes on, a stranger hears a goodbye."""
        self._leave(caller)
        caller.stage, caller.queue, caller.shown = Stage.TALKING, "", caller.own
        if caller.own:
            self.record(caller, "TransferEnded", serial=1, outcome="no_answer")

    def leave(self, caller: Caller) -> None:
        """The caller hangs up, wherever they are."""
        was, outcome = caller.stage, "answered"
        if was is Stage.CONNECTED:
            self.event("AgentComplete", caller, Queue=caller.queue)
        if was is Stage.WAITING:
            self.event("QueueCallerAbandon", caller, Queue=caller.queue)
            self._leave(caller)
            outcome = "abandoned"
        self.event("Hangup", caller)
        del self.callers[caller.call]
        if caller.own:
            if was is not Stage.TALKING:
                self.record(caller, "TransferEnded", serial=1, outcome=outcome)
            self.record(caller, "CallEnded", outcome="caller_hung_up")

    def crash(self, caller: Caller) -> None:
        """The session of a caller who talks fails; the dialplan brings them to `fallback`."""
        self.record(caller, "CallEnded", outcome="failed")
        caller.own = False
        self._join(caller, "fallback")

    def restart(self) -> None:
        """The server is killed and a new one comes up: it knows of nobody."""
        self.board = Board(self.staff)
        for caller in list(self.callers.values()):
            caller.own = False
            if (
                caller.stage is Stage.TALKING and caller.shown
            ):  # the dialplan's own queue takes them
                self._join(caller, "fallback")
        self.reconcile()

    # -- how it is told --------------------------------------------------------------------------

    def record(self, caller: Caller, kind: str, /, **data: Any) -> None:
        at = self.now - float(caller.call)
        record = {"at": at, "call": caller.call, "what": "note", "kind": kind, "data": data}
        self.board.take_record(record, self.now)

    def event(self, name: str, caller: Caller, /, **fields: str) -> None:
        told = SwitchEvent({"Event": name, "Uniqueid": caller.call, **fields})
        for _ in range(self.tells):
            self.board.take_notice(told, self.now)

    def channels(self) -> list[dict[str, str]]:
        """What CoreShowChannels answers."""
        found = []
        for caller in self.callers.values():
            queueing = caller.stage is not Stage.TALKING
            bridge = f"bridge-{caller.call}" if caller.stage is Stage.CONNECTED else ""
            found.append(
                {
                    "Event": "CoreShowChannel",
                    "Channel": f"PJSIP/anonymous-{caller.call}",
                    "Uniqueid": caller.call,
                    "Application": "Queue" if queueing else "AudioSocket",
                    "ApplicationData": f"{caller.queue},tc,,,60" if queueing else "",
                    "BridgeId": bridge,
                    "Duration": "00:01:00",
                    "CallerIDNum": "13812345678",
                }
            )
            if bridge:
                found.append(
                    {
                        "Event": "CoreShowChannel",
                        "Channel": f"PJSIP/agent-{caller.agent}-00000001",
                        "Uniqueid": f"leg-{caller.call}",
                        "Application": "AppQueue",
                        "BridgeId": bridge,
                    }
                )
        return found

    def queues(self) -> list[dict[str, str]]:
        """What QueueStatus answers."""
        return [
            {
                "Event": "QueueEntry",
                "Queue": name,
                "Position": str(place),
                "Uniqueid": call,
                "Wait": str(round(self.now - self.callers[call].joined)),
            }
            for name, line in self.lines.items()
            for place, call in enumerate(line, 1)
        ]

    def sessions(self) -> dict[str, State | None]:
        return {
            caller.call: State(
                flow="bank",
                version="1",
                language="zh",
                node="main",
                waiting=Waiting.INPUT if caller.stage is Stage.TALKING else Waiting.TRANSFER,
            )
            for caller in self.callers.values()
            if caller.own
        }

    def reconcile(self) -> None:
        self.now += 1
        found = self.board.read(self.channels(), self.queues(), self.now)
        self.board.reconcile(found, self.now, self.now, self.sessions())

    # -- what must be seen -----------------------------------------------------------------------

    def picture(self) -> Picture:
        return self.board.picture(self.now)

    def truth(self) -> set[tuple[Any, ...]]:
        return {
            (
                caller.call,
                caller.stage,
                caller.queue,
                caller.agent,
                self.lines[caller.queue].index(caller.call) + 1
                if caller.stage is Stage.WAITING
                else 0,
                not caller.own,
            )
            for caller in self.callers.values()
            if caller.shown
        }

    def seen(self) -> set[tuple[Any, ...]]:
        return {told(row) for row in self.picture().calls}

    # -- inside ----------------------------------------------------------------------------------

    def _new(self, *, own: bool) -> Caller:
        self._serial += 1
        caller = Caller(f"{self.now - 60 + self._serial / 1000:.3f}", own)
        self.callers[caller.call] = caller
        return caller

    def _join(self, caller: Caller, queue: str) -> None:
        caller.stage, caller.queue, caller.joined = Stage.WAITING, queue, self.now
        self.lines[queue].append(caller.call)
        place = str(len(self.lines[queue]))
        self.event("QueueCallerJoin", caller, Queue=queue, Position=place)

    def _leave(self, caller: Caller) -> None:
        if caller.call in self.lines[caller.queue]:
            self.lines[caller.queue].remove(caller.call)
            self.event("QueueCallerLeave", caller, Queue=caller.queue)


def told(row: CallRow) -> tuple[Any, ...]:
    """What `World.truth` tells of a call."""
    return row.call, row.stage, row.queue, row.agent, row.position, row.adopted
