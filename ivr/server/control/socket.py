"""Control socket: a Unix socket in the runs folder, open to this server's own user alone.

One JSON object a line: {"do": NAME, "with": {...}} is answered by {"ok": true, "answer": ...} or
{"ok": false, "error": TEXT}.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ivr.errors import FlowError, IvrError, SettingsError
from ivr.server.control.orders import Orders

SOCKET_NAME = "control.sock"
MAX_LINE = 64 * 1024
MAX_CLIENTS = 32
IDLE_SECONDS = 60.0
ORDER_SECONDS = 30.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def control_socket(folder: Path, orders: Orders) -> AsyncIterator[Path]:
    """Serve `orders` at `folder`/control.sock for as long as the block lasts.

    Raises:
        SettingsError: if another server listens there, or the socket cannot be had.
    """
    path = folder / SOCKET_NAME
    _clear(path)
    clients: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(clients) >= MAX_CLIENTS:
            writer.transport.abort()
            return
        clients.add(task)
        try:
            await _converse(reader, writer, orders)
        except (OSError, TimeoutError, ValueError):
            log.debug("a control connection ended early")
        finally:
            clients.discard(task)
            writer.close()

    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(serve, path, limit=MAX_LINE)
    except OSError as error:
        raise SettingsError(f"{path}: cannot listen for orders: {error}") from error
    finally:
        os.umask(before)
    try:
        yield path
    finally:
        server.close()
        for task in tuple(clients):
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        path.unlink(missing_ok=True)


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, orders: Orders
) -> None:
    while True:
        async with asyncio.timeout(IDLE_SECONDS):
            line = await reader.readline()
        if not line:
            return
        answer = await _answer(line, orders)
        writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
        await writer.drain()


async def _answer(line: bytes, orders: Orders) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        name, words = asked["do"], asked.get("with", {})
        text = {str(key): str(value) for key, value in words.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {"ok": False, "error": 'expected one line {"do": NAME, "with": {...}}'}
    try:
        async with asyncio.timeout(ORDER_SECONDS):
            return {"ok": True, "answer": await orders.obey(str(name), text)}
    except TimeoutError:
        return {"ok": False, "error": f"{name} took more than {ORDER_SECONDS:.0f} s"}
    except FlowError as error:
        return {"ok": False, "error": "\n".join(str(issue) for issue in error.issues)}
    except IvrError as error:
        return {"ok": False, "error": str(error)}


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
