"""Every endpoint and order of the control API with every role and with none; the audit log."""

from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute, APIWebSocketRoute

from ivr.server.api.application import application, endpoints
from ivr.server.api.needs import Needs
from ivr.server.control.orders import Orders
from ivr.server.control.roles import ORDER_ROLES, READ_ROLES, ROLES, Role
from tests.server.api.site import CALL, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = endpoints(application(Needs(**cast(Any, dict.fromkeys(Needs.__slots__)))))
"""The route table itself: an endpoint that is added is tried here without anybody's doing."""

WORDS = {
    "calls.transfer": {"skill": "loans"},
    "calls.goto": {"node": "main"},
    "agents.pause": {"reason": "meal"},
    "calls.listen": {"phone": "wang"},
    "calls.whisper": {"phone": "wang"},
    "calls.barge": {"phone": "wang"},
    "calls.takeover": {"phone": "wang"},
}
SUBJECTS = {"calls": CALL, "agents": "wang", "callbacks": "1"}
QUERY = {"search": {"text": "loans"}}
UNKNOWN_HERE = {"calls.records", "callbacks.one"}
"""Nothing was said in the painted call, nobody was promised one: allowed, and not found."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


def filled(path: str) -> str:
    return path.replace("{call}", CALL).replace("{name}", "wang").replace("{callback}", "1")


def named(route: APIRoute | APIWebSocketRoute) -> str:
    return route.name


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", [r for r in ROUTES if isinstance(r, APIRoute)], ids=named)
async def test_every_endpoint_with_every_role(site: Site, route: APIRoute, role: Role) -> None:
    before = len(site.orders.obeyed)
    (method,) = route.methods
    given: dict[str, Any] = {"params": QUERY.get(route.name)}
    if method == "POST":
        given["json"] = WORDS.get(route.name, {})
    status, body = await site.status(method, filled(route.path), role, **given)
    least = ROLES[route.name]
    if role >= least:
        assert status == (404 if route.name in UNKNOWN_HERE else 200), body
    else:
        assert status == (401 if role is Role.NOBODY else 403)
        assert least.word in body["error"]
    obeyed = site.orders.obeyed[before:]
    if method == "POST" and role >= least:
        assert [name for name, _ in obeyed] == [route.name]
        assert obeyed[0][1]["by"] == role.word
    else:
        assert obeyed == []


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "route", [r for r in ROUTES if isinstance(r, APIWebSocketRoute)], ids=named
)
async def test_every_stream_with_every_role(
    site: Site, route: APIWebSocketRoute, role: Role
) -> None:
    async with aiohttp.ClientSession(headers=site.headers(role)) as session:
        opening = session.ws_connect(site.url + filled(route.path))
        if role >= ROLES[route.name]:
            async with opening as link:
                await link.close()
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await opening
            assert refused.value.status == 401


async def test_the_audit_log_holds_every_order_however_it_ended() -> None:
    orders = [r for r in ROUTES if isinstance(r, APIRoute) and "POST" in r.methods]
    known = set(Orders(cast(Any, None)).names)
    assert {route.name for route in orders} == set(ORDER_ROLES) == known
    expected = []
    async with open_site() as site:
        for route in orders:
            subject = "" if "{" not in route.path else SUBJECTS.get(route.path.split("/")[2], "")
            for role in Role:
                words = WORDS.get(route.name, {})
                await site.status("POST", filled(route.path), role, json=words)
                who = "" if role is Role.NOBODY else role.word
                result = "done" if role >= ROLES[route.name] else "refused"
                expected.append((who, role.word, route.name, subject, result))
        assert site.audited() == expected


async def test_no_endpoint_is_without_a_role_and_no_role_without_an_endpoint() -> None:
    assert {route.name for route in ROUTES} == set(ROLES)
    assert not set(READ_ROLES) & set(ORDER_ROLES)


async def test_the_application_refuses_to_be_made_with_an_endpoint_that_has_no_role(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from ivr.server.api import application as module

    fewer = {name: role for name, role in ROLES.items() if name != "picture"}
    monkeypatch.setattr(module, "ROLES", fewer)
    with pytest.raises(RuntimeError, match="/v1/picture: no least role"):
        application(Needs(**cast(Any, dict.fromkeys(Needs.__slots__))))


async def test_the_unix_socket_s_user_is_admin_unless_a_token_says_less(site: Site) -> None:
    async with site.api() as local:
        assert await local.get("/v1/whoami") == {"name": "local", "role": "admin", "phone": ""}
    connector = aiohttp.UnixConnector(str(site.runs / "api.sock"))
    async with (
        aiohttp.ClientSession(connector=connector, headers=site.headers(Role.VIEWER)) as session,
        session.get("http://localhost/v1/whoami") as answer,
    ):
        assert (await answer.json())["role"] == "viewer"
    assert (site.runs / "api.sock").stat().st_mode & 0o777 == 0o600
