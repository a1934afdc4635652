"""AgentOrders: who takes calls, and who does not."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from ivr.errors import SettingsError
from ivr.routing.desk import Desk
from ivr.routing.membership import LOGGED_OUT
from ivr.routing.skills import agent_name_fault

MAX_REASON = 40


class Hotline(Protocol):
    """What these orders need of the house."""

    @property
    def desk(self) -> Desk: ...

    async def reload_agents(self) -> str:
        """Read the agents file anew; says in one line what changed.

        Raises:
            FlowError, SettingsError: for a fault in it; the old one then stays in force.
        """


class AgentOrders:
    """Every method takes the words of its order, and raises IvrError where it cannot be done."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    async def login(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.login)

    async def logout(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.logout)

    async def resume(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.resume)

    async def pause(self, words: Mapping[str, str]) -> dict[str, str]:
        reason = words.get("reason", "").strip() or "pause"
        if len(reason) > MAX_REASON or not reason.isprintable() or reason == LOGGED_OUT:
            raise SettingsError(f"a reason is one line of at most {MAX_REASON} characters")
        return await self._told(words, lambda name: self._hotline.desk.pause(name, reason))

    async def _told(
        self, words: Mapping[str, str], tell: Callable[[str], Awaitable[None]]
    ) -> dict[str, str]:
        name = words.get("name", "")
        if fault := agent_name_fault(name):
            raise SettingsError(fault)
        await tell(name)
        reason = self._hotline.desk.absences.get(name, "")
        return {"name": name, "reason": reason}

    async def reload(self, words: Mapping[str, str]) -> dict[str, str]:
        return {"changed": await self._hotline.reload_agents()}
