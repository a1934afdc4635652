"""Orders by the control API: how failures are told and written down, and who gave them."""

import asyncio
import functools
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert

from ivr.errors import (
    AsteriskError,
    FlowError,
    ManagerError,
    OrderRefused,
    PeerError,
    SettingsError,
    StoreError,
)
from ivr.flow.issues import Issue, Severity
from ivr.server.api.client import Api, api_of
from ivr.server.api.opening import open_doors
from ivr.server.control import audit_trail, given
from ivr.server.control.audit_trail import AuditTrail
from ivr.server.control.given import GivenOrders, PhoneOrders
from ivr.server.control.orders import UnknownOrder
from ivr.server.control.roles import Role
from ivr.server.settings import ApiSettings
from ivr.store.audit import AuditLog
from ivr.store.tables import calls
from tests.server.api.site import CALL, NOW, Obedient, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def anew(site: Site) -> None:
    site.orders.failure = site.orders.stuck = None
    site.orders.obeyed.clear()


def last(site: Site) -> tuple[str, str, str, str]:
    (entry,) = AuditLog(site.engine).last(1)
    return entry.who, entry.order, entry.result, entry.why


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (SettingsError("no agent is called 'wong'"), 422),
        (UnknownOrder("no order is called 'x'"), 404),
        (OrderRefused("the caller talks with nobody"), 409),
        (ManagerError("Asterisk cannot be reached"), 503),
        (StoreError("the disk is full"), 503),
        (AsteriskError("it does not reload"), 409),
    ],
)
async def test_a_failure_is_told_and_written_down(
    site: Site, failure: Exception, status: int
) -> None:
    site.orders.failure = failure
    code, body = await site.status("POST", f"/v1/calls/{CALL}/hangup", Role.SUPERVISOR)
    assert (code, body) == (status, {"error": str(failure)})
    assert last(site) == ("supervisor", "calls.hangup", "failed", str(failure))


async def test_every_fault_of_an_agents_file_is_told(site: Site) -> None:
    faults = [
        Issue("unknown-skill", Severity.ERROR, "agents.yaml", line, 3, "", f"fault {line}")
        for line in (4, 9)
    ]
    site.orders.failure = FlowError(faults)
    code, body = await site.status("POST", "/v1/agents/reload")
    assert code == 422 and "fault 4" in body["error"] and "fault 9" in body["error"]


async def test_a_mistake_of_ours_is_told_without_its_inside(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.orders.failure = ZeroDivisionError("secret")
    code, body = await site.status("POST", f"/v1/calls/{CALL}/hangup")
    assert code == 500 and "secret" not in body["error"]
    assert last(site) == ("admin", "calls.hangup", "failed", "ZeroDivisionError")


async def test_an_order_that_hangs_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "ORDER_SECONDS", 0.1)
    site.orders.stuck = asyncio.Event()
    code, body = await site.status("POST", f"/v1/calls/{CALL}/hangup")
    assert code == 504 and "took more than" in body["error"]
    assert last(site)[2] == "failed"


async def test_orders_on_calls_that_do_not_go_on(site: Site) -> None:
    def ended() -> None:
        with site.engine.begin() as db:
            db.execute(insert(calls).values(call="ended.1", began=NOW - 99, ended=NOW - 9))

    await asyncio.to_thread(ended)
    for call, status, why in (("nope", 404, "no call 'nope'"), ("ended.1", 409, "has ended")):
        for order, words in (("hangup", {}), ("transfer", {"skill": "loans"}), ("listen", {})):
            path = f"/v1/calls/{call}/{order}"
            code, body = await site.status("POST", path, Role.SUPERVISOR, json=words)
            assert code == status and why in body["error"]
            assert last(site)[1:3] == (f"calls.{order}", "failed")
    assert site.orders.obeyed == []
    code, body = await site.status("GET", "/v1/calls/ended.1", Role.SUPERVISOR)
    assert code == 200 and body["row"] is None and body["past"]["call"]["ended"] == NOW - 9
    code, body = await site.status("GET", "/v1/calls/ended.1", Role.VIEWER)
    assert code == 403 and "supervisor" in body["error"]
    code, page = await site.status("GET", "/v1/history", Role.SUPERVISOR)
    assert [one["call"] for one in page["calls"]] == ["ended.1"]


async def test_who_gives_an_order_cannot_be_forged(site: Site) -> None:
    async with site.api(Role.SUPERVISOR) as api:
        await api.post(f"/v1/calls/{CALL}/goto", {"node": "main"})
    assert site.orders.obeyed == [
        ("calls.goto", {"call": CALL, "node": "main", "by": "supervisor"})
    ]


async def test_a_token_s_own_phone_listens_unless_another_is_named(site: Site) -> None:
    token = site.doors.tokens.add("gu", Role.SUPERVISOR, "gu")
    async with Api(site.url, token=token) as api:
        await api.post(f"/v1/calls/{CALL}/listen")
        await api.post(f"/v1/calls/{CALL}/barge", {"phone": "wang"})
        assert (await api.get("/v1/whoami"))["phone"] == "gu"
    assert [words["phone"] for _, words in site.orders.obeyed] == ["gu", "wang"]


async def test_private_words_are_masked_in_the_audit_log(site: Site) -> None:
    async with site.api(Role.SUPERVISOR) as api:
        await api.post("/v1/agents/wang/pause", {"reason": "回拨 13800138000"})
    (entry,) = AuditLog(site.engine).last(1)
    assert entry.words == {"name": "wang", "reason": "回拨 •••••••••••"}
    assert site.orders.obeyed[0][1]["reason"] == "回拨 13800138000"


async def test_star_codes_are_orders_of_the_agent(site: Site) -> None:
    await PhoneOrders(site.control.given).obey("agents.login", {"name": "wang", "reason": ""})
    (entry,) = AuditLog(site.engine).last(1)
    assert (entry.who, entry.role, entry.order, entry.subject, entry.result) == (
        *("wang", "agent", "agents.login", "wang"),
        "done",
    )


class Broken:
    """An audit log whose disk is stuck, then fails."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def add(self, at: float, *more: Any, **named: Any) -> int:
        self.go.wait(20)
        raise StoreError("the disk is full")


async def test_a_stuck_audit_log_holds_up_no_order_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(audit_trail, "WRITE_SECONDS", 0.05)
    monkeypatch.setattr(audit_trail, "MAX_PENDING", 2)
    kept, orders = Broken(), Obedient()
    trail = AuditTrail(kept)
    giver = GivenOrders(orders, trail)
    give = functools.partial(giver.give, "calls.hangup", CALL, {"call": CALL}, "gu", "supervisor")
    async with asyncio.timeout(10):
        for _ in range(4):
            await give()
    assert len(orders.obeyed) == 4
    assert "too many entries wait" in trail.fault
    kept.go.set()
    async with asyncio.timeout(10):
        while trail.fault != "the disk is full":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await asyncio.to_thread(trail.close)
    assert caplog.text.count("the audit log misses calls.hangup by gu") == 4
    await give()  # after the end: obeyed, and said that it is not kept
    assert "stopping" in trail.fault


async def test_alive_and_ready_and_why_not(site: Site) -> None:
    assert (await site.status("GET", "/healthz", Role.NOBODY))[1]["alive"] is True
    assert await site.status("GET", "/readyz", Role.NOBODY) == (
        200,
        {"ready": True, "reasons": []},
    )
    linked = False
    site.readiness.expect(lambda: linked, "Asterisk's manager cannot be reached")
    code, body = await site.status("GET", "/readyz", Role.NOBODY)
    assert code == 503 and body["reasons"] == ["Asterisk's manager cannot be reached"]
    linked = True
    assert (await site.status("GET", "/readyz", Role.NOBODY))[0] == 200


async def test_before_the_hotline_is_up_the_doors_say_so(site: Site, tmp_path: Path) -> None:
    async with open_doors(tmp_path, ApiSettings(port=0)) as doors:
        said: list[str] = []
        doors.telling(said.append)("loading the speech model ...")
        assert said == ["loading the speech model ..."]
        async with api_of(tmp_path, environment={}) as api:
            assert (await api.get("/healthz"))["alive"]
            for path in ("/readyz", "/v1/picture"):
                with pytest.raises(PeerError):
                    await api.get(path)
            with pytest.raises(PeerError, match="starting: loading the speech model"):
                await api.post("/v1/agents/reload")
