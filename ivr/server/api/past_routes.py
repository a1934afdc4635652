"""What went on: past calls, what was said in them, and who gave which order."""

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from ivr.server.api.faults import faults
from ivr.server.api.limits import MAX_PAGE, MAX_WORD
from ivr.server.api.models import OptionalWord, Word
from ivr.server.api.needs import Needs
from ivr.server.api.now_routes import as_json
from ivr.store.audit import AuditEntry
from ivr.store.history import Wanted
from ivr.store.past import Found, Page

LAST_MOMENT = 253_402_300_800.0
"""The year 10000, in seconds since the epoch."""

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows of one page.")]
Moment = Annotated[
    float | None,
    Query(ge=0, le=LAST_MOMENT, allow_inf_nan=False, description="Seconds since the epoch."),
]

_PAGE = TypeAdapter(Page)
_FOUND = TypeAdapter(list[Found])
_AUDIT = TypeAdapter(list[AuditEntry])


def add_past(app: FastAPI, needs: Needs) -> None:
    """Add the questions to the record."""

    @app.get(
        "/v1/history",
        name="history",
        tags=["past"],
        summary="Past calls",
        response_model=Page,
        responses=faults(422, 429, 503),
    )
    async def history(
        since: Moment = None,
        until: Moment = None,
        queue: OptionalWord = "",
        agent: OptionalWord = "",
        outcome: OptionalWord = "",
        flow: OptionalWord = "",
        ended: Annotated[
            bool | None, Query(description="true: calls that are over; false: those that go on.")
        ] = None,
        limit: Limit = 50,
        cursor: Annotated[
            str, Query(max_length=MAX_WORD, description="`following` of the page before.")
        ] = "",
    ) -> Response:
        """The newest first, those that go on among them unless `ended` says otherwise. Calls that
        come meanwhile shift no page."""
        wanted = Wanted(since, until, queue, agent, outcome, flow, ended=ended)
        page = await needs.questions.ask(lambda: needs.history.calls(wanted, limit, cursor))
        return as_json(_PAGE, page)

    @app.get(
        "/v1/search",
        name="search",
        tags=["past"],
        summary="What was said",
        response_model=list[Found],
        responses=faults(422, 429, 503),
    )
    async def search(
        text: Annotated[Word, Query(description="Searched as it is; case does not matter.")],
        since: Moment = None,
        until: Moment = None,
        who: Annotated[OptionalWord, Query(description="caller or hotline")] = "",
        limit: Limit = 50,
    ) -> Response:
        """Turns in which a text was said, the newest first; no character has a special meaning."""
        found = await needs.questions.ask(
            lambda: needs.history.search(text, since, until, limit, who)
        )
        return as_json(_FOUND, [one.masked() for one in found])

    @app.get(
        "/v1/audit",
        name="audit",
        tags=["past"],
        summary="Who gave which order",
        response_model=list[AuditEntry],
        responses=faults(422, 429, 503),
    )
    async def audit(
        limit: Limit = 100,
        before: Annotated[
            int | None, Query(ge=0, lt=1 << 63, description="The id to page on from.")
        ] = None,
    ) -> Response:
        """Every order, the newest first: done, refused (not allowed) or failed, and why."""
        entries = await needs.questions.ask(lambda: needs.audit.last(limit, before))
        return as_json(_AUDIT, entries)
