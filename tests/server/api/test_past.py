"""Questions to the record: calls that are over and those that go on."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import insert

from ivr.server.control.roles import Role
from ivr.store.tables import calls, turns
from tests.server.api.site import CALL, NOW, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")

OVER = "1699999000.1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        with opened.engine.begin() as db:
            db.execute(insert(calls).values(call=OVER, began=NOW - 999, ended=NOW - 900))
            db.execute(insert(calls).values(call=CALL, began=NOW - 60))
            said = {"nth": 0, "at": 4.0, "who": "caller", "node": "main", "text": "卡号 ****0123"}
            db.execute(insert(turns).values(call=OVER, **said))
        yield opened


@pytest.mark.parametrize(
    ("query", "found"),
    [("", [CALL, OVER]), ("?ended=true", [OVER]), ("?ended=false", [CALL])],
)
async def test_calls_that_are_over_can_be_asked_for(
    site: Site, query: str, found: list[str]
) -> None:
    code, page = await site.status("GET", f"/v1/history{query}", Role.SUPERVISOR)
    assert code == 200
    assert [row["call"] for row in page["calls"]] == found


async def test_ended_is_true_or_false(site: Site) -> None:
    code, body = await site.status("GET", "/v1/history?ended=soon", Role.SUPERVISOR)
    assert code == 422 and "ended" in body["error"]


async def test_no_digit_of_what_was_said_is_shown(site: Site) -> None:
    _, shown = await site.status("GET", f"/v1/calls/{OVER}", Role.SUPERVISOR)
    assert [turn["text"] for turn in shown["past"]["turns"]] == ["卡号 ****••••"]
    _, found = await site.status("GET", "/v1/search?text=卡号", Role.SUPERVISOR)
    assert [one["turn"]["text"] for one in found] == ["卡号 ****••••"]  # type: ignore[index]
