"""A make-believe hotline: calls, queues and agents that change as real ones do, from a seed."""

import random
from dataclasses import replace

from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Severity, Stage

TALKS = (
    ("main", ""), ("card_loss", "card_loss"), ("card_loss_confirm", "card_loss"),
    ("balance_card", "balance"), ("balance_told", "balance"), ("enquiry", "transfer_enquiry"),
    ("enquiry_matter", "transfer_enquiry"), ("loans", "loans"), ("anything_else", "balance"),
    ("complaints", "complaint"), ("rating", "card_loss"), ("信用卡分期办理确认", "分期付款"),
)  # fmt: skip
QUEUES = ("card_loss-zh", "card_loss-en", "accounts-zh", "loans-zh", "complaints-zh", "fallback")
NAMES = (
    ("wang", "王静"), ("li", "李强"), ("zhao", "赵敏"), ("chen", "陈晓"), ("sun", "孙丽"),
    ("zhou", "周杰"), ("wu", "吴倩"), ("zheng", "郑浩"), ("smith", "Ann Smith"), ("he", "何雨"),
    ("lin", "林海"), ("guo", "郭燕"),
)  # fmt: skip
SKILLS = ("card_loss", "accounts", "loans", "complaints", "forex", "general")
SAYINGS = (
    ("caller", "我的卡丢了"), ("bot", "请说出或输入卡号后四位。"), ("caller", "尾号••••"),
    ("bot", "卡尾号••••, 现在挂失吗?"), ("caller", "对"), ("node", "card_loss_agent"),
    ("bot", "正在为您转接挂失专员, 请稍候。"), ("caller", "快点"),
    ("bot", "您前面还有一位客户。"), ("caller", "I would like to speak to a person, please"),
    ("bot", "One moment, I am connecting you."),
)  # fmt: skip
LEAVING = {Stage.TALKING: 0.004, Stage.WAITING: 0.001, Stage.CONNECTED: 0.009}
"""How likely a caller is to end the call in each half second."""

ARRIVING = 0.4
"""How likely it is, in each half second, that a call that ended is followed by another."""

GOAL = 20.0
START = 1_774_000_000.0
WARM_UP = 600.0
"""Seconds that have passed when somebody begins to look."""


class DemoHotline:
    """So many calls at a time, moved on by `advance`. The same seed gives the same day."""

    def __init__(self, calls: int = 20, seed: int = 7, now: float = START) -> None:
        self._dice = random.Random(seed)
        self._size = calls
        self.now = now - WARM_UP
        self._count = 0
        self.calls: dict[str, CallRow] = {}
        self.agents = {name: self._agent(index) for index, name in enumerate(self._names())}
        self._answered = {queue: self._dice.randint(20, 90) for queue in QUEUES}
        self._in_time = {
            q: int(n * self._dice.uniform(0.7, 0.97)) for q, n in self._answered.items()
        }
        self._given_up = {queue: self._dice.randint(0, 6) for queue in QUEUES}
        while self.now < now:
            self.now += 0.5
            self._live()

    def advance(self, seconds: float) -> Picture:
        """Let time pass and things happen; the picture then."""
        self.now += seconds
        self._live()
        return self.picture()

    def picture(self) -> Picture:
        """All of it now."""
        calls = tuple(self.calls.values())
        queues = tuple(self._queue(name) for name in QUEUES)
        return Picture(
            self.now, True, calls, queues, tuple(self.agents.values()), self._alarms(queues)
        )

    def end(self, call: str) -> None:
        """The caller hangs up or is hung up."""
        row = self.calls.pop(call)
        if row.stage is Stage.WAITING:
            self._given_up[row.queue] += 1
        if row.agent in self.agents:
            self._set(row.agent, "wrap-up")

    def move(self, call: str, node: str) -> None:
        """Send a call to a node."""
        row = self.calls[call]
        if row.agent in self.agents:
            self._set(row.agent, "wrap-up")
        self.calls[call] = replace(
            row, stage=Stage.TALKING, node=node, since=self.now, joined=0.0, queue="", agent=""
        )

    def queue_up(self, call: str, skill: str) -> None:
        """Send a call to the queue of a skill."""
        queue = next((name for name in QUEUES if name.startswith(skill)), "fallback")
        row = self.calls[call]
        self.calls[call] = replace(
            row, stage=Stage.WAITING, since=self.now, joined=self.now, queue=queue, agent=""
        )
        self._renumber()

    def _names(self) -> list[str]:
        count = max(len(NAMES), self._size // 3)
        return [NAMES[i][0] if i < len(NAMES) else f"agent{i:02}" for i in range(count)]

    def _agent(self, index: int) -> AgentRow:
        name, title = NAMES[index] if index < len(NAMES) else (f"agent{index:02}", f"坐席 {index}")
        presence = self._dice.choice(("ready", "ready", "ready", "paused", "offline", "ready"))
        return AgentRow(
            name, title, self._dice.choice(("general", "specialist", "expert")), presence,
            "午餐" if presence == "paused" else "", self.now - self._dice.uniform(5, 900), "",
            tuple(sorted(self._dice.sample(SKILLS, 3))), self._dice.randint(0, 30),
        )  # fmt: skip

    def _arrive(self) -> None:
        self._count += 2
        call = f"{self.now:.0f}.{self._count}"
        node, intent = self._dice.choice(TALKS)
        self.calls[call] = CallRow(
            call, self.now, Stage.TALKING, self.now, f"••••{self._dice.randint(0, 9999):04}",
            "95588", "bank", node, self._dice.choice(("zh", "zh", "zh", "en")), intent,
            annoyance=round(self._dice.uniform(0, 0.4), 2),
        )  # fmt: skip

    def _live(self) -> None:
        for call in tuple(self.calls):
            self._step(self.calls[call])
        for name, agent in tuple(self.agents.items()):
            if agent.presence == "wrap-up" and self._dice.random() < 0.05:
                self._set(name, "ready")
        for _ in range(self._size - len(self.calls)):
            if self._dice.random() < ARRIVING:
                self._arrive()
        self._answer()
        self._renumber()

    def _step(self, row: CallRow) -> None:
        chance = self._dice.random()
        if row.stage is Stage.TALKING and chance < 0.05:
            node, intent = self._dice.choice(TALKS)
            mood = min(1.0, max(0.0, round(row.annoyance + self._dice.uniform(-0.13, 0.145), 2)))
            self.calls[row.call] = replace(
                row, node=node, intent=intent or row.intent, since=self.now, annoyance=mood,
                annoyed=mood >= 0.6, turns=row.turns + 1,
                nomatches=row.nomatches + (self._dice.random() < 0.2),
            )  # fmt: skip
        elif row.stage is Stage.TALKING and chance < 0.056 and row.turns > 1:
            self.queue_up(row.call, self._dice.choice(SKILLS))
        elif chance > 1 - LEAVING[row.stage]:
            self.end(row.call)

    def _answer(self) -> None:
        """The longest waiting caller is answered, now and then."""
        free = [name for name, agent in self.agents.items() if agent.presence == "ready"]
        waiting = sorted(
            (row for row in self.calls.values() if row.stage is Stage.WAITING),
            key=lambda r: r.joined,
        )
        if free and waiting and self._dice.random() < 0.3:
            name, row = self._dice.choice(free), waiting[0]
            self._answered[row.queue] += 1
            self._in_time[row.queue] += self.now - row.joined <= GOAL
            self.calls[row.call] = replace(
                row, stage=Stage.CONNECTED, since=self.now, agent=name, position=0
            )
            self._set(name, "busy", row.call)

    def _set(self, name: str, presence: str, call: str = "") -> None:
        agent = self.agents[name]
        self.agents[name] = replace(
            agent, presence=presence, since=self.now, call=call, calls=agent.calls + bool(call)
        )

    def _renumber(self) -> None:
        places: dict[str, int] = {}
        for row in sorted(self.calls.values(), key=lambda r: (r.joined, r.call)):
            if row.stage is Stage.WAITING:
                places[row.queue] = places.get(row.queue, 0) + 1
                if row.position != places[row.queue]:
                    self.calls[row.call] = replace(row, position=places[row.queue])

    def _queue(self, name: str) -> QueueRow:
        waiting = [r for r in self.calls.values() if r.stage is Stage.WAITING and r.queue == name]
        skill = name.partition("-")[0]
        there = [
            a.presence for a in self.agents.values() if skill in a.skills or name == "fallback"
        ]
        return QueueRow(
            name, len(waiting), min((r.joined for r in waiting), default=0.0),
            there.count("ready"), there.count("busy") + there.count("wrap-up"),
            there.count("paused") + there.count("offline"), self._answered[name],
            self._in_time[name], self._given_up[name], 9.0 + len(name), GOAL,
        )  # fmt: skip

    def _alarms(self, queues: tuple[QueueRow, ...]) -> tuple[AlarmRow, ...]:
        return tuple(
            AlarmRow(
                "queue longest", q.queue,
                f"{q.queue}: somebody has waited for more than 60 s, {q.free} agents are free",
                q.oldest + 60, Severity.WARNING if q.free else Severity.CRITICAL,
            )
            for q in queues if q.oldest and self.now - q.oldest > 60
        )  # fmt: skip
