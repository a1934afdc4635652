"""What goes on now: the picture and its parts."""

from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Stage
from ivr.live.transcript import Line, line_of
from ivr.server.api.access import caller_of
from ivr.server.api.faults import faults
from ivr.server.api.limits import MAX_PAGE
from ivr.server.api.models import CallShown, OptionalWord, WhoAmI, Word
from ivr.server.api.needs import Needs
from ivr.server.control.roles import Role

MAX_CALLS = 10_000

_PICTURE = TypeAdapter(Picture)
_CALLS = TypeAdapter(list[CallRow])
_QUEUES = TypeAdapter(list[QueueRow])
_AGENTS = TypeAdapter(list[AgentRow])
_ALARMS = TypeAdapter(list[AlarmRow])


def add_now(app: FastAPI, needs: Needs) -> None:
    """Add the questions about what goes on now."""

    @app.get("/v1/whoami", name="whoami", tags=["now"], summary="Who asks", responses=faults())
    async def whoami(request: Request) -> WhoAmI:
        """The name and role of the token that was sent; `local` on the Unix socket."""
        caller = caller_of(request)
        return WhoAmI.model_validate(
            {"name": caller.name, "role": caller.role.word, "phone": caller.phone}
        )

    @app.get(
        "/v1/picture",
        name="picture",
        tags=["now"],
        summary="Everything that goes on",
        response_model=Picture,
        responses=faults(),
    )
    async def picture() -> Response:
        """Calls, queues, agents and alarms at one moment. `/v1/stream` gives it and its changes."""
        return as_json(_PICTURE, needs.now())

    @app.get(
        "/v1/queues",
        name="queues.list",
        tags=["now"],
        summary="The queues",
        response_model=list[QueueRow],
        responses=faults(),
    )
    async def queues() -> Response:
        """Who waits, since when, who could answer, and how this day went."""
        return as_json(_QUEUES, list(needs.now().queues))

    @app.get(
        "/v1/agents",
        name="agents.list",
        tags=["now"],
        summary="The agents",
        response_model=list[AgentRow],
        responses=faults(),
    )
    async def agents() -> Response:
        """Every agent of the agents file, and what they do now."""
        return as_json(_AGENTS, list(needs.now().agents))

    @app.get(
        "/v1/alarms",
        name="alarms.list",
        tags=["now"],
        summary="The alarms that stand",
        response_model=list[AlarmRow],
        responses=faults(),
    )
    async def alarms() -> Response:
        """Alarms that were raised and are not over."""
        return as_json(_ALARMS, list(needs.now().alarms))


def add_calls(app: FastAPI, needs: Needs) -> None:
    """Add the questions about calls."""

    @app.get(
        "/v1/calls",
        name="calls.list",
        tags=["calls"],
        summary="The calls that go on",
        response_model=list[CallRow],
        responses=faults(422),
    )
    async def calls(
        stage: Stage | None = None,
        queue: OptionalWord = "",
        agent: OptionalWord = "",
        offset: Annotated[int, Query(ge=0, le=MAX_CALLS)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> Response:
        """The oldest first; filters narrow it, `offset` and `limit` page through it."""
        rows = [
            row
            for row in needs.now().calls
            if (stage is None or row.stage is stage)
            and queue in ("", row.queue)
            and agent in ("", row.agent)
        ]
        return as_json(_CALLS, rows[offset : offset + limit])

    @app.get(
        "/v1/calls/{call}",
        name="calls.show",
        tags=["calls"],
        summary="One call",
        responses=faults(404, 422, 503),
    )
    async def show(call: Word, asker: Request) -> CallShown:
        """A call that goes on, with its masked transcript; or one that ended, out of the record,
        which takes a supervisor."""
        row = next((row for row in needs.now().calls if row.call == call), None)
        if row is not None:
            return CallShown(row=row, past=None, lines=needs.hub.lines(call))
        _must_be_supervisor(asker)
        past = await needs.questions.ask(lambda: needs.history.call(call))
        return CallShown(row=None, past=past.masked(), lines=[])

    @app.get(
        "/v1/calls/{call}/records",
        name="calls.records",
        tags=["calls"],
        summary="One call's journal, masked",
        responses=faults(404, 422, 503),
    )
    async def records(
        call: Word,
        offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
    ) -> list[Line]:
        """The lines of a call out of its journal: what was said, done and decided, and why. A call
        that goes on gives its last ones. Every digit of the caller's is hidden."""
        found = needs.hub.lines(call)
        if not found:
            kept = await needs.questions.ask(lambda: needs.history.records(call))
            found = [line for record in kept if (line := line_of(record)) is not None]
        return found[offset : offset + limit]


def as_json(kind: TypeAdapter[Any], value: Any) -> Response:
    """An answer written at once by pydantic, without a second look at what is ours."""
    return Response(kind.dump_json(value), media_type="application/json")


def _must_be_supervisor(asker: HTTPConnection) -> None:
    if caller_of(asker).role < Role.SUPERVISOR:
        raise HTTPException(403, "past calls need the role supervisor; this call does not go on")
