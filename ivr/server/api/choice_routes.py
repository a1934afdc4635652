"""What orders may name now, for screens that offer it."""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from ivr.errors import UnknownCallError
from ivr.live.choices import Choices
from ivr.server.api.faults import faults
from ivr.server.api.models import OptionalWord
from ivr.server.api.needs import Needs
from ivr.server.api.now_routes import as_json

_CHOICES = TypeAdapter(Choices)


def add_choices(app: FastAPI, needs: Needs) -> None:
    """Add the question for what orders may name."""

    @app.get(
        "/v1/choices",
        name="choices",
        tags=["now"],
        summary="What orders may name",
        response_model=Choices,
        responses=faults(404, 422),
    )
    async def choices(
        call: Annotated[OptionalWord, Query(description="The nodes for this call only.")] = "",
    ) -> Response:
        """Nodes of each flow of the version in force, skills that a queue asks for, telephones of
        supervisors and agents, and queues. With `call` the nodes are those which that call can be
        sent to: of the flows it is in, the nearest first, of the version it keeps to its end."""
        if call and all(row.call != call for row in needs.now().calls):
            raise UnknownCallError(f"no call {call!r} goes on now")
        return as_json(_CHOICES, needs.choices(call))
