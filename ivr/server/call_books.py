"""Call books: journal and story of every call that goes on, and what agents do with it."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ivr.call.journal import CallJournal, Sink
from ivr.call.story import Story
from ivr.call.transfer import Transfers
from ivr.errors import ManagerError
from ivr.ports import SwitchEvent, SwitchFields, SwitchNotice
from ivr.routing.desk import Desk
from ivr.server.harmless import Harmless
from ivr.telephony.channel_names import interface_of

ESCALATE = "IvrEscalate"
"""The UserEvent of the feature code in features.conf."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class CallBook:
    """What is kept of one call; `outcome` is noted when the book is closed.

    `excused` are the channels of agents whose ringing was ended by an order about this call.
    """

    journal: CallJournal
    story: Story
    outcome: str = ""
    excused: set[str] = field(default_factory=set)


class CallBooks:
    """The books of the calls that go on, by Asterisk's unique id."""

    def __init__(self, desk: Desk, transfers: Transfers, sinks: Sequence[Sink]) -> None:
        self._desk = desk
        self._transfers = transfers
        self.sinks = list(sinks)
        """Told every record of the calls that begin from now on."""
        self._books: dict[str, CallBook] = {}
        self.screens: list[Callable[[dict[str, Any]], None]] = []
        """Told of every call that an agent takes, with its whole story."""

    @property
    def open(self) -> tuple[str, ...]:
        """The calls that go on, by Asterisk's unique id."""
        return tuple(self._books)

    @contextmanager
    def opened(self, call_id: str) -> Iterator[CallBook]:
        """A book for this call, closed with the block."""
        story = Story()
        clock = asyncio.get_running_loop().time
        book = CallBook(CallJournal(call_id, clock, story.take, *self.sinks), story)
        self._books[call_id] = book
        book.journal.note("CallOpened", began=round(time.time(), 3))
        try:
            yield book
        finally:
            del self._books[call_id]
            book.journal.note("CallEnded", outcome=book.outcome)

    def note(self, call_id: str, kind: str, **data: Any) -> None:
        """Note something in a call's journal; nothing for a call without a book."""
        book = self._books.get(call_id)
        if book is not None:
            book.journal.note(kind, **data)

    def excuse(self, call_id: str, channel: str) -> None:
        """An agent's telephone will stop ringing because of an order: they did not miss a call."""
        if book := self._books.get(call_id):
            book.excused.add(channel)

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Note in each call's journal which agent took it, until the manager is closed.

        AgentConnect comes when the agent has heard the whisper and the two are joined; `Uniqueid`
        is the caller's channel.
        """
        harmless = Harmless("noting which agents answer")
        async for notice in notices:
            if isinstance(notice, SwitchEvent):
                with harmless:
                    await self._take(notice)

    async def _take(self, notice: SwitchEvent) -> None:
        if notice.name == "AgentConnect":
            self._agent_answered(notice.fields)
        elif notice.name == "AgentRingNoAnswer":
            self._agent_missed(notice.fields)
        elif notice.name == "UserEvent" and notice.fields.get("UserEvent") == ESCALATE:
            await self._escalate(notice.fields)

    def _agent_answered(self, event: SwitchFields) -> None:
        call_id = event.get("Uniqueid", "")
        book = self._books.get(call_id)
        if book is None:
            return
        agent, held = event.get("MemberName", ""), event.get("HoldTime", "")
        transfer = self._transfers.under_way(call_id)
        before = transfer.waited_before if transfer else 0.0  # HoldTime is of the last queue alone
        seconds = round(before) + (int(held) if held.isdecimal() else 0)
        book.journal.note("AgentAnswered", agent=agent, waited=seconds)
        pop = book.story.pop(event="agent_connected", call=call_id, agent=agent, waited=seconds)
        for show in self.screens:
            show(pop)

    def _agent_missed(self, event: SwitchFields) -> None:
        book = self._books.get(event.get("Uniqueid", ""))
        rang = event.get("RingTime", "")
        if book is not None and event.get("DestChannel", "") not in book.excused:
            seconds = round(int(rang) / 1000) if rang.isdecimal() else 0
            book.journal.note("AgentMissed", agent=event.get("MemberName", ""), rang=seconds)

    async def _escalate(self, event: SwitchFields) -> None:
        """An agent keyed in that the caller is for the next tier: part the two, if there is one.

        The event comes from whoever pressed the keys, and only an agent may.
        """
        channel, call_id = event.get("Channel", ""), event.get("Linkedid", "")
        interface = interface_of(channel)
        agent = next((a for a in self._desk.team.agents if a.interface == interface), None)
        if agent is None:
            return
        if self._transfers.escalate(call_id, agent.name, agent.title):
            try:
                await self._desk.part(channel)
            except ManagerError as error:
                log.warning("a caller who is to be sent on stays with the agent: %s", error)
