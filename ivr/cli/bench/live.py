"""`ivr bench live`: what the live picture costs, with many calls that never stand still."""

import itertools
import json
import random
import time
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.console import Console

from ivr.call.journal import Record
from ivr.flow.need import Need
from ivr.live.alarms import Alarms, Facts, skills_asked_for
from ivr.live.board import Board
from ivr.live.changes import applied, difference
from ivr.live.picture import Picture
from ivr.live.tally import Tally
from ivr.live.thresholds import Thresholds
from ivr.ports import SwitchEvent
from ivr.routing.queues import QueuePlan, plan_queues
from ivr.routing.skills import Agent, Presence, Team

STEP = 0.5
"""Seconds between two pictures."""
WORDS_EVERY = 4.0
"""A caller speaks, and is answered, so often: about ten records each time."""
MOVES = 0.02
"""The part of the calls that change their place in each step."""
SKILLS = ("loans", "accounts", "card_loss", "complaints", "forex", "wealth")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


@dataclass
class Crew:
    """A desk for so many agents, half of them busy."""

    team: Team
    plan: QueuePlan
    connected: bool = True
    presence: dict[str, Presence] = field(default_factory=dict)
    absences: dict[str, str] = field(default_factory=dict)


def bench_live(
    calls: Annotated[int, typer.Option(min=1, max=5000, help="Calls at the same time.")] = 200,
    agents: Annotated[int, typer.Option(min=2, max=2000, help="Agents.")] = 60,
    seconds: Annotated[int, typer.Option(min=1, max=3600, help="Of the hotline's time.")] = 60,
    as_json: Json = False,
) -> None:
    """Fold the records and events of many calls, and draw the picture twice a second."""
    spent, facts = measure(calls, agents, seconds)
    shares = {name: round(100 * used / seconds, 2) for name, used in spent.items()}
    shares["all"] = round(sum(shares.values()), 2)
    if as_json:
        print(json.dumps({"percent of a core": shares, **facts}, indent=2))
        return
    console = Console(highlight=False)
    for name, share in shares.items():
        console.print(f"{name:<34}{share:>8.2f} % of one core")
    console.print(", ".join(f"{count} {name}" for name, count in facts.items()), style="dim")


def measure(calls: int, agents: int, seconds: int) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds of processor time for each kind of work, and how much there was of it."""
    hotline = Hotline(calls, agents)
    board, tally = Board(hotline.crew), Tally()
    alarms = Alarms(Thresholds())
    facts = Facts(tally, skills_asked_for(hotline.crew.plan, hotline.crew.team))
    spent = dict.fromkeys(("records and events", "pictures", "changes, as JSON", "alarms"), 0.0)
    counts = {"records": 0, "events": 0, "pictures": 0, "bytes of changes": 0}
    hotline.tell(board, tally, hotline.arrivals())
    before = seen = board.picture(hotline.now)
    for _ in range(round(seconds / STEP)):
        told = hotline.step()
        counts["records"] += sum(not isinstance(one, SwitchEvent) for one in told)
        counts["events"] += sum(isinstance(one, SwitchEvent) for one in told)
        began = time.process_time()
        hotline.tell(board, tally, told)
        folded = time.process_time()
        after = board.picture(hotline.now)
        drawn = time.process_time()
        changes = json.dumps(difference(before, after), ensure_ascii=False)
        sent = time.process_time()
        alarms.look(after, facts)
        judged = time.process_time()
        seen = applied(seen, json.loads(changes))
        for name, used in zip(
            spent, (folded - began, drawn - folded, sent - drawn, judged - sent), strict=True
        ):
            spent[name] += used
        counts["pictures"] += 1
        counts["bytes of changes"] += len(changes.encode())
        before = after
    assert seen == before, "the changes do not add up to the picture"
    spent["metrics, every 10 s"] = _scrapes(before, tally) * seconds / 10
    return spent, counts


def _scrapes(picture: Picture, tally: Tally) -> float:
    """Seconds of processor time for one answer to Prometheus."""
    from ivr.live.metrics import metrics_text  # the other verbs do without it

    began = time.process_time()
    for _ in range(10):
        metrics_text(picture, tally)
    return (time.process_time() - began) / 10


class Hotline:
    """Calls that talk, wait, are served and end, by a seed; each that ends is followed by one."""

    def __init__(self, calls: int, agents: int) -> None:
        self.now = 1_000_000.0
        self._chance = random.Random(7)
        self._serial = itertools.count()
        self._size = calls
        team = Team(tuple(self._agent(number) for number in range(agents)))
        needs = [Need({skill: 3}) for skill in SKILLS]
        plan = plan_queues(needs, ["zh", "en"], team, escalations=True)
        presence = {agent.name: Presence.READY for agent in team.agents}
        self.crew = Crew(team, plan, presence=presence)
        self._queues = [f"zh-{skill}.3" for skill in SKILLS]
        self._calls: dict[str, float] = {}
        self._places: dict[str, str] = {}

    def tell(self, board: Board, tally: Tally, told: list[Record | SwitchEvent]) -> None:
        for one in told:
            if isinstance(one, SwitchEvent):
                board.take_notice(one, self.now)
            else:
                board.take_record(one, self.now)
                tally.take_record(one, self.now)

    def arrivals(self) -> list[Record | SwitchEvent]:
        """As many new calls as are missing."""
        found: list[Record | SwitchEvent] = []
        while len(self._calls) < self._size:
            call = f"{self.now}.{next(self._serial)}"
            self._calls[call] = self.now
            started = {"caller": "13812345678", "called": "1000", "now": "", "call_id": call}
            found += [
                self._record(call, "FlowPinned", flow="bank", version="1"),
                self._record(call, "CallStarted", **started),
                *self._turn(call),
            ]
        return found

    def step(self) -> list[Record | SwitchEvent]:
        """What happens in half a second."""
        self.now += STEP
        told: list[Record | SwitchEvent] = []
        for call in list(self._calls):
            place = self._places.get(call, "")
            told += self._noise(call)
            if not place and self._chance.random() < STEP / WORDS_EVERY:
                told += self._turn(call)
            if self._chance.random() < MOVES:
                told += self._move(call, place)
        name = self._chance.choice(self.crew.team.agents).name
        self.crew.presence[name] = self._chance.choice((Presence.READY, Presence.BUSY))
        return told + self.arrivals()

    def _move(self, call: str, place: str) -> list[Record | SwitchEvent]:
        """On to the queue, to an agent, and away."""
        if not place:
            queue = self._places[call] = self._chance.choice(self._queues)
            asked = {"serial": 9, "language": "zh", "context": {"intent": "loan"}}
            return [
                self._record(call, "StartTransfer", **asked),
                self._record(call, "QueueChosen", queue=queue, priority=1, why="", facts={}),
                self._event("QueueCallerJoin", call, Queue=queue, Position="1"),
            ]
        agent = self._chance.choice(self.crew.team.agents)
        if place != "agent":
            self._places[call] = "agent"
            who = {"Interface": agent.interface, "MemberName": agent.name}
            return [
                self._event("QueueCallerLeave", call, Queue=place),
                self._event("AgentConnect", call, Queue=place, **who),
                self._record(call, "AgentAnswered", agent=agent.name, waited=3),
            ]
        del self._places[call]
        told: list[Record | SwitchEvent] = [
            self._event("AgentComplete", call, Queue=""),
            self._record(call, "TransferEnded", serial=9, outcome="answered"),
            self._event("Hangup", call),
            self._record(call, "CallEnded", outcome="answered"),
        ]
        del self._calls[call]
        return told

    def _turn(self, call: str) -> list[Record]:
        """The caller speaks and is answered."""
        words = [{"text": "贷款", "confidence": 0.9, "start": 0.0, "end": 0.5}]
        heard = {"utterance": {"words": words, "language": "zh", "seconds": 0.5}}
        node = f"node{self._chance.randrange(40)}"
        return [
            self._record(call, "SpeechBegan"),
            self._record(call, "StopPrompt"),
            self._record(call, "Decoded", silence=0.3, seconds=0.05),
            self._record(call, "Heard", **heard),
            self._record(call, "Explain", text="", facts={"node": node, "score": 1.0}),
            self._record(call, "EnterNode", node=node),
            self._record(call, "PlayPrompt", serial=1, segments=[]),
            self._record(call, "Listen", grammar={"language": "zh"}),
            self._record(call, "PromptBegan", serial=1),
        ]

    def _noise(self, call: str) -> list[SwitchEvent]:
        """Events that mean nothing to the board; Asterisk sends several for each that does."""
        return [self._event("Newexten", call), self._event("VarSet", call, Variable="X")]

    def _record(self, call: str, kind: str, **data: Any) -> Record:
        at = self.now - self._calls[call]
        return {"at": at, "call": call, "what": "note", "kind": kind, "data": data}

    def _event(self, name: str, call: str, **fields: str) -> SwitchEvent:
        return SwitchEvent({"Event": name, "Uniqueid": call, **fields})

    def _agent(self, number: int) -> Agent:
        skills = dict.fromkeys(self._chance.sample(SKILLS, 3), 4)
        name = f"a{number}"
        return Agent(name, f"PJSIP/agent-{name}", {"language.zh": 5, "language.en": 3, **skills})
