"""Orders: everything a running server can be told, by name, in JSON-able values.

The star codes of agents' phones and the control API are only carriers.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from ivr.errors import IvrError
from ivr.server.control import agent_orders, call_orders, callback_orders
from ivr.server.control.agent_orders import MAX_REASON, AgentOrders
from ivr.server.control.call_orders import BY, CallOrders
from ivr.server.control.callback_orders import CallbackOrders

__all__ = ["BY", "MAX_REASON", "Hotline", "Orders", "UnknownOrder"]

Order = Callable[[Mapping[str, str]], Awaitable[Any]]


class UnknownOrder(IvrError):  # noqa: N818 - what happened
    """Nobody here obeys an order of that name, or not with these words."""


class Hotline(agent_orders.Hotline, call_orders.Hotline, callback_orders.Hotline, Protocol):
    """What orders need of the house."""


class Orders:
    """Obeys orders one at a time, by name."""

    def __init__(self, hotline: Hotline) -> None:
        agents, calls = AgentOrders(hotline), CallOrders(hotline)
        callbacks = CallbackOrders(hotline)
        self._orders: dict[str, Order] = {
            "agents.login": agents.login,
            "agents.logout": agents.logout,
            "agents.pause": agents.pause,
            "agents.resume": agents.resume,
            "agents.reload": agents.reload,
            "calls.hangup": calls.hang_up,
            "calls.transfer": calls.transfer,
            "calls.goto": calls.go_to,
            "calls.listen": calls.listen,
            "calls.whisper": calls.whisper,
            "calls.barge": calls.barge,
            "calls.takeover": calls.take_over,
            "callbacks.cancel": callbacks.cancel,
            "callbacks.now": callbacks.now,
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
