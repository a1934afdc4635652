"""GivenOrders: orders that somebody gives by name, each written down with what became of it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from ivr.errors import IvrError
from ivr.server.control.audit_trail import AuditTrail
from ivr.server.control.orders import BY
from ivr.server.steering.order_times import ORDER_SECONDS

AGENT = "agent"
"""The role of who gives orders by the star codes of their own telephone."""


class TookTooLong(IvrError):  # noqa: N818 - what happened
    """An order was not done in time; parts of it may be."""


class Obeying(Protocol):
    """Whoever obeys orders: `ivr.server.control.orders.Orders`, or a carrier before it."""

    async def obey(self, name: str, words: Mapping[str, str]) -> Any: ...


class GivenOrders:
    """Passes orders on, and keeps in the audit log who gave them."""

    def __init__(self, orders: Obeying, trail: AuditTrail) -> None:
        self._orders = orders
        self._trail = trail

    async def give(
        self, name: str, subject: str, words: Mapping[str, str], who: str, role: str
    ) -> Any:
        """Do it and write it down. `subject` is the call or agent it is about.

        Raises:
            IvrError: why it was not done.
        """
        told = {**words, BY: who}
        try:
            async with asyncio.timeout(ORDER_SECONDS):
                answer = await self._orders.obey(name, told)
        except TimeoutError:
            why = f"{name} took more than {ORDER_SECONDS:.0f} s"
            await self._trail.note(who, role, name, subject, words, "failed", why)
            raise TookTooLong(why) from None
        except IvrError as error:
            await self._trail.note(who, role, name, subject, words, "failed", str(error))
            raise
        except Exception as error:  # a bug of ours is an order that failed, too
            why = type(error).__name__
            await self._trail.note(who, role, name, subject, words, "failed", why)
            raise
        await self._trail.note(who, role, name, subject, words, "done")
        return answer

    async def refused(
        self, name: str, subject: str, words: Mapping[str, str], who: str, role: str, why: str
    ) -> None:
        """Write down an order that was not passed on."""
        await self._trail.note(who, role, name, subject, words, "refused", why)


class PhoneOrders:
    """Orders by an agent's own telephone, in that agent's name."""

    def __init__(self, given: GivenOrders) -> None:
        self._given = given

    async def obey(self, name: str, words: Mapping[str, str]) -> Any:
        """As `Orders.obey`."""
        agent = words.get("name", "")
        return await self._given.give(name, agent, words, agent, AGENT)
