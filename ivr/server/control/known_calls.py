"""KnownCalls: lets orders about a call through only while that call goes on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ivr.errors import IvrError, UnknownCallError
from ivr.server.control.given import Obeying

PREFIX = "calls."


class CallEnded(IvrError):  # noqa: N818 - what happened
    """An order is about a call that is over."""


class KnownCalls:
    """Stands before whoever obeys. `goes_on` and `was` say whether a call does, or did."""

    def __init__(
        self,
        orders: Obeying,
        goes_on: Callable[[str], bool],
        was: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._orders = orders
        self._goes_on = goes_on
        self._was = was

    async def obey(self, name: str, words: Mapping[str, str]) -> Any:
        """As `Orders.obey`.

        Raises:
            UnknownCallError, CallEnded: if the call does not go on.
        """
        call = words.get("call", "")
        if name.startswith(PREFIX) and not self._goes_on(call):
            if await self._was(call):
                raise CallEnded(f"the call {call!r} has ended")
            raise UnknownCallError(f"there is no call {call!r}")
        return await self._orders.obey(name, words)
