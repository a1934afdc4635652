"""Steering: supervisors' orders to live calls, whatever their stage.

A caller in a queue or with an agent is held by app_queue inside the call's own AGI session. To
steer them a *turn* is left with the transfer (`ivr.call.turns`), and the caller is taken out of the
queue, or parted from the agent; the session then takes the turn. Nothing is left behind if that
fails.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from ivr.call.session import Session
from ivr.call.transfer import Transfers
from ivr.call.turns import Onward, Recalled, Taken, UnderWay
from ivr.dialogue.events import OrderGiven
from ivr.dialogue.ordering import closest, shown
from ivr.dialogue.state import Waiting
from ivr.errors import IvrError, OrderRefused, UnknownCallError
from ivr.flow.need import MIN_PROFICIENCY, Need, with_language
from ivr.ports import SwitchNotice
from ivr.routing.desk import Desk
from ivr.routing.matching import Match
from ivr.routing.skills import Team
from ivr.server.call_books import CallBooks
from ivr.server.steering import freeing, own_phones, spying
from ivr.server.steering.freeing import Freeing
from ivr.server.steering.legs import legs_of
from ivr.server.steering.own_phones import TAKEOVER, Line, OwnPhones, Person, new_line
from ivr.server.steering.spying import Spying
from ivr.telephony.channel_names import interface_of

HOLD_SECONDS = 30
"""How long a telephone that answered waits for the caller."""

ADOPTED = "it began before this server: it can only be listened to and hung up"
NO_DIALOGUE = "it is a call back, which no flow leads"


class Switch(freeing.Switch, own_phones.Switch, spying.Switch, Protocol):
    """What steering needs of `ivr.telephony.manager.AmiManager`."""


class Hotline(Protocol):
    """What steering needs of the house."""

    calls: dict[str, Session]
    books: CallBooks
    desk: Desk

    @property
    def transfers(self) -> Transfers: ...


class Steering:
    """Obeys the orders about calls, one at a time for each call.

    Every method raises UnknownCallError if there is no such call, OrderRefused if it cannot be
    obeyed as things stand, and ManagerError if Asterisk cannot be asked; nothing is changed then.
    `by` is who gives the order. What is done, and what is refused, stands in the call's journal.
    """

    def __init__(self, hotline: Hotline, switch: Switch) -> None:
        self._hotline = hotline
        self._switch = switch
        self._freeing = Freeing(switch, hotline.books.excuse)
        self._busy: set[str] = set()
        self.phones = OwnPhones(switch, self._line_ended)
        self._spying = Spying(switch, self.phones, hotline.books.note)

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Keep up with the telephones in use, until the manager is closed."""
        await self.phones.follow(notices)

    # -- the orders ----------------------------------------------------------------------------

    async def spy(self, order: str, call: str, phone: str, by: str) -> dict[str, Any]:
        """`order` is listen, whisper or barge, on the telephone of the person `phone`."""
        with self._told(call, order, by):
            return await self._spying.spy(order, call, self._person(phone), by)

    async def hang_up(self, call: str, by: str) -> dict[str, Any]:
        """End the call, whatever its stage."""
        order = OrderGiven("hangup")
        with self._alone(call, "hangup", by):
            session, transfer = self._ours(call)
            if session is None:
                await self._switch.hang_up(await self._caller(call))
            else:
                self._note(call, "hangup", by)
                await self._have_obeyed(call, session, transfer, order)
            return {"call": call}

    async def go_to(self, call: str, node: str, by: str) -> dict[str, Any]:
        """Let the bot talk with the caller at a node of a flow the call is in."""
        with self._alone(call, "goto", by):
            session, transfer = self._ours(call)
            if session is None:
                raise OrderRefused(NO_DIALOGUE if transfer else await self._not_ours(call))
            order = OrderGiven("goto", node)
            ends = session.state.errand if transfer else 0
            if fault := session.fault_of(OrderGiven("goto", node, ends)):
                raise OrderRefused(fault)
            self._note(call, "goto", by, node=node)
            await self._have_obeyed(call, session, transfer, order)
            return {"call": call, "node": node}

    async def transfer(self, call: str, skill: str, by: str) -> dict[str, Any]:
        """Bring the caller to the queue for `skill`; time waited before counts there, too."""
        with self._alone(call, "transfer", by):
            session, transfer = self._ours(call)
            if session is None and transfer is None:
                raise OrderRefused(await self._not_ours(call))
            match = self._match(skill, session, transfer)
            assert match.entry is not None
            if transfer is not None and await self._waits_in(call, transfer, match.entry.queue):
                raise OrderRefused(f"the caller waits in {match.entry.queue} already")
            self._note(call, "transfer", by, skill=skill)
            if transfer is not None:
                turn = Onward(match, self._title(by))
                await self._freeing.free(call, transfer, turn)
            elif session is not None:
                order = OrderGiven("transfer", skill)
                await self._have_obeyed(call, session, None, order)
            return {"call": call, "queue": match.entry.queue}

    async def take_over(self, call: str, phone: str, by: str) -> dict[str, Any]:
        """Ring somebody, and join the caller with them once they answer.

        Until then the caller stays where they are, so there is nothing to put back.
        """
        with self._alone(call, "takeover", by):
            who = self._person(phone)
            session, transfer = self._ours(call)
            if session is None and transfer is None:
                raise OrderRefused(await self._not_ours(call))
            await self.phones.free(who, call)
            self.phones.check(who)
            self._note(call, "takeover", by, phone=who.name)
            ring = new_line(who, call, TAKEOVER, by)
            line = await self.phones.ring(who, ring, "Wait", str(HOLD_SECONDS))
            try:
                await self._hand_over(call, Taken(who.name, line.channel, by))
            except BaseException:
                await self.phones.hang_up(line)
                raise
            return {"call": call, "phone": who.name}

    # -- how they are obeyed -------------------------------------------------------------------

    async def _hand_over(self, call: str, taken: Taken) -> None:
        """The telephone has answered: bring the caller to it from wherever they are now."""
        session, transfer = self._ours(call)
        if transfer is not None:
            await self._freeing.free(call, transfer, taken)
        elif session is not None:
            transfers = self._hotline.transfers
            transfers.offer(call, taken)
            try:
                order = OrderGiven("takeover", taken.name)
                await self._have_obeyed(call, session, None, order)
            except BaseException:
                transfers.withdraw_offer(call)
                raise
        else:
            raise OrderRefused("the call was over when the telephone answered")

    async def _have_obeyed(
        self,
        call: str,
        session: Session,
        transfer: UnderWay | None,
        order: OrderGiven,
    ) -> None:
        """Give the order to the dialogue, after taking the caller out of a transfer."""
        taken = session.order_taken()
        try:
            if transfer is None:
                session.post(order)
            else:
                await self._freeing.free(call, transfer, Recalled(order))
            fault = await taken
        finally:
            taken.cancel()
        if fault:
            raise OrderRefused(fault)

    def _match(self, skill: str, session: Session | None, transfer: UnderWay | None) -> Match:
        """The queue for a skill; raises OrderRefused where nobody in it has that skill."""
        desk = self._hotline.desk
        team: Team = desk.team
        if skill not in team.skills:
            raise OrderRefused(
                f"no skill is called {shown(skill)}{closest(skill, list(team.skills))}"
            )
        if transfer is not None:
            need = replace(transfer.need, skills={skill: MIN_PROFICIENCY}, steps=())
            match = desk.match(
                with_language(need, transfer.language), transfer.language, transfer.joined
            )
        else:
            language = session.state.language if session else ""
            match = desk.match(Need({skill: MIN_PROFICIENCY}), language)
        queue = desk.plan.queues.get(match.entry.queue) if match.entry else None
        if queue is None or skill not in queue.skills:
            others = sorted({name for one in desk.plan.queues.values() for name in one.skills})
            if skill in others:
                raise OrderRefused(
                    f"nobody who has {skill} is logged in for this caller's language"
                )
            raise OrderRefused(f"no queue asks for {skill}: queues ask for {', '.join(others)}")
        return match

    # -- what is known of a call ---------------------------------------------------------------

    def _ours(self, call: str) -> tuple[Session | None, UnderWay | None]:
        """The session that leads this call, and the transfer it is in."""
        session, transfer = self._hotline.calls.get(call), self._hotline.transfers.under_way(call)
        if session is not None and session.state.waiting is not Waiting.TRANSFER:
            transfer = None
        return session, transfer

    async def _waits_in(self, call: str, transfer: UnderWay, queue: str) -> bool:
        if transfer.waiting_in != queue:
            return False
        legs = legs_of(call, await self._switch.channels())
        return legs is not None and not legs.peers

    async def _not_ours(self, call: str) -> str:
        """Why a call without a session cannot be steered; raises UnknownCallError for none."""
        await self._caller(call)
        return ADOPTED

    async def _caller(self, call: str) -> str:
        """The caller's channel of a call that is not ours; raises UnknownCallError for none."""
        legs = legs_of(call, await self._switch.channels())
        people = {one.interface for one in self._hotline.desk.team.people}
        if legs is None or interface_of(legs.caller) in people:
            raise UnknownCallError(f"no call {shown(call)} goes on now")
        return legs.caller

    def _person(self, name: str) -> Person:
        team = self._hotline.desk.team
        found = team.person(name)
        if found is None:
            names = [one.name for one in team.people]
            raise OrderRefused(
                f"nobody in the agents file is called {shown(name)}{closest(name, names)}"
            )
        return found

    def _title(self, by: str) -> str:
        found = self._hotline.desk.team.person(by)
        return found.title or found.name if found else ""

    # -- telling -------------------------------------------------------------------------------

    @contextmanager
    def _alone(self, call: str, order: str, by: str) -> Iterator[None]:
        """Refuse a second order about a call while one is being obeyed."""
        with self._told(call, order, by):
            if call in self._busy:
                raise OrderRefused("another order about this call is being obeyed: wait for it")
            self._busy.add(call)
            try:
                yield
            finally:
                self._busy.discard(call)

    @contextmanager
    def _told(self, call: str, order: str, by: str) -> Iterator[None]:
        """Note in the call's journal what could not be obeyed."""
        try:
            yield
        except IvrError as error:
            self._hotline.books.note(call, "OrderRefused", order=order, by=by, why=str(error))
            raise

    def _note(self, call: str, order: str, by: str, **words: str) -> None:
        self._hotline.books.note(call, "Ordered", order=order, by=by, **words)

    def _line_ended(self, line: Line, seconds: float) -> None:
        self._hotline.books.note(
            line.call,
            "OrderEnded",
            order=line.order,
            by=line.by,
            phone=line.phone,
            seconds=round(seconds, 1),
        )
