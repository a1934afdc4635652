"""A steered call without an Asterisk: a real session and steering, a line and a switch of wood."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ivr.call.journal import CallJournal, Record
from ivr.call.session import Services, Session
from ivr.call.transfer import Transfers
from ivr.errors import AgiError, ManagerError
from ivr.flow.need import Need
from ivr.ports import QueueEntry, SwitchEvent, SwitchFields, SwitchNotice, TransferOutcome
from ivr.rehearsal.line import Line, LineChannel
from ivr.routing.matching import Match
from ivr.routing.skills import Agent, Supervisor, Team
from ivr.server.call_books import CallBooks
from ivr.server.steering.steering import Steering
from tests.call.rig import BOOK, ENTRY, Detector, Prompts
from tests.fakes.recogniser import FakeRecogniser

CALL = "7.1"
CALLER = "PJSIP/anonymous-00000001"
TEAM = Team(
    (Agent("wang", "PJSIP/agent-wang", {"general": 3, "language.zh": 5}),),
    {"general": "", "loans": "", "language.zh": ""},
    (Supervisor("gu", "PJSIP/agent-gu", "顾主管"), Supervisor("ma", "PJSIP/agent-ma")),
)
QUEUES = {
    "general": SimpleNamespace(skills={"general": 3, "language.zh": 3}),
    "loans": SimpleNamespace(skills={"loans": 3, "language.zh": 3}),
}


class Channel(LineChannel):
    """Remembers what was asked of it after the call was over."""

    def __init__(self) -> None:
        super().__init__(CALL)
        self.over = False
        self.late: list[str] = []
        self.joined_with = ""
        self.agent = ""
        self.left: Callable[[], None] = lambda: None
        self.entries: list[QueueEntry] = []

    def _asked(self, what: str) -> None:
        if self.over:
            self.late.append(what)

    async def open_audio(self) -> Line:
        self._asked("open_audio")
        if self.gone:
            raise AgiError("the caller is gone")
        return await super().open_audio()

    async def set_variables(self, values: dict[str, str]) -> None:
        self._asked("set_variables")

    async def play(self, sound: str) -> None:
        self._asked("play")
        await asyncio.sleep(2.0)

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        self._asked("enqueue")
        self.entries.append(entry)
        if self.gone:
            return TransferOutcome.ABANDONED
        return await super().enqueue(entry)

    async def join(self, channel: str) -> bool:
        self._asked("join")
        if self.gone or channel not in self.lines_up:
            return False
        self.joined_with = channel
        try:
            await super().enqueue(ENTRY)
        finally:
            self.joined_with = ""
        return True

    async def hang_up(self) -> None:
        self._asked("hang_up")
        await super().hang_up()

    def leave(self) -> None:
        super().leave()
        self.left()

    lines_up: dict[str, str]


class Switch:
    """Asterisk's manager as steering knows it, over one call.

    `answers` tells whether telephones that ring are answered.
    """

    def __init__(self, channel: Channel) -> None:
        self.connected = True
        self.answers = True
        self.ring_for = 0.5
        self._channel = channel
        self._numbers = iter(range(10, 10_000))
        self._notices: asyncio.Queue[SwitchNotice] = asyncio.Queue()
        channel.lines_up = {}
        channel.left = lambda: self._tell("Hangup", Uniqueid=CALL, Channel=CALLER)
        self.rung: list[tuple[str, str, str]] = []
        self.pressed: list[tuple[str, str]] = []
        self.ringing: dict[str, tuple[str, asyncio.TimerHandle]] = {}
        """Channels that ring for an order -> their unique id, and how that would end."""

    async def notices(self) -> AsyncIterator[SwitchNotice]:
        while True:
            yield await self._notices.get()

    def _tell(self, name: str, **fields: str) -> None:
        self._notices.put_nowait(SwitchEvent({"Event": name, **fields}))

    async def channels(self) -> tuple[SwitchFields, ...]:
        await asyncio.sleep(0)
        if not self.connected:
            raise ManagerError("the link is down")
        mine = self._channel
        lines = tuple(
            {"Channel": name, "Uniqueid": uid, "Linkedid": uid,
             "BridgeId": "b" if name == mine.joined_with else ""}
            for name, uid in mine.lines_up.items()
        ) + tuple(
            {"Channel": name, "Uniqueid": uid, "Linkedid": uid}
            for name, (uid, _) in self.ringing.items()
        )  # fmt: skip
        if mine.gone:
            return lines
        bridge = "b" if mine.agent or mine.joined_with else ""
        caller = {"Channel": CALLER, "Uniqueid": CALL, "Linkedid": CALL, "BridgeId": bridge}
        agent = {"Channel": mine.agent, "Uniqueid": "7.2", "Linkedid": CALL, "BridgeId": bridge}
        return (caller, *((agent,) if mine.agent else ()), *lines)

    async def withdraw(self, queue: str, channel: str) -> None:
        await asyncio.sleep(0)
        mine = self._channel
        if mine.waiting is None or mine.agent or mine.waiting.queue != queue:
            raise ManagerError("no such caller")
        mine.end_queue(TransferOutcome.FAILED)

    async def hang_up(self, channel: str) -> None:
        await asyncio.sleep(0)
        mine = self._channel
        if channel == CALLER and not mine.gone:
            self.part()
            mine.leave()
        elif channel and channel == mine.agent:
            self.part()
        elif channel in mine.lines_up:
            self._tell("Hangup", Uniqueid=mine.lines_up.pop(channel), Channel=channel)
            if channel == mine.joined_with:
                mine.end_queue(TransferOutcome.ANSWERED)
        elif channel in self.ringing:
            uid, timer = self.ringing.pop(channel)
            timer.cancel()
            self._tell("OriginateResponse", Uniqueid=uid, Response="Failure", Reason="1")
        else:
            raise ManagerError("no such channel")

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None:
        await asyncio.sleep(0)

    async def press(self, channel: str, key: str) -> None:
        self.pressed.append((channel, key))

    async def ring(
        self,
        channel: str,
        application: str,
        argument: str,
        channel_id: str,
        seconds: float,
        shown: str,
    ) -> None:
        self.rung.append((channel, application, argument))
        name = f"{channel}-{next(self._numbers):08x}"

        def end() -> None:
            del self.ringing[name]
            if self.answers:
                self._channel.lines_up[name] = channel_id
                self._tell(
                    "OriginateResponse", Uniqueid=channel_id, Response="Success", Channel=name
                )
            else:
                self._tell("OriginateResponse", Uniqueid=channel_id, Response="Failure", Reason="3")

        loop = asyncio.get_running_loop()
        self.ringing[name] = channel_id, loop.call_later(self.ring_for, end)

    # -- what others do ------------------------------------------------------------------------

    def answer(self) -> None:
        """An agent takes the caller who waits."""
        if self._channel.waiting is not None and not self._channel.gone:
            self._channel.agent = self._channel.agent or "PJSIP/agent-wang-00000002"

    def part(self) -> None:
        """Whoever talks with the caller hangs up."""
        if self._channel.agent:
            self._tell("Hangup", Uniqueid="7.2", Channel=self._channel.agent)
            self._channel.agent = ""
            self._channel.end_queue(TransferOutcome.ANSWERED)

    def expire(self) -> None:
        """Nobody takes the caller who waits."""
        if self._channel.waiting is not None and not self._channel.agent:
            self._channel.end_queue(TransferOutcome.NO_ANSWER)


class Desk:
    """Gives every need the queue of its first skill."""

    team, plan = TEAM, SimpleNamespace(queues=QUEUES)

    def __init__(self) -> None:
        self.joined: list[float | None] = []
        self.nobody = False

    def match(self, need: Need, language: str, joined: float | None = None) -> Match:
        self.joined.append(joined)
        skill = next((s for s in need.skills if s in QUEUES), "general")
        if self.nobody:
            return Match(None, "nobody", "nobody is there")
        return Match(QueueEntry(skill, 7, 0, 60), "exact", f"to {skill}")

    def escalate(self, queue: str, agent: str, need: Need, joined: float) -> Match:
        return Match(None, "nobody", "nobody above")

    def joins(self, call_id: str, entry: QueueEntry) -> None:
        return None


class Steered:
    """One call that a session leads, its journal, and steering over it."""

    def __init__(self, folder: Path) -> None:
        self.channel = Channel()
        self.switch = Switch(self.channel)
        self.desk = cast(Any, Desk())
        prompts = Prompts()
        self.transfers = Transfers(self.desk, prompts, folder)
        self.records: list[Record] = []
        self.services = Services(BOOK, "desk", FakeRecogniser(), Detector, prompts, self.transfers)
        self.books = CallBooks(self.desk, self.transfers, [self.records.append])
        self.calls: dict[str, Session] = {}
        self.steering = Steering(self, self.switch)

    async def run(self) -> Session:
        """The call from beginning to end, as the house runs it."""
        with self.books.opened(CALL) as book:
            journal: CallJournal = book.journal
            session = self.calls[CALL] = Session(self.channel, self.services, journal)
            try:
                await session.run()
            finally:
                del self.calls[CALL]
                self.channel.over = True
                book.outcome = session.state.outcome
        return session

    def kinds(self) -> list[str]:
        return [record["kind"] for record in self.records]

    def data(self, kind: str) -> list[dict[str, Any]]:
        return [record["data"] for record in self.records if record["kind"] == kind]
