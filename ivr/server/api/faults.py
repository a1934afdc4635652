"""Faults: every refusal as one JSON object {"error": TEXT} with a fitting status."""

import logging
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.websockets import WebSocket

from ivr.errors import (
    FlowError,
    IvrError,
    PeerError,
    QueryError,
    SettingsError,
    StoreError,
    UnknownCallError,
)
from ivr.server.control.given import TookTooLong
from ivr.server.control.orders import UnknownOrder

MAX_TOLD = 3
"""Faults of one request that are told."""
MAX_TEXT = 300

STATUSES: tuple[tuple[type[IvrError], int], ...] = (
    (UnknownCallError, 404),
    (UnknownOrder, 404),
    (QueryError, 422),
    (SettingsError, 422),
    (FlowError, 422),
    (TookTooLong, 504),
    (PeerError, 503),
    (StoreError, 503),
)
"""The first that fits counts; any other error of ours is a conflict with how things stand."""

log = logging.getLogger(__name__)


class Fault(BaseModel):
    """Why it was not done; nothing was changed."""

    error: str = Field(examples=["there is no call '7.1' in the record"])


_MEANINGS = {
    400: "Not understood: an address, a header or a body that no client should send.",
    401: "No token, or one that is not known here.",
    403: "The token's role is too low, or the request comes from another site's page.",
    404: "There is no such call, agent or endpoint.",
    409: "It cannot be done as things stand: the call has ended, nobody is there.",
    413: "The body is too large.",
    422: "A word or a filter is missing, too long, or not what it must be.",
    429: "Too many wrong tokens, or too many questions at once.",
    503: "Asterisk or the record cannot be reached now.",
    504: "Not done in time; parts of it may be.",
}


_UNROUTED = {
    (400, "There was an error parsing the body"): "the body is no JSON in UTF-8",
    (404, "Not Found"): "there is no such endpoint: / lists them",
    (405, "Method Not Allowed"): "this endpoint is not asked that way: / lists them",
}
"""What the framework's own words mean."""


def faults(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an endpoint, for the OpenAPI document; 400, 401 and 403 anyway."""
    return {
        status: {"model": Fault, "description": _MEANINGS[status]}
        for status in sorted({400, 401, 403, *statuses})
    }


def status_of(error: IvrError) -> int:
    """The HTTP status that says best what kind of fault it is."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 409)


def tell_faults(app: FastAPI) -> None:
    """Have every error of `app` answered as a Fault."""

    async def expected(asker: HTTPConnection, error: Exception) -> JSONResponse | None:
        assert isinstance(error, IvrError)
        return await _answer(asker, status_of(error), str(error))

    async def refused(asker: HTTPConnection, error: Exception) -> JSONResponse | None:
        assert isinstance(error, HTTPException)
        told = _UNROUTED.get((error.status_code, str(error.detail)), str(error.detail))
        return await _answer(asker, error.status_code, told, error.headers)

    async def invalid(asker: HTTPConnection, error: Exception) -> JSONResponse | None:
        assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
        return await _answer(asker, 422, _told(error))

    async def unexpected(asker: HTTPConnection, error: Exception) -> JSONResponse | None:
        log.error("a question to the control API failed: %s", type(error).__name__, exc_info=error)
        return await _answer(asker, 500, "the server made a mistake; its log tells which")

    app.add_exception_handler(IvrError, expected)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, refused)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(WebSocketRequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, unexpected)  # type: ignore[arg-type]


async def _answer(
    asker: HTTPConnection, status: int, text: str, headers: Any = None
) -> JSONResponse | None:
    """The answer; a WebSocket gets it in place of the handshake."""
    text = text.encode("utf-8", "replace").decode()
    answer = JSONResponse({"error": text}, status, headers)
    if isinstance(asker, WebSocket):
        await asker.send_denial_response(answer)
        return None
    return answer


def _told(error: RequestValidationError | WebSocketRequestValidationError) -> str:
    told = []
    for fault in error.errors()[:MAX_TOLD]:
        if fault["type"] == "json_invalid":
            return "the body is no JSON"
        where = ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0])
        told.append(f"{where[:40]}: {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(told)[:MAX_TEXT]
