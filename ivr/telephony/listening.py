"""Opening a listening TCP port, or saying clearly why it cannot be opened."""

import asyncio
import errno
from collections.abc import Awaitable

from ivr.errors import SettingsError

LOOPBACK = "127.0.0.1"
BACKLOG = 512


async def opened(
    server: Awaitable[asyncio.Server], what: str, host: str, port: int
) -> asyncio.Server:
    """The server, once it listens.

    Raises:
        SettingsError: if `host`:`port` cannot be listened on.
    """
    try:
        return await server
    except OSError as error:
        raise listen_fault(error, what, host, port) from error


def listen_fault(error: OSError, what: str, host: str, port: int) -> SettingsError:
    """Why `host`:`port` cannot be listened on, and what to do about it."""
    reason = {
        errno.EADDRINUSE: "another program uses it: stop that program or choose another port",
        errno.EACCES: "ports below 1024 need root: choose a higher port",
        errno.EADDRNOTAVAIL: "this machine has no such address: choose one of its own",
    }.get(error.errno or 0, f"{error.strerror or error}: check host and port")
    return SettingsError(f"{what} cannot listen on {host}:{port}: {reason}")


def port_of(server: asyncio.Server) -> int:
    """The port it listens on; what to use after asking for port 0."""
    return int(server.sockets[0].getsockname()[1])
