"""Opening: the API's doors, from before the hotline is up until after it stopped."""

import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from ivr.server.api.access import Caller
from ivr.server.api.client import SOCKET_NAME
from ivr.server.api.doors import LOCAL_HOSTS, Door, Refused, refuse
from ivr.server.api.listening import serving, tcp_listener, unix_listener
from ivr.server.api.tokens import Tokens
from ivr.server.settings import ApiSettings

STOPPING = "the hotline is stopping"
LOOPBACK = ("127.", "::1", "localhost")

log = logging.getLogger(__name__)


class Doors:
    """Both doors. Until there is an application behind them they say that the hotline starts.

    `port` is the TCP port, 0 for none.
    """

    def __init__(self, tokens: Tokens, doors: tuple[Door, ...], port: int) -> None:
        self.tokens = tokens
        self.port = port
        self._doors = doors

    def tell(self, why: str) -> None:
        """Have nothing behind the doors but this reason why callers cannot be served."""
        self._put(NotYet(why))

    def telling(self, progress: Callable[[str], None]) -> Callable[[str], None]:
        """`progress`, which the doors then tell too."""

        def told(line: str) -> None:
            self.tell(f"the hotline is starting: {line.rstrip(' .')}")
            progress(line)

        return told

    @contextlib.contextmanager
    def showing(self, app: ASGIApp) -> Iterator[None]:
        """Have `app` behind the doors for as long as the block lasts."""
        self._put(app)
        try:
            yield
        finally:
            self.tell(STOPPING)

    def holds(self, caller: Caller) -> bool:
        """Whether what this caller showed is still in force."""
        return caller.token is None or self.tokens.holds(caller.token)

    def _put(self, app: ASGIApp) -> None:
        for door in self._doors:
            door.app = app


class NotYet:
    """The application while there is no hotline: alive, not ready, and why."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by HTTP status: 200 to /healthz, 503 to all else."""
        path = scope["path"]
        if scope["type"] == "http" and path == "/healthz":
            await _answer(send, 200, {"alive": True, "lag": 0.0})
        elif scope["type"] == "http" and path == "/readyz":
            await _answer(send, 503, {"ready": False, "reasons": [self._why]})
        else:
            await refuse(scope, send, Refused(503, f"{self._why}: try again in a moment"))


@asynccontextmanager
async def open_doors(runs: Path, settings: ApiSettings) -> AsyncIterator[Doors]:
    """Listen on the Unix socket in `runs`, and on TCP unless its port is 0.

    Raises:
        SettingsError: if another server runs there, or the port cannot be had.
    """
    tokens = Tokens(runs)
    async with AsyncExitStack() as stack:
        found = [Door(NotYet("the hotline is starting"), tokens, local=True)]
        await _serve(stack, found[0], stack.enter_context(unix_listener(runs / SOCKET_NAME)))
        if settings.port:
            named = (name.strip().lower() for name in settings.hosts.split(","))
            hosts = frozenset((*LOCAL_HOSTS, _host(settings.address), *filter(None, named)))
            found.append(Door(NotYet("the hotline is starting"), tokens, local=False, hosts=hosts))
            listener = stack.enter_context(tcp_listener(settings.address, settings.port))
            await _serve(stack, found[1], listener)
            if not settings.address.startswith(LOOPBACK):
                log.warning(
                    "the control API listens on %s: put TLS before it, tokens are sent in clear",
                    settings.address,
                )
        yield Doors(tokens, tuple(found), settings.port)


async def _serve(stack: AsyncExitStack, door: Door, listener: socket.socket) -> None:
    await stack.enter_async_context(serving(door, listener))


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


async def _answer(send: Send, status: int, content: object) -> None:
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
