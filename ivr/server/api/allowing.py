"""Allowing: every endpoint asks here whether this caller's role is enough."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from ivr.server.api.access import caller_of
from ivr.server.api.doors import address_of
from ivr.server.api.limits import TOKENLESS_ORDERS, Patience
from ivr.server.control.given import GivenOrders
from ivr.server.control.roles import ORDER_ROLES, ROLES, Role


def allowing(orders: GivenOrders) -> Callable[[HTTPConnection], Awaitable[None]]:
    """The dependency of all endpoints; an order that is refused is written down.

    Of orders without any token only so many: nobody shall fill the audit log from outside.
    """
    strangers = Patience(TOKENLESS_ORDERS)

    async def allowed(connection: HTTPConnection) -> None:
        name = connection.scope["route"].name
        caller, least = caller_of(connection), ROLES[name]
        if caller.role >= least:
            return
        why = f"{name} needs the role {least.word}"
        known = caller.role is not Role.NOBODY
        if name in ORDER_ROLES and (known or strangers.takes(address_of(connection.scope))):
            subject = subject_of(connection)
            await orders.refused(name, subject, {}, caller.name, caller.role.word, why)
        if not known:
            raise HTTPException(401, f"{why}: send a token", {"WWW-Authenticate": "Bearer"})
        raise HTTPException(403, f"{why}, and {caller.name!r} is {caller.role.word}")

    return allowed


def subject_of(connection: HTTPConnection) -> str:
    """The call or agent that an order is about; it stands in the path."""
    return next((str(value) for value in connection.path_params.values()), "")
