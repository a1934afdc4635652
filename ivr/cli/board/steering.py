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
from ivr.live.picture import CallRow, Picture

LANGUAGE = "language."


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
            phones = await self.feed.phones()
        except IvrError as error:
            self.say(str(error), "bad")
            return ""
        dialog = Choose("Which telephone is yours?", phones, free=True)
        name = await self.app.push_screen_wait(dialog)
        if name:
            self.phone = name
            self.say(f"orders ring {name}'s phone from now on", "")
        return name or ""

    async def by_phone(self, order: str, row: CallRow) -> None:
        """Listen, whisper, barge in or take over."""
        phone = self.phone or await self.choose_phone()
        if phone:
            await self.give(order, row.call, {"phone": phone})

    async def transfer(self, row: CallRow, picture: Picture) -> None:
        """To the queue of a skill."""
        agents = picture.agents
        skills = sorted({s for a in agents for s in a.skills if not s.startswith(LANGUAGE)})
        free = {s: sum(s in a.skills and a.presence == "ready" for a in agents) for s in skills}
        choices = [(skill, f"{free[skill]} free") for skill in skills]
        title = f"Transfer call {short_id(row.call)} to whoever has the skill"
        skill = await self.app.push_screen_wait(Choose(title, choices, free=not choices))
        if skill:
            await self.give("transfer", row.call, {"skill": skill})

    async def goto(self, row: CallRow) -> None:
        """To a node of its flow."""
        try:
            nodes = await self.feed.nodes(row.call)
        except IvrError:
            nodes = ()  # they can still be typed
        title = f"Send call {short_id(row.call)} to the node"
        choices = [(node, "is there now" if node == row.node else "") for node in nodes]
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
