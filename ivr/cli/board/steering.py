"""Steering: asks what an order still needs, gives it, and says what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import App

from ivr.cli.board import wording
from ivr.cli.board.cells import short_id
from ivr.cli.board.dialogs import Choose, Confirm
from ivr.cli.board.feed import Feed
from ivr.errors import IvrError
from ivr.live.choices import NodeChoice
from ivr.live.picture import CallRow, Picture


@dataclass(slots=True)
class Steering:
    """Orders of the board's user to one feed. `phone` is whose telephone rings for them.

    Its coroutines show dialogs, so they run in a worker of `app`.
    """

    app: App[Any]
    feed: Feed
    say: Callable[[str, str], None]
    phone: str = ""
    asking: bool = False
    """Whether a dialog is open or about to open, so that keys are not for the board."""

    async def choose_phone(self) -> str:
        """Ask whose telephone is to ring; "" if that was not said."""
        try:
            phones = (await self.feed.choices()).phones
        except IvrError as error:
            self.say(str(error), "bad")
            return ""
        choices = [(one.phone, one.title) for one in phones]
        dialog = Choose("Which telephone is yours?", choices, free=True)
        name = await self.app.push_screen_wait(dialog)
        if name:
            self.phone = name
            self.say(f"orders ring {name}'s phone from now on", "")
        return name or ""

    async def by_phone(self, order: str, row: CallRow) -> None:
        """Listen, whisper, barge in or take over."""
        if advice := wording.in_vain(order, short_id(row.call), row.stage):
            self.say(advice, "warn")
            return
        phone = self.phone or await self.choose_phone()
        if phone:
            await self.give(order, row.call, {"phone": phone})

    async def transfer(self, row: CallRow, picture: Picture) -> None:
        """To the queue of a skill."""
        agents = picture.agents
        try:
            skills = (await self.feed.choices()).skills
        except IvrError:
            skills = ()  # they can still be typed
        choices = [
            (
                one.skill,
                f"{sum(one.skill in a.skills and a.presence == 'ready' for a in agents)} free"
                f"  {one.meaning}".rstrip(),
            )
            for one in skills
        ]
        title = f"Transfer call {short_id(row.call)} to whoever has the skill"
        skill = await self.app.push_screen_wait(Choose(title, choices, free=not choices))
        if skill:
            await self.give("transfer", row.call, {"skill": skill})

    async def goto(self, row: CallRow) -> None:
        """To a node of the flows it is in."""
        try:
            flows = (await self.feed.choices(row.call)).flows
        except IvrError:
            flows = ()  # they can still be typed
        title = f"Send call {short_id(row.call)} to the node"
        choices = [
            (one.node, _about(one, flow.flow, nearest=flow is flows[0], row=row))
            for flow in flows
            for one in flow.nodes
        ]
        node = await self.app.push_screen_wait(Choose(title, choices, free=True))
        if node:
            await self.give("goto", row.call, {"node": node})

    async def hang_up(self, row: CallRow) -> None:
        """Ask, then end the call."""
        known = (row.stage.value, row.node, row.queue, row.agent)
        question = f"Hang up call {short_id(row.call)}?"
        if await self.app.push_screen_wait(Confirm(question, ", ".join(filter(None, known)))):
            await self.give("hangup", row.call, {})

    async def give(self, order: str, call: str, words: Mapping[str, str]) -> None:
        """Give an order and say what came of it."""
        self.asking = False
        short = short_id(call)
        self.say(wording.doing(order, short, words), "dim")
        try:
            await self.feed.order(call, order, words)
        except IvrError as error:
            self.say(str(error), "bad")
        else:
            self.say(wording.done(order, short, words), "good")


def _about(choice: NodeChoice, flow: str, *, nearest: bool, row: CallRow) -> str:
    """What is told beside a node: whether the call is there, else its kind; its flow if outer."""
    if nearest:
        return "is there now" if choice.node == row.node else choice.kind
    return f"{choice.kind}, in {flow}" if choice.kind else f"in {flow}"
