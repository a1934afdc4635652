"""The control API against clients who mean no good: one clear refusal each, nothing changed."""

import asyncio
import contextlib
import resource
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from ivr.errors import SettingsError
from ivr.server.api import limits
from ivr.server.api.opening import open_doors
from ivr.server.control.roles import Role
from ivr.server.settings import ApiSettings
from tests.server.api.site import CALL, Site, open_site

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATIENCE = 20.0
FILES_WANTED = 4096


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[Site]:
    async with open_site() as opened:
        yield opened
        assert opened.orders.obeyed == []


async def raw(site: Site, data: bytes, role: Role | None = None) -> bytes:
    """What the TCP door answers to these bytes, until it closes or has answered in full."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    if role is not None:
        data = data.replace(b"TOKEN", site.tokens[role].encode())
    writer.write(data)
    await writer.drain()
    answer = b""
    try:
        async with asyncio.timeout(PATIENCE):
            while chunk := await reader.read(65536):
                answer += chunk
                head, _, body = answer.partition(b"\r\n\r\n")
                length = [h for h in head.lower().split(b"\r\n") if h.startswith(b"content-length")]
                if length and len(body) >= int(length[0].split(b":")[1]):
                    break
    except ConnectionError:
        pass
    writer.close()
    return answer


def request(path: bytes = b"/v1/picture", *headers: bytes, host: bytes = b"127.0.0.1") -> bytes:
    lines = (
        b"GET " + path + b" HTTP/1.1",
        b"Host: " + host,
        b"Authorization: Bearer TOKEN",
        *headers,
    )
    return b"\r\n".join(lines) + b"\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def lives(site: Site) -> None:
    async with site.api(Role.VIEWER) as api:
        assert (await api.get("/v1/whoami"))["name"] == "viewer"


async def test_what_a_good_request_gets(site: Site) -> None:
    assert status(await raw(site, request(), Role.VIEWER)) == 200
    local = f"localhost:{site.port}".encode()
    assert status(await raw(site, request(host=local), Role.VIEWER)) == 200
    own = f"Origin: http://127.0.0.1:{site.port}".encode()
    here = f"127.0.0.1:{site.port}".encode()
    assert status(await raw(site, request(b"/v1/picture", own, host=here), Role.VIEWER)) == 200


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (request(host=b"evil.example"), 421),
        (request(host=b"127.0.0.1.evil.example"), 421),
        (request(host=b""), 421),
        (request(host=b"127.0.0.1:8790:1"), 421),
        (request(b"/v1/picture", b"Host: evil.example"), 400),
        (request(b"/v1/picture", b"Origin: http://evil.example"), 403),
        (request(b"/v1/picture", b"Origin: null"), 403),
        (request(b"/v1/picture", b"Origin: http://127.0.0.1:1"), 403),
        (request(b"/v1/picture", b"Sec-Fetch-Site: cross-site"), 403),
        (request(b"/v1/picture", b"Authorization: Bearer x"), 400),
        (request(b"/v1/calls/%00"), 400),
        (request(b"/v1/calls/a%0d%0aX-Evil:%201"), 400),
        (request(b"/v1/calls/%ff%fe"), 400),
        (request(b"/v1/calls?queue=%ff"), 400),
        (request(b"/v1/calls?queue=%00"), 400),
        (request(b"/v1/calls/" + b"x" * 5000), 414),
        (request(b"/v1/calls/" + b"x" * 500), 422),
        (request(b"/v1/picture", b"X-Long: " + b"x" * 40_000), 431),
        (request(b"//evil.example/v1/picture"), 404),
        (request(b"/v1/../../etc/passwd"), 404),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\0c\r\n\r\n", 400),
        (b"DELETE /v1/picture HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 405),
    ],
)
async def test_requests_that_no_client_should_send(site: Site, data: bytes, expected: int) -> None:
    answer = await raw(site, data, Role.ADMIN)
    assert status(answer) == expected, answer
    assert b"evil" not in answer.split(b"\r\n\r\n")[0]
    await lives(site)


@pytest.mark.parametrize(
    "query",
    [
        "/v1/calls?limit=0",
        "/v1/calls?limit=100000000000000000000",
        "/v1/calls?offset=-1",
        "/v1/calls?offset=1e9",
        "/v1/calls?stage=asleep",
        "/v1/history?limit=501",
        "/v1/history?limit=-1",
        "/v1/history?since=nan",
        "/v1/history?until=inf",
        "/v1/history?since=1e300",
        "/v1/history?cursor=x",
        "/v1/history?cursor=nan,x",
        "/v1/history?queue=" + "q" * 161,
        "/v1/search",
        "/v1/search?text=",
        "/v1/search?text=%20",
        "/v1/search?text=" + "x" * 161,
        "/v1/audit?limit=0",
        "/v1/audit?before=-1",
        "/v1/audit?before=99999999999999999999",
        f"/v1/calls/{CALL}/records?limit=1000",
    ],
)
async def test_absurd_questions(site: Site, query: str) -> None:
    code, body = await site.status("GET", query)
    assert code == 422, body
    assert body["error"] and len(body["error"]) <= 300 and "\n" not in body["error"]


@pytest.mark.parametrize("text", ["%", "_", "' OR 1=1 --", '"', "\\", "%%%%", "𝟙🏦", "a%b_c\\d"])
async def test_hostile_searches_are_mere_text(site: Site, text: str) -> None:
    code, body = await site.status("GET", "/v1/search", params={"text": text})
    assert (code, body) == (200, [])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v1/calls/{CALL}/transfer", b"{}"),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": ""}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "a\\r\\nb"}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "a\\u0000"}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "\\ud800"}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": ["loans"]}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "loans", "by": "boss"}'),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "' + b"x" * 161 + b'"}'),
        (f"/v1/calls/{CALL}/transfer", b"not JSON"),
        (f"/v1/calls/{CALL}/transfer", b'{"skill": "\xff"}'),
        (f"/v1/calls/{CALL}/transfer", b"[" * 20_000),
        (f"/v1/calls/{CALL}/goto", b'{"skill": "loans"}'),
        (f"/v1/calls/{CALL}/hangup", b'{"really": "yes"}'),
        ("/v1/agents/wang/pause", b'{"reason": "' + b"x" * 41 + b'"}'),
        ("/v1/agents/wang/pause", b'{"reason": "a\\nb"}'),
        ("/v1/agents/wang/pause", b"null x"),
    ],
)
async def test_hostile_words(site: Site, path: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    code, told = await site.status("POST", path, data=body, headers=headers)
    assert code in (400, 422), told
    assert told["error"] and len(told["error"]) <= 300


async def test_a_form_of_another_site_is_no_order(site: Site) -> None:
    """What a page could send without asking first: a form, or JSON that says it is text."""
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        path = f"/v1/calls/{CALL}/transfer"
        code, _ = await site.status("POST", path, data=b'{"skill": "loans"}', headers=headers)
        assert code == 422


async def test_bodies_that_are_too_large(site: Site) -> None:
    path = f"/v1/calls/{CALL}/transfer"
    code, told = await site.status("POST", path, data=b" " * (limits.MAX_BODY + 1))
    assert code == 413 and "body" in told["error"]

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 65536

    with contextlib.suppress(aiohttp.ClientError):  # cut off while we still send
        code, _ = await site.status("POST", path, data=endless())
        assert code == 413
    await lives(site)


async def test_wrong_tokens_run_out_of_patience_and_right_ones_do_not(site: Site) -> None:
    codes = []
    for _ in range(limits.WRONG_TOKENS + 5):
        code, told = await site.status(
            "GET", "/v1/whoami", Role.NOBODY, headers={"Authorization": "Bearer ivr_wrong"}
        )
        codes.append(code)
    assert codes[0] == 401 and codes[-1] == 429 and "wait" in told["error"]
    await lives(site)
    code, _ = await site.status(
        "GET", "/v1/whoami", Role.NOBODY, headers={"Authorization": "Basic eDp5"}
    )
    assert code == 401
    code, _ = await site.status("GET", f"/v1/whoami?token={site.tokens[Role.ADMIN]}", Role.NOBODY)
    assert code == 401


async def test_slow_requests_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.server.api import doors, protocols

    monkeypatch.setattr(protocols, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(doors, "BODY_SECONDS", 0.5)
    began = time.monotonic()
    head = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    assert await raw(site, head) == b""  # and then nothing
    assert await raw(site, b"") == b""
    slow = b"POST /v1/agents/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
    assert status(await raw(site, slow)) == 408
    # A second request on a connection that is kept is no less bounded.
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    writer.write(head + b"\r\n" + head)
    async with asyncio.timeout(PATIENCE):
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert time.monotonic() - began < PATIENCE


@pytest.fixture
def many_files() -> Iterator[None]:
    """Both ends of a thousand connections are this process's: more than a login shell allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES_WANTED:
        pytest.skip(f"this machine lets a process open {hard} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES_WANTED), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_thousand_connections(site: Site, many_files: None) -> None:
    links = []
    try:
        for _ in range(1000):
            link = socket.socket()
            link.setblocking(False)
            link.connect_ex(("127.0.0.1", site.port))
            links.append(link)
            if len(links) % 100 == 0:
                await asyncio.sleep(0)
        async with site.api() as local:  # the other door has its own count
            assert (await local.get("/healthz"))["alive"]
    finally:
        for link in links:
            link.close()
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(Exception):
                await lives(site)
                return
            await asyncio.sleep(0.05)


async def test_another_server_in_the_same_folder_or_port_is_refused(
    site: Site, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="another server runs"):
        async with open_doors(site.runs, ApiSettings(port=0)):
            pass
    with pytest.raises(SettingsError, match=rf"cannot listen on 127\.0\.0\.1:{site.port}"):
        async with open_doors(tmp_path, ApiSettings(port=site.port)):
            pass
    with pytest.raises(SettingsError, match="shorter runs folder"):
        async with open_doors(tmp_path / ("x" * 120), ApiSettings(port=0)):
            pass
    await lives(site)


async def test_a_socket_that_a_dead_server_left_is_taken_over(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / "api.sock"))
    left.close()
    async with open_doors(tmp_path, ApiSettings(port=0)):
        assert (tmp_path / "api.sock").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "api.sock").exists()
