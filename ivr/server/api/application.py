"""Application: all endpoints of the control API, none without a role, as one ASGI application."""

import inspect
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.responses import HTMLResponse

from ivr import __version__
from ivr.live.choices import Choices, FlowChoice, NodeChoice, PhoneChoice, SkillChoice
from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow
from ivr.live.transcript import Line
from ivr.server.api.allowing import allowing
from ivr.server.api.callback_routes import add_callbacks
from ivr.server.api.choice_routes import add_choices
from ivr.server.api.faults import tell_faults
from ivr.server.api.health_routes import add_health
from ivr.server.api.help_page import help_page
from ivr.server.api.needs import Needs
from ivr.server.api.now_routes import add_calls, add_now
from ivr.server.api.order_routes import add_agent_orders, add_call_orders
from ivr.server.api.past_routes import add_past
from ivr.server.api.stream_routes import add_streams
from ivr.server.control.roles import ROLES, Role
from ivr.store.audit import AuditEntry
from ivr.store.past import Found, Page, PastCall, PastTurn, PastVisit, PastWait, WholeCall

TITLE = "ivr control API"
ABOUT = (
    "What goes on in the hotline, what went on, and orders. Moments are seconds since the epoch, "
    "spans are seconds. Over TCP send `Authorization: Bearer TOKEN`, made by `ivr tokens add`; on "
    'the Unix socket no token is needed. Every refusal is `{"error": TEXT}`. Two streams are '
    "WebSockets: `/v1/stream` and `/v1/calls/{call}/stream`."
)
_ROWS = (Picture, CallRow, QueueRow, AgentRow, AlarmRow, Line, AuditEntry)
_CHOICES = (Choices, FlowChoice, NodeChoice, SkillChoice, PhoneChoice)
_PAST = (Page, PastCall, PastTurn, PastVisit, PastWait, WholeCall, Found)

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def application(needs: Needs) -> FastAPI:
    """The API of one house. It must stand behind a Door, which says who asks."""
    app = FastAPI(
        title=TITLE,
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(allowing(needs.orders))],
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    tell_faults(app)
    add_health(app, needs)
    add_now(app, needs)
    add_calls(app, needs)
    add_choices(app, needs)
    add_past(app, needs)
    add_agent_orders(app, needs)
    add_call_orders(app, needs)
    add_callbacks(app, needs)
    add_streams(app, needs)
    _add_help(app)
    _check(app)
    return app


def endpoints(app: FastAPI) -> list[APIRoute | APIWebSocketRoute]:
    """Every endpoint, in order."""
    return [route for route in app.routes if isinstance(route, APIRoute | APIWebSocketRoute)]


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    parts = made["components"]
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for kind in (*_ROWS, *_CHOICES, *_PAST):
        if schema := parts["schemas"].get(kind.__name__):
            schema["description"] = inspect.getdoc(kind)
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    for path in made["paths"].values():
        for one in path.values():
            least = ROLES[one["operationId"]]
            one["security"] = [] if least is Role.NOBODY else [{"token": []}]
            one["x-least-role"] = least.word
            if least is Role.NOBODY:
                continue
            one["description"] = f"{one['description']}\n\nLeast role: {least.word}."
    return made


def _add_help(app: FastAPI) -> None:
    @app.get("/v1/openapi.json", name="openapi", tags=["help"], summary="This document")
    async def openapi() -> dict[str, Any]:
        """The endpoints for programs, as OpenAPI; no token needed."""
        return document(app)

    @app.get("/", name="help", tags=["help"], summary="The endpoints", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        """The endpoints for people; no token needed."""
        return HTMLResponse(help_page(document(app)), headers={"Content-Security-Policy": _POLICY})


def _check(app: FastAPI) -> None:
    """An endpoint without a role is a mistake of ours that must not go unseen."""
    for route in endpoints(app):
        if route.name not in ROLES:
            raise RuntimeError(f"{route.path}: no least role in ivr.server.control.roles")
