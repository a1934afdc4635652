"""Listening: the two doors' sockets, served by uvicorn inside the server's own event loop."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ivr.errors import SettingsError
from ivr.server.api.limits import IDLE_SECONDS, MAX_CONNECTIONS, MAX_HEAD
from ivr.server.api.protocols import HttpConnection, WebSocketConnection
from ivr.server.beside import beside
from ivr.telephony.listening import listen_fault

MAX_MESSAGE = 4096
"""Bytes of a message from a client of a stream, who has nothing to say."""
CLOSING_SECONDS = 2
MAX_SOCKET_PATH = 107
"""sun_path of unix(7), without its final NUL."""


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the hotline has its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on this socket for as long as the block lasts; then nothing of it is left."""
    config = uvicorn.Config(
        app,
        http=HttpConnection,
        ws=WebSocketConnection,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")],
        h11_max_incomplete_event_size=MAX_HEAD,
        backlog=MAX_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    config.load()
    server = _Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        async with beside([server.main_loop()]):
            yield
    finally:
        await server.shutdown(sockets=[listener])
        for connection in tuple(server.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


@contextlib.contextmanager
def tcp_listener(address: str, port: int) -> Iterator[socket.socket]:
    """A listening TCP socket.

    Raises:
        SettingsError: if this address and port cannot be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(MAX_CONNECTIONS)
        except OSError as error:
            raise listen_fault(error, "the control API", address, port) from error
        listener.setblocking(False)
        yield listener
    finally:
        listener.close()


@contextlib.contextmanager
def unix_listener(path: Path) -> Iterator[socket.socket]:
    """A listening Unix socket that only its owner may open; its file is gone with the block.

    Raises:
        SettingsError: if another server listens there, or the socket cannot be had.
    """
    if len(os.fsencode(path)) > MAX_SOCKET_PATH:
        raise SettingsError(f"{path}: too long for a socket: choose a shorter runs folder")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            _clear(path)
            before = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(before)
            listener.listen(MAX_CONNECTIONS)
        except OSError as error:
            raise SettingsError(f"{path}: cannot listen for orders: {error}") from error
        listener.setblocking(False)
        ours = path.stat().st_ino
        try:
            yield listener
        finally:
            _remove(path, ours)
    finally:
        listener.close()


def _remove(path: Path, ours: int) -> None:
    """Remove our socket; a server that was started meanwhile keeps its own."""
    with contextlib.suppress(OSError):
        if path.stat().st_ino == ours:
            path.unlink()


def _clear(path: Path) -> None:
    """Remove the socket of a server that died; leave one that answers alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise SettingsError(f"{path}: another server runs with this runs folder: stop it first")
