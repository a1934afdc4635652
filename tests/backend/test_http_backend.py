"""HttpBackend against a real HTTP server: good, slow, huge, malformed, absent, redirecting."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web

from ivr.backend.answer import MAX_ANSWER_BYTES
from ivr.backend.http_backend import MAX_REDIRECTS, HttpBackend
from ivr.backend.secrets import Secrets
from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import LookupReply

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = "t0p-secret"


@dataclass
class Bank:
    """A server that answers as a test says, and what it was asked."""

    url: str = ""
    answers: list[Handler | web.Response] = field(default_factory=list)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[object] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.json() if request.can_read_body else None)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, web.Response):
            return web.Response(
                body=answer.body, status=answer.status, headers=answer.headers.copy()
            )
        return await answer(request)

    def action(self, **changes: object) -> HttpAction:
        action = HttpAction(
            name="balance",
            method="GET",
            url=f"{self.url}/accounts/{{number}}",
            headers={},
            secrets={"Authorization": "TOKEN"},
            body={},
            timeout=5,
            retries=0,
            answer={"balance": "data.balance", "name": "data.names.0"},
            statuses={},
        )
        return replace(action, **changes)  # type: ignore[arg-type]

    async def ask(self, **changes: object) -> LookupReply:
        async with HttpBackend(Secrets({"TOKEN": TOKEN})) as backend:
            return await backend.ask(self.action(**changes), {"number": "6688", "amount": 5})


@asynccontextmanager
async def server(bank: Bank) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", bank.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def bank() -> AsyncIterator[Bank]:
    made = Bank(answers=[good()])
    async with server(made) as made.url:
        yield made


def good() -> web.Response:
    return web.json_response({"data": {"balance": 12.5, "names": ["王女士"], "more": {}}})


async def hanging(request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return good()


async def dripping(request: web.Request) -> web.StreamResponse:
    """Headers at once, then a byte now and then: each read is quick, the whole is not."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(600):
        await response.write(b" ")
        await asyncio.sleep(0.1)
    return response


async def test_a_good_answer(bank: Bank) -> None:
    reply = await bank.ask()
    assert (reply.exit, reply.status, reply.tries) == ("ok", 200, 1)
    assert reply.values == {"balance": 12.5, "name": "王女士"}
    assert bank.asked[0].path == "/accounts/6688"
    assert bank.asked[0].headers["Authorization"] == TOKEN


async def test_a_body_is_sent_as_json(bank: Bank) -> None:
    await bank.ask(method="POST", body={"amount": "{amount}", "note": "for {number}"})
    assert bank.bodies == [{"amount": 5, "note": "for 6688"}]


async def test_what_is_not_there_is_left_out(bank: Bank) -> None:
    paths = {"a": "data.none", "b": "data.names.7", "c": "data.more", "d": "data.balance.x"}
    assert (await bank.ask(answer=paths)).values == {}


@pytest.mark.parametrize(
    ("status", "exit_"),
    [(404, "http_4xx"), (403, "http_4xx"), (500, "http_5xx"), (503, "http_5xx"), (302, "http_3xx")],
)
async def test_statuses_that_are_failures(bank: Bank, status: int, exit_: str) -> None:
    bank.answers = [web.Response(status=status, headers={"Location": "http://evil.example/"})]
    assert (await bank.ask()).exit == exit_


async def test_a_flow_names_statuses(bank: Bank) -> None:
    bank.answers = [web.Response(status=404, text="nobody")]
    assert (await bank.ask(statuses={"404": "unknown"})).exit == "unknown"


@pytest.mark.parametrize("answer", [hanging, dripping])
async def test_a_slow_server(bank: Bank, answer: Handler) -> None:
    bank.answers = [answer]
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await bank.ask(timeout=0.3)).exit == "timeout"
    assert loop.time() - began < 5


async def test_a_huge_answer_is_not_taken(bank: Bank) -> None:
    bank.answers = [web.Response(body=b'"' + b"x" * (4 * MAX_ANSWER_BYTES) + b'"')]
    assert (await bank.ask()).exit == "bad_answer"


async def test_a_bomb_is_not_unpacked(bank: Bank) -> None:
    async def bomb(request: web.Request) -> web.StreamResponse:
        response = web.Response(body=b" " * 50_000_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    bank.answers = [bomb]
    assert (await bank.ask()).exit == "bad_answer"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"data":', b'{"data": NaN}', b"\xff\xfe", b"[" * 100_000, b"9" * 5000],
)
async def test_malformed_answers(bank: Bank, body: bytes) -> None:
    bank.answers = [web.Response(body=body)]
    assert (await bank.ask()).exit == "bad_answer"


async def test_a_peer_that_speaks_no_http() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    rude = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with rude:
        port = rude.sockets[0].getsockname()[1]
        reply = await Bank(f"http://127.0.0.1:{port}").ask()
    assert reply.exit in ("bad_answer", "unreachable")


async def test_nobody_listens() -> None:
    with socket.socket() as taken:  # bound but not listening: refused, and nobody else's
        taken.bind(("127.0.0.1", 0))
        reply = await Bank(f"http://127.0.0.1:{taken.getsockname()[1]}").ask(retries=2)
    assert (reply.exit, reply.tries) == ("unreachable", 3)


async def test_a_failure_is_tried_again(bank: Bank) -> None:
    bank.answers = [web.Response(status=503), web.Response(status=503), good()]
    reply = await bank.ask(retries=3)
    assert (reply.exit, reply.tries, len(bank.asked)) == ("ok", 3, 3)


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 503)])
async def test_what_may_not_be_tried_again(bank: Bank, method: str, status: int) -> None:
    bank.answers = [web.Response(status=status)]
    await bank.ask(method=method, retries=3)
    assert len(bank.asked) == 1


async def test_redirects_within_the_origin_are_followed(bank: Bank) -> None:
    bank.answers = [web.Response(status=302, headers={"Location": "/elsewhere"}), good()]
    assert (await bank.ask()).exit == "ok"
    assert bank.asked[1].path == "/elsewhere"


async def test_secrets_follow_no_redirect_to_another_origin(bank: Bank) -> None:
    other = Bank(answers=[good()])
    async with server(other) as other.url:
        bank.answers = [web.Response(status=307, headers={"Location": other.url})]
        assert (await bank.ask()).exit == "http_3xx"
    assert other.asked == []


async def test_redirects_in_a_round_end(bank: Bank) -> None:
    bank.answers = [web.Response(status=302, headers={"Location": "/round"})]
    assert (await bank.ask()).exit == "http_3xx"
    assert len(bank.asked) == MAX_REDIRECTS + 1


async def test_nothing_private_is_logged(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bank.answers = [web.Response(status=500, text="6688 t0p-secret")]
    await bank.ask(retries=1)
    async with HttpBackend(Secrets({})) as backend:
        assert (await backend.ask(bank.action(), {"number": "6688"})).exit == "not_configured"
    told = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("ivr"))
    assert "http_5xx" in told and "there is no secret TOKEN" in told
    assert "6688" not in told and TOKEN not in told
