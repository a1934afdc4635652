"""The lookup by which a flow has the hotline promise a call."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from ivr.errors import IvrError
from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import LookupReply
from ivr.server.calling_back.dialler import Callbacks

URL = "hotline:callback"
"""The address of a lookup that the hotline itself answers by promising a call."""

log = logging.getLogger(__name__)


class CallbackBackend:
    """A call's backend that answers `hotline:callback` itself and passes all else on.

    `matter` gives when this caller began to wait and the fields of their last StartTransfer.
    """

    def __init__(
        self,
        inner: Any,
        callbacks: Callbacks,
        matter: Callable[[], tuple[float, Mapping[str, Any]]],
    ) -> None:
        self._inner = inner
        self._callbacks = callbacks
        self._matter = matter

    async def ask(self, action: HttpAction, arguments: Mapping[str, Any]) -> LookupReply:
        """See `ivr.call.lookups.Backend`; the exits are "ok", "refused" and "failed"."""
        if action.url != URL:
            if self._inner is None:
                return LookupReply("not_configured")
            reply: LookupReply = await self._inner.ask(action, arguments)
            return reply
        try:
            why = await self._callbacks.book(str(arguments.get("number", "")), *self._matter())
        except IvrError as error:
            log.error("a callback could not be kept: %s", error)
            return LookupReply("failed")
        if why:
            log.info("a callback was refused: %s", why)
        return LookupReply("refused" if why else "ok")
