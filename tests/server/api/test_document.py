"""The OpenAPI document: complete, valid, and what the server really answers; the help page."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator
from sqlalchemy import insert

from ivr.server.control.roles import ROLES, Role
from ivr.store.tables import calls, turns, visits, waits
from tests.server.api.site import CALL, NOW, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")

STREAMS = {"stream", "calls.stream"}
PAST = "past.1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        with opened.engine.begin() as db:
            db.execute(insert(calls).values(call=PAST, began=NOW - 99, ended=NOW - 9))
            db.execute(
                insert(visits).values(call=PAST, nth=0, flow="bank", node="main", at=0, seconds=9)
            )
            db.execute(
                insert(turns).values(
                    call=PAST, nth=0, at=1, who="caller", node="main", text="loans"
                )
            )
            db.execute(insert(waits).values(call=PAST, nth=0, queue="loans", joined=NOW - 50))
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def document(site: Site) -> dict[str, Any]:
    code, made = await site.status("GET", "/v1/openapi.json", Role.NOBODY)
    assert code == 200
    return made


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str):
            yield ref
        for one in value.values():
            yield from refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from refs(one)


async def test_every_endpoint_says_what_it_is(document: dict[str, Any]) -> None:
    found = {operation["operationId"] for _, _, operation in operations(document)}
    assert found == set(ROLES) - STREAMS
    assert document["openapi"].startswith("3.1")
    for path, _, operation in operations(document):
        assert operation["summary"] and operation["description"], path
        least = ROLES[operation["operationId"]]
        assert operation["x-least-role"] == least.word
        assert bool(operation["security"]) == (least is not Role.NOBODY)
        if least is not Role.NOBODY:
            assert {"200", "401", "403"} <= set(operation["responses"]), path
        for status, answer in operation["responses"].items():
            assert answer["description"]
            if status >= "400" and operation["operationId"] != "ready":
                ref = answer["content"]["application/json"]["schema"]["$ref"]
                assert ref.endswith("/Fault")


async def test_its_schemas_are_schemas(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name
    for ref in refs(document):
        assert ref.removeprefix("#/components/schemas/") in schemas


@pytest.mark.parametrize(
    "path",
    [
        "/healthz", "/readyz", "/v1/whoami", "/v1/picture", "/v1/queues", "/v1/agents",
        "/v1/alarms", "/v1/choices", f"/v1/choices?call={CALL}", "/v1/calls",
        f"/v1/calls/{CALL}", f"/v1/calls/{PAST}", "/v1/history", "/v1/search?text=loans",
        "/v1/audit",
    ],
)  # fmt: skip
async def test_answers_are_as_the_document_says(
    site: Site, document: dict[str, Any], path: str
) -> None:
    await site.status("POST", f"/v1/calls/{CALL}/hangup")
    code, body = await site.status("GET", path)
    assert code == 200 and body
    plain = path.partition("?")[0].replace(CALL, "{call}").replace(PAST, "{call}")
    schema = document["paths"][plain]["get"]["responses"]["200"]["content"]["application/json"]
    validator = Draft202012Validator({**schema["schema"], "components": document["components"]})
    validator.validate(body)


async def test_the_help_page_needs_nothing_from_elsewhere(site: Site) -> None:
    async with site.api() as api:
        page = await api.get("/")
    assert "http://" not in page and "https://" not in page and "<script" not in page
    assert "WS /v1/stream" in page and "POST /v1/calls/{call}/whisper" in page
