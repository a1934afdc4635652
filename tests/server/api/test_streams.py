"""Streams: the picture and its changes, topics, one call's transcript, and who is sent away."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from ivr.errors import PeerError
from ivr.live.changes import applied
from ivr.live.picture import AlarmRow, from_record
from ivr.server.api import hub as hub_module
from ivr.server.api import stream_routes
from ivr.server.control.roles import Role
from tests.calls.guests import until
from tests.server.api.site import CALL, NOW, Site, open_site, painted

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 20.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def alone(site: Site) -> None:
    """Each test begins with the painted picture and without the last one's streams."""
    site.board.shown = painted()
    await until(lambda: site.control.hub.count == 0, "a stream was left over")


def heard(text: str, call: str = CALL, at: float = 1.5) -> dict[str, Any]:
    words = [{"text": word, "confidence": 0.9} for word in text.split()]
    data = {"utterance": {"words": words}}
    return {"at": at, "call": call, "what": "event", "kind": "Heard", "data": data}


def note(kind: str, call: str = CALL, **data: Any) -> dict[str, Any]:
    return {"at": 2.0, "call": call, "what": "note", "kind": kind, "data": data}


async def next_of(messages: AsyncIterator[dict[str, Any]], kind: str) -> Any:
    async with asyncio.timeout(PATIENCE):
        async for message in messages:
            if kind in message:
                return message[kind]
    raise AssertionError(f"the stream ended without {kind}")


async def test_the_picture_and_what_becomes_of_it(site: Site) -> None:
    async with site.api(Role.VIEWER) as api:
        messages = api.stream("/v1/stream")
        picture = from_record(await next_of(messages, "picture"))
        assert picture == site.board.shown
        site.board.shown = replace(painted(CALL, "2.2"), at=NOW + 1)
        async with asyncio.timeout(PATIENCE):
            while picture != site.board.shown:
                picture = applied(picture, await next_of(messages, "changes"))
        site.board.shown = replace(picture, calls=(), linked=False)
        async with asyncio.timeout(PATIENCE):
            while picture != site.board.shown:
                picture = applied(picture, await next_of(messages, "changes"))
        await messages.aclose()  # type: ignore[attr-defined]


async def test_a_second_client_s_picture_fits_the_changes_that_follow(site: Site) -> None:
    async with site.api(Role.VIEWER) as one, site.api() as two:
        first = one.stream("/v1/stream")
        await next_of(first, "changes")
        site.board.shown = painted("8.8")  # seen by nobody yet
        second = two.stream("/v1/stream")
        picture = from_record(await next_of(second, "picture"))
        async with asyncio.timeout(PATIENCE):
            while picture != site.board.shown:
                picture = applied(picture, await next_of(second, "changes"))
        await first.aclose()  # type: ignore[attr-defined]
        await second.aclose()  # type: ignore[attr-defined]


async def test_records_are_told_masked(site: Site) -> None:
    async with site.api(Role.VIEWER) as api:
        messages = api.stream("/v1/stream", topics="records", picture="no")
        told = asyncio.ensure_future(next_of(messages, "event"))
        await until(lambda: site.control.hub.count == 1, "no stream")
        site.control.hub.take_record(heard("我的卡号是 6222 零二"))
        event = await told
        assert event["topic"] == "records" and event["call"] == CALL
        assert event["line"]["who"] == "caller" and event["line"]["text"] == "我的卡号是 •••• ••"
        await messages.aclose()  # type: ignore[attr-defined]
    site.control.hub.take_record(note("CallEnded", outcome="done"))


async def test_alarms_are_told_when_raised_and_when_over(site: Site) -> None:
    site.board.shown = replace(painted(), alarms=())
    async with site.api(Role.VIEWER) as api:
        messages = api.stream("/v1/stream", topics="alarms")
        await next_of(messages, "changes")
        alarm = AlarmRow("no-agent", "loans", "nobody is there", NOW)
        site.board.shown = replace(site.board.shown, alarms=(alarm,))
        event = await next_of(messages, "event")
        while not event["raised"]:  # the last test's alarm may be over first
            event = await next_of(messages, "event")
        assert [one["rule"] for one in event["raised"]] == ["no-agent"] and not event["cleared"]
        site.board.shown = replace(site.board.shown, alarms=())
        event = await next_of(messages, "event")
        assert [one["subject"] for one in event["cleared"]] == ["loans"] and not event["raised"]
        await messages.aclose()  # type: ignore[attr-defined]


async def test_an_agent_s_desktop_gets_its_own_screens(site: Site) -> None:
    token = site.doors.tokens.add("desk-wang", Role.VIEWER, "wang")
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        address = f"{site.url}/v1/stream?topics=screens&picture=no&agent="
        async with session.ws_connect(address + "wang") as link:
            await until(lambda: site.control.hub.count == 1, "no stream")
            site.control.hub.take_screen({"agent": "li", "call": "1.1"})
            site.control.hub.take_screen({"agent": "wang", "call": "2.2", "intent": "loans"})
            event = (await link.receive_json(timeout=PATIENCE))["event"]
            assert event["screen"] == {"agent": "wang", "call": "2.2", "intent": "loans"}
        for others in ("", "li"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(address + others)
            assert refused.value.status == 403
    site.doors.tokens.revoke("desk-wang")


async def test_a_call_s_transcript_so_far_then_live_then_its_end(site: Site) -> None:
    site.control.hub.take_record(heard("我要 查 余额", at=0.5))
    async with site.api(Role.VIEWER) as api:
        shown = await api.get(f"/v1/calls/{CALL}")
        assert [line["text"] for line in shown["lines"]] == ["我要 查 余额"]
        messages = api.stream(f"/v1/calls/{CALL}/stream")
        assert (await next_of(messages, "line"))["text"] == "我要 查 余额"
        site.control.hub.take_record(heard("别的 电话", call="other"))
        site.control.hub.take_record(heard("信用卡"))
        assert (await next_of(messages, "line"))["text"] == "信用卡"
        site.control.hub.take_record(note("CallEnded", outcome="done"))
        async with asyncio.timeout(PATIENCE):
            assert [message async for message in messages] == []  # in good order
        assert site.control.hub.lines(CALL) == []
        with pytest.raises(PeerError, match="no such stream or call"):
            await anext(api.stream("/v1/calls/nope/stream"))
    site.control.hub.take_record(note("CallEnded", call="other", outcome="done"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("topics=everything", 422),
        ("topics=records,%20", 422),
        ("picture=no", 422),
        ("picture=maybe", 422),
        ("topics=" + "x" * 200, 422),
        ("agent=%00", 400),
        ("agent=" + "x" * 200, 422),
    ],
)
async def test_wishes_that_make_no_sense(site: Site, query: str, status: int) -> None:
    async with aiohttp.ClientSession(headers=site.headers(Role.ADMIN)) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{site.url}/v1/stream?{query}")
        assert refused.value.status == status


async def test_a_browser_shows_its_token_as_a_subprotocol(site: Site) -> None:
    token = site.tokens[Role.VIEWER]
    own, evil = {"Origin": site.url}, {"Origin": "http://evil.example"}
    async with aiohttp.ClientSession() as session:
        protocols = ("ivr.v1", f"ivr.token.{token}")
        address = f"{site.url}/v1/stream"
        async with session.ws_connect(address, protocols=protocols, headers=own) as link:
            assert link.protocol == "ivr.v1"  # the token is not sent back
            assert "picture" in await link.receive_json(timeout=PATIENCE)
        for headers, shown, status in (
            (evil, protocols, 403),
            (own, ("ivr.v1", "ivr.token.wrong"), 401),
            (own, ("ivr.v1",), 401),
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(address, protocols=shown, headers=headers)
            assert refused.value.status == status


async def test_a_revoked_token_s_streams_end(site: Site) -> None:
    token = site.doors.tokens.add("guest", Role.VIEWER)
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(f"{site.url}/v1/stream") as link,
    ):
        assert "picture" in await link.receive_json(timeout=PATIENCE)
        site.doors.tokens.revoke("guest")
        async with asyncio.timeout(PATIENCE):
            async for _ in link:
                pass
        assert link.close_code == hub_module.POLICY
        async with session.get(f"{site.url}/v1/whoami") as answer:
            assert answer.status in (401, 429)


async def test_who_takes_nothing_is_dropped_and_the_others_go_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_routes, "CLOSE_SECONDS", 0.2)
    before = site.control.hub.dropped
    lines = [f"GET /v1/stream?topics=records HTTP/1.1\r\nHost: 127.0.0.1:{site.port}"]
    lines += [f"Authorization: Bearer {site.tokens[Role.VIEWER]}", "Connection: Upgrade"]
    lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    lines += ["Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", "", ""]
    _, writer = await asyncio.open_connection("127.0.0.1", site.port, limit=1)
    writer.write("\r\n".join(lines).encode())
    async with site.api(Role.VIEWER) as api:
        await until(lambda: site.control.hub.count == 1, "no stream")
        good = api.stream("/v1/stream", topics="records")
        await next_of(good, "picture")
        record = heard("啊 " * 3000)
        async with asyncio.timeout(PATIENCE):
            while site.control.hub.dropped == before:
                site.control.hub.take_record(record)
                assert (await next_of(good, "event"))["topic"] == "records"
        await until(lambda: site.control.hub.count == 1, "the slow one is still there")
        await good.aclose()  # type: ignore[attr-defined]
    writer.close()
    site.control.hub.take_record(note("CallEnded", outcome="done"))


async def test_who_talks_without_end_is_sent_away(site: Site) -> None:
    async with aiohttp.ClientSession(headers=site.headers(Role.VIEWER)) as session:
        async with session.ws_connect(f"{site.url}/v1/stream") as link:
            for _ in range(1000):
                await link.send_str("a" * 1000)
            async with asyncio.timeout(PATIENCE):
                async for _ in link:
                    pass
            assert link.close_code == hub_module.POLICY
        for message, code in (("x" * 5000, 1009), (b"\xff", None)):
            async with session.ws_connect(f"{site.url}/v1/stream") as link:
                if isinstance(message, str):
                    await link.send_str(message)
                    async with asyncio.timeout(PATIENCE):
                        async for _ in link:
                            pass
                    assert link.close_code == code
                else:
                    await link.send_bytes(message)  # not understood, and passed over
                    assert "picture" in json.loads((await link.receive(PATIENCE)).data)


async def test_so_many_streams_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MAX_STREAMS", 3)
    async with aiohttp.ClientSession(headers=site.headers(Role.VIEWER)) as session:
        links = [await session.ws_connect(f"{site.url}/v1/stream") for _ in range(3)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{site.url}/v1/stream")
        assert refused.value.status == 429
        for link in links:
            await link.close()


async def test_streams_end_in_good_order_with_the_house() -> None:
    async with open_site() as site:
        address = f"ws://127.0.0.1:{site.port}/v1/stream"
        link = await connect(address, additional_headers=site.headers(Role.VIEWER))
        assert "picture" in json.loads(await link.recv())
    await link.wait_closed()
    assert link.close_code == 1001
