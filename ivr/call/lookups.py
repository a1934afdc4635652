"""Lookups: asks the system behind the hotline for one call, and reports how that ended."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ivr.dialogue.actions import StartLookup
from ivr.dialogue.events import LookupEnded
from ivr.flow.model import FlowBook
from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import Clock, LookupReply


class Backend(Protocol):
    """Who carries lookups out (`ivr.backend.http_backend`)."""

    async def ask(self, action: HttpAction, arguments: Mapping[str, Any]) -> LookupReply: ...


async def look_up(
    order: StartLookup,
    book: FlowBook,
    backend: Backend | None,
    note: Callable[..., None],
    clock: Clock,
) -> LookupEnded:
    """Obey `StartLookup`; its name is "flow.lookup". Without a backend it is `not_configured`.

    What was asked and answered stays out of the note.
    """
    flow, _, name = order.lookup.partition(".")
    action = book.flow(flow).lookups.get(name)
    if backend is None or action is None:
        return LookupEnded(order.serial, "not_configured")
    began = clock()
    reply = await backend.ask(action, order.arguments)
    note(
        "LookupDone",
        lookup=order.lookup,
        exit=reply.exit,
        status=reply.status,
        tries=reply.tries,
        seconds=round(clock() - began, 3),
    )
    return LookupEnded(order.serial, reply.exit, reply.values)
