"""The client of the control API: both doors, one clear error each, and verbs that use it."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from typer.testing import CliRunner

from ivr.cli.agents import app as agents_app
from ivr.errors import PeerError, SettingsError
from ivr.server.api.client import Api, api_of, ask, path_of
from ivr.server.api.questions import Questions
from ivr.server.control.roles import Role
from tests.server.api.site import CALL, open_site


def test_the_address_is_the_socket_unless_another_is_named(tmp_path: Path) -> None:
    assert api_of(tmp_path, environment={}).where == str(tmp_path / "api.sock")
    variables = {"IVR_URL": "https://hotline.example/ivr/", "IVR_TOKEN": "ivr_x"}
    assert api_of(tmp_path, environment=variables).where == "https://hotline.example/ivr"
    assert api_of(tmp_path, "http://other:1", environment=variables).where == "http://other:1"


@pytest.mark.parametrize("url", ["hotline", "ftp://x", "http://", "http://x?token=y", "file:///x"])
def test_addresses_that_are_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="no address"):
        api_of(tmp_path, url, environment={})


@pytest.mark.parametrize("token", ["a b", "a\r\nX: y", "令牌", "\0"])
def test_tokens_that_are_none(tmp_path: Path, token: str) -> None:
    with pytest.raises(SettingsError, match="token"):
        api_of(tmp_path, "http://x", token, {})


def test_parts_of_a_path_stay_parts() -> None:
    assert path_of("agents", "a/b", "pause") == "/v1/agents/a%2Fb/pause"
    assert path_of("calls", "1?x=2#3", "hangup") == "/v1/calls/1%3Fx%3D2%233/hangup"


def test_nobody_there(tmp_path: Path) -> None:
    with pytest.raises(PeerError, match="start it with `ivr serve`"):
        ask(tmp_path, "GET", "/v1/picture")
    with pytest.raises(PeerError, match="no hotline answers"):
        ask(tmp_path, "GET", "/v1/picture", url="http://127.0.0.1:9")


async def test_one_question_and_one_order() -> None:
    async with open_site() as site:
        rows = await asyncio.to_thread(ask, site.runs, "GET", "/v1/calls", {"limit": 1})
        assert [row["call"] for row in rows] == [CALL]
        told = await asyncio.to_thread(
            ask, site.runs, "POST", path_of("agents", "wang", "pause"), {"reason": "meal"}
        )
        assert told == {"name": "wang", "reason": "meal"}
        token = site.tokens[Role.VIEWER]
        me = await asyncio.to_thread(ask, site.runs, "GET", "/v1/whoami", url=site.url, token=token)
        assert me["role"] == "viewer"
        with pytest.raises(PeerError, match="no such endpoint"):
            await asyncio.to_thread(ask, site.runs, "GET", "/v1/nothing")


async def test_somebody_else_s_server() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="{not json", content_type="application/json")

    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:9/")

    other = web.Application()
    other.add_routes([web.get("/v1/picture", page), web.get("/v1/calls", moved)])
    runner = web.AppRunner(other)
    await runner.setup()
    place = web.TCPSite(runner, "127.0.0.1", 0)
    await place.start()
    try:
        host, port = runner.addresses[0][:2]
        async with Api(f"http://{host}:{port}", token="ivr_secret") as api:
            with pytest.raises(PeerError, match="not the answer of a hotline"):
                await api.get("/v1/picture")
            with pytest.raises(PeerError, match="HTTP 302"):  # a token is shown to no third
                await api.get("/v1/calls")
            with pytest.raises(PeerError, match="no such stream"):
                await anext(api.stream("/v1/stream"))
    finally:
        await runner.cleanup()


async def test_the_agents_verbs_ask_by_the_socket(tmp_path: Path) -> None:
    async with open_site() as site:
        file = tmp_path / "ivr.toml"
        file.write_text(f'[paths]\nruns = "{site.runs}"\n', encoding="utf-8")

        def run(*words: str) -> str:
            done = CliRunner().invoke(agents_app, [*words, "--settings", str(file)])
            assert done.exit_code == 0, done.output
            return done.stdout

        shown = json.loads(await asyncio.to_thread(run, "now", "--json"))
        assert shown["agents"][0]["name"] == "wang"
        assert shown["waiting"] == [{"call": CALL, "queue": "loans", "waited": 30}]
        told = await asyncio.to_thread(run, "pause", "wang", "--reason", "meal")
        assert told == "wang is paused (meal)\n"
        assert await asyncio.to_thread(run, "reload") == "nothing\n"
        assert [name for name, _ in site.orders.obeyed] == ["agents.pause", "agents.reload"]
        assert site.orders.obeyed[0][1]["by"] == "local"


async def test_too_many_questions_to_the_record_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from threading import Event

    from starlette.exceptions import HTTPException

    from ivr.server.api import questions as module

    monkeypatch.setattr(module, "MAX_QUERIES", 3)
    monkeypatch.setattr(module, "QUERY_SECONDS", 0.2)
    questions, go = Questions(), Event()
    async with asyncio.timeout(20):
        asked = [asyncio.ensure_future(questions.ask(lambda: go.wait(20))) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as refused:
            await questions.ask(lambda: True)
        assert refused.value.status_code == 429
        late = await asyncio.gather(*asked, return_exceptions=True)
        assert [one.status_code for one in late if isinstance(one, HTTPException)] == [503] * 3
        go.set()
        while True:
            try:
                assert await questions.ask(lambda: 7) == 7
                break
            except HTTPException:  # until those before have been answered
                await asyncio.sleep(0.01)
    questions.close()
