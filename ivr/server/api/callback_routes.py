"""Promised calls: the list of them, and the orders about one."""

from typing import Annotated, Any

from fastapi import FastAPI, Path, Query
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ivr.server.api.access import caller_of
from ivr.server.api.faults import faults
from ivr.server.api.limits import MAX_PAGE
from ivr.server.api.models import NoWords
from ivr.server.api.needs import Needs
from ivr.server.control.callback_orders import shown, whole

_REFUSALS = faults(404, 409, 413, 422, 503, 504)
MAX_ID = 10**18

Id = Annotated[int, Path(description="The callback's number.", ge=1, lt=MAX_ID)]


class CallbackShown(BaseModel):
    """One promise; of the telephone number the last four digits are shown.

    Moments are seconds since the epoch, `joined` being when the caller began to wait.
    """

    id: int
    number: str
    state: str
    joined: float
    attempts: int
    due: float
    reason: str


class CallbackWhole(CallbackShown):
    """One promise, with what it is about."""

    skills: dict[str, int]
    issue: str
    language: str
    intent: str


def add_callbacks(app: FastAPI, needs: Needs) -> None:
    """Add what can be asked and told about promised calls."""

    async def give(request: Request, order: str, callback: int) -> dict[str, Any]:
        caller, subject = caller_of(request), str(callback)
        answer: dict[str, Any] = await needs.orders.give(
            order, subject, {"id": subject}, caller.name, caller.role.word
        )
        return answer

    @app.get(
        "/v1/callbacks",
        name="callbacks.list",
        tags=["past"],
        summary="Promised calls",
        responses=_REFUSALS,
    )
    async def listed(
        over: Annotated[bool, Query(description="Also those that are over.")] = False,
    ) -> list[CallbackShown]:
        """Those not over yet, who waits longest first."""
        kept = needs.callbacks
        found = await needs.questions.ask(lambda: kept.latest(MAX_PAGE) if over else kept.open())
        return [CallbackShown.model_validate(shown(one)) for one in found]

    @app.get(
        "/v1/callbacks/{callback}",
        name="callbacks.one",
        tags=["past"],
        summary="One promised call",
        responses=_REFUSALS,
    )
    async def one(callback: Id) -> CallbackWhole:
        """With what it is about."""
        found = await needs.questions.ask(lambda: needs.callbacks.find(callback))
        if found is None:
            raise HTTPException(404, f"there is no callback {callback}")
        return CallbackWhole.model_validate(whole(found))

    @app.post(
        "/v1/callbacks/{callback}/cancel",
        name="callbacks.cancel",
        tags=["orders"],
        summary="Drop a promised call",
        responses=_REFUSALS,
    )
    async def cancel(
        request: Request, callback: Id, words: NoWords | None = None
    ) -> dict[str, Any]:
        """Refused once it is being dialled."""
        return await give(request, "callbacks.cancel", callback)

    @app.post(
        "/v1/callbacks/{callback}/now",
        name="callbacks.now",
        tags=["orders"],
        summary="Try a promised call as soon as an agent is free",
        responses=_REFUSALS,
    )
    async def now(request: Request, callback: Id, words: NoWords | None = None) -> dict[str, Any]:
        """Does not wait for the pause after a failed try."""
        return await give(request, "callbacks.now", callback)
