"""Api: asks and tells a running server, through its Unix socket or from another machine."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import aiohttp

from ivr.errors import PeerError, SettingsError
from ivr.server.settings import Settings
from ivr.server.steering.order_times import ORDER_SECONDS

SOCKET_NAME = "api.sock"
URL_VARIABLE = "IVR_URL"
TOKEN_VARIABLE = "IVR_TOKEN"

ANSWER_SECONDS = ORDER_SECONDS + 10.0
"""A little longer than the server gives itself for an order."""
CONNECT_SECONDS = 5.0
MAX_MESSAGE = 16 << 20
MAX_ERROR = 64 << 10

_REFUSED = {
    401: "it wants a token: make one with `ivr tokens add` and set IVR_TOKEN",
    403: "this token's role is not allowed to",
    404: "there is no such stream or call",
}


class Api:
    """One server's control API; use it as an `async with` block.

    Every method raises PeerError when nobody answers or the server refuses, with its reason.
    """

    def __init__(self, base: str, *, socket: Path | None = None, token: str = "") -> None:
        self._base = base.rstrip("/")
        self._socket = socket
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    @property
    def where(self) -> str:
        """The server's address, for people."""
        return str(self._socket) if self._socket else self._base

    async def __aenter__(self) -> Self:
        connector = aiohttp.UnixConnector(str(self._socket)) if self._socket else None
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS)
        self._session = aiohttp.ClientSession(connector=connector, headers=headers, timeout=timeout)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: str | int | float) -> Any:
        """The answer to GET `path`, such as "/v1/picture"."""
        return await self._answer("GET", path, query, None)

    async def post(self, path: str, words: Mapping[str, str] | None = None) -> Any:
        """Give an order: POST `path`, such as "/v1/calls/7.1/hangup"."""
        return await self._answer("POST", path, {}, dict(words or {}))

    async def stream(self, path: str, **query: str | int | float) -> AsyncIterator[dict[str, Any]]:
        """Messages of a stream, such as "/v1/stream", until the server ends it in good order.

        Raises:
            PeerError: if it cannot be had, or breaks off (the server went, or we were too slow).
        """
        assert self._session is not None, "use it as an `async with` block"
        try:
            async with self._session.ws_connect(
                self._base + path, params=_texts(query), max_msg_size=MAX_MESSAGE, heartbeat=20.0
            ) as link:
                async for message in link:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        yield json.loads(message.data)
                code = link.close_code
        except aiohttp.WSServerHandshakeError as error:
            why = _REFUSED.get(error.status, f"HTTP {error.status}")
            raise PeerError(f"{self.where} refuses {path}: {why}") from error
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._nobody(error) from error
        if code != aiohttp.WSCloseCode.OK:
            raise PeerError(f"{self.where}: the stream broke off ({code})")

    async def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int | float],
        words: dict[str, str] | None,
    ) -> Any:
        assert self._session is not None, "use it as an `async with` block"
        try:
            async with self._session.request(
                method, self._base + path, params=_texts(query), json=words, allow_redirects=False
            ) as answer:
                if answer.status // 100 == 2:
                    if answer.content_type == "application/json":
                        return json.loads(await answer.read())
                    return await answer.text()
                raise PeerError(_fault(answer.status, await answer.content.read(MAX_ERROR)))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._nobody(error) from error

    def _nobody(self, error: Exception) -> PeerError:
        if isinstance(error, TimeoutError):
            return PeerError(f"{self.where}: no answer in time; is the server very busy?")
        if isinstance(error, ValueError):
            return PeerError(f"{self.where}: not the answer of a hotline's control API")
        if self._socket:
            return PeerError(f"no hotline runs here ({self._socket}): start it with `ivr serve`")
        return PeerError(f"no hotline answers at {self._base}: is the address right?")


def api_of(
    where: Settings | Path,
    url: str | None = None,
    token: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Api:
    """The API of the server with these settings (or this runs folder), or of the one at `url`.

    IVR_URL and IVR_TOKEN stand in where `url` and `token` are not given.

    Raises:
        SettingsError: if the address or the token cannot be one.
    """
    url = url or environment.get(URL_VARIABLE, "")
    token = token or environment.get(TOKEN_VARIABLE, "")
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise SettingsError("the token holds what no token holds: copy it again")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise SettingsError(f"{url!r} is no address like http://127.0.0.1:8790")
        return Api(url, token=token)
    runs = where if isinstance(where, Path) else where.path(where.paths.runs)
    return Api("http://localhost", socket=runs / SOCKET_NAME)


def ask(
    where: Settings | Path,
    method: str,
    path: str,
    words: Mapping[str, str | int | float] | None = None,
    *,
    url: str | None = None,
    token: str | None = None,
) -> Any:
    """One question or order of a verb that needs no more: words are the query of a GET.

    Raises:
        PeerError: if no server runs there, or it refuses.
        SettingsError: if `url` or `token` cannot be one.
    """

    async def once() -> Any:
        async with api_of(where, url, token) as api:
            if method == "GET":
                return await api.get(path, **dict(words or {}))
            return await api.post(path, _texts(words or {}))

    return asyncio.run(once())


def path_of(*parts: str) -> str:
    """A path under /v1 of these parts, each made safe: path_of("agents", name, "pause")."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _texts(words: Mapping[str, str | int | float]) -> dict[str, str]:
    return {name: str(value) for name, value in words.items()}


def _fault(status: int, body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, TypeError, KeyError):
        return f"the server answered HTTP {status}"
