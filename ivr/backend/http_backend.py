"""HttpBackend: carries out lookups over HTTP, with every time, size and count bounded."""

import asyncio
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL

from ivr.backend.answer import MAX_ANSWER_BYTES, values_of
from ivr.backend.request import Request, request_of
from ivr.backend.secrets import Secrets
from ivr.errors import BackendError
from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import LookupReply

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 100
MAX_REDIRECTS = 3
PAUSE_SECONDS = 0.1
"""Between two tries."""

_CHUNK = 16 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({"timeout", "unreachable", "http_5xx"})


class HttpBackend:
    """Asks the systems behind the hotline. Use as an async context manager.

    Failure exits: `not_configured` (a secret is missing), `unreachable`, `timeout`, `http_4xx`,
    `http_5xx`, `http_3xx` (a redirect it does not follow), `bad_answer`, and what the lookup's
    `statuses` name. Redirects are followed for GET, within the same origin.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "ivr"},
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, action: HttpAction, arguments: Mapping[str, Any]) -> LookupReply:
        """The answer, or the exit by which the lookup failed; raises nothing of its own."""
        try:
            request = request_of(action, arguments, self._secrets)
        except BackendError as error:
            log.warning("%s", error)
            return LookupReply("not_configured")
        for tries in range(1, action.retries + 2):
            reply = await self._try(action, request)
            if tries > action.retries or not _worth_again(reply, request):
                break
            await asyncio.sleep(PAUSE_SECONDS)
        if reply.exit != "ok":
            log.info("lookup %s: %s after %d tries", action.name, reply.exit, tries)
        return LookupReply(reply.exit, reply.values, reply.status, tries)

    async def _try(self, action: HttpAction, request: Request) -> LookupReply:
        try:
            async with asyncio.timeout(action.timeout):
                status, body = await self._fetch(request)
        except TimeoutError:
            return LookupReply("timeout")
        except (aiohttp.ClientConnectionError, OSError):
            return LookupReply("unreachable")
        except (aiohttp.ClientError, ValueError, BackendError):
            # What is wrong may be told in the words of the peer: it stays out of the log.
            return LookupReply("bad_answer")
        named = action.statuses.get(str(status))
        if named and named != "ok":
            return LookupReply(named, status=status)
        if not named and not 200 <= status < 300:
            return LookupReply(f"http_{status // 100}xx", status=status)
        try:
            return LookupReply("ok", values_of(body, action.answer), status)
        except ValueError:
            return LookupReply("bad_answer", status=status)

    async def _fetch(self, request: Request) -> tuple[int, bytes]:
        """Status and body.

        Raises:
            BackendError: if the body is too large.
            aiohttp.ClientError, OSError, ValueError: if there is no proper answer.
        """
        assert self._session is not None, "use `async with`"
        url = URL(request.url, encoded=True)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._session.request(
                request.method,
                url,
                headers=request.headers,
                json=request.body,
                allow_redirects=False,
            ) as response:
                onward = _onward(request, url, response)
                if onward is None:
                    return response.status, await _body(response)
                url = onward
        return response.status, b""


def _onward(request: Request, url: URL, response: aiohttp.ClientResponse) -> URL | None:
    """Where a redirect leads, if it may be followed: headers with secrets stay at their origin."""
    if response.status not in _REDIRECTS or request.method != "GET":
        return None
    target = url.join(URL(response.headers.get("Location", "")))
    return target if target.origin() == url.origin() else None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        found += chunk
        if len(found) > MAX_ANSWER_BYTES:
            raise BackendError(f"an answer of more than {MAX_ANSWER_BYTES} bytes")
    return bytes(found)


def _worth_again(reply: LookupReply, request: Request) -> bool:
    """A POST may have had its effect even if no answer came: only an absent peer is asked again."""
    if request.method == "POST":
        return reply.exit == "unreachable"
    return reply.exit in _AGAIN
