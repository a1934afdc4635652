"""Orders: everything a running server can be asked or told, by name, in JSON-able values.

The star codes of agents' phones, the control socket and an HTTP interface are only carriers.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from ivr.errors import IvrError, SettingsError
from ivr.ports import Clock
from ivr.routing.desk import Desk
from ivr.routing.membership import LOGGED_OUT
from ivr.routing.skills import agent_name_fault

MAX_REASON = 40

BY = "by"
"""The word of every order that says who gives it: whoever carries the order sets it, and overwrites
what a client sent under this name."""

Order = Callable[[Mapping[str, str]], Awaitable[Any]]


class UnknownOrder(IvrError):  # noqa: N818 - what happened
    """Nobody here obeys an order of that name, or not with these words."""


class Hotline(Protocol):
    """What orders need of the house."""

    @property
    def desk(self) -> Desk: ...

    async def reload_agents(self) -> str:
        """Read the agents file anew; says in one line what changed.

        Raises:
            FlowError, SettingsError: for a fault in it; the old one then stays in force.
        """

    def calls_now(self) -> list[dict[str, Any]]: ...


class Orders:
    """Obeys orders one at a time, by name."""

    def __init__(self, hotline: Hotline, clock: Clock = time.time) -> None:
        self._hotline = hotline
        self._clock = clock
        self._orders: dict[str, Order] = {
            "agents": self._agents,
            "agents.login": self._login,
            "agents.logout": self._logout,
            "agents.pause": self._pause,
            "agents.resume": self._resume,
            "agents.reload": self._reload,
            "calls": self._calls,
            "waiting": self._waiting,
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._orders)

    async def obey(self, name: str, words: Mapping[str, str]) -> Any:
        """Do it; gives a JSON-able answer.

        Raises:
            IvrError: if it is not known or cannot be done, with what to do next.
        """
        order = self._orders.get(name)
        if order is None:
            raise UnknownOrder(
                f"no order is called {name[:40]!r}; there is {', '.join(self.names)}"
            )
        return await order(words)

    async def _agents(self, words: Mapping[str, str]) -> list[dict[str, Any]]:
        desk = self._hotline.desk
        return [
            {
                "name": agent.name,
                "title": agent.title,
                "presence": desk.presence[agent.name].value,
                "reason": _shown(desk.absences.get(agent.name, "")),
            }
            for agent in desk.team.agents
        ]

    async def _login(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.login)

    async def _logout(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.logout)

    async def _resume(self, words: Mapping[str, str]) -> dict[str, str]:
        return await self._told(words, self._hotline.desk.resume)

    async def _pause(self, words: Mapping[str, str]) -> dict[str, str]:
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

    async def _reload(self, words: Mapping[str, str]) -> dict[str, str]:
        return {"changed": await self._hotline.reload_agents()}

    async def _calls(self, words: Mapping[str, str]) -> list[dict[str, Any]]:
        return self._hotline.calls_now()

    async def _waiting(self, words: Mapping[str, str]) -> list[dict[str, Any]]:
        now = self._clock()
        return [
            {
                "call": caller.call_id,
                "queue": caller.queue,
                "waited": max(0, round(now - caller.joined)),
            }
            for caller in self._hotline.desk.line.callers
        ]


def _shown(reason: str) -> str:
    return "" if reason == LOGGED_OUT else reason
