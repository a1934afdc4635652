"""The FastAGI server: takes each call that Asterisk's dialplan hands over and runs its handler."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from ivr.errors import AgiError
from ivr.telephony.agi_session import HEADER_SECONDS, READ_BYTES, AgiSession
from ivr.telephony.channel import AgiChannel, check_environment
from ivr.telephony.listening import BACKLOG, LOOPBACK, opened, port_of
from ivr.telephony.rendezvous import Rendezvous

MAX_CALLS = 500
"""AGI connections at a time, those without their environment included."""
CLOSE_SECONDS = 2.0

Handler = Callable[[AgiChannel], Awaitable[None]]

log = logging.getLogger(__name__)


class FastAgiServer:
    """Listens while the `async with` block runs; leaving it cancels the handlers of live calls.

    A handler that returns has served its call: IVR_DONE=1 is set and the dialplan ends it. One
    that raises or is cancelled has not, and the dialplan's fallback takes the caller. There is no
    authentication in the protocol, so listen on loopback unless the network is trusted.
    """

    def __init__(
        self,
        handler: Handler,
        rendezvous: Rendezvous,
        audio_address: str,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        max_calls: int = MAX_CALLS,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        """`audio_address` is the `host:port` where Asterisk finds our AudioSocket server."""
        self.host = host
        self.max_calls = max_calls
        self.header_seconds = header_seconds
        self.refused = 0
        self._handler = handler
        self._rendezvous = rendezvous
        self._audio_address = audio_address
        self._wanted_port = port
        self._server: asyncio.Server | None = None
        self._closing = False
        self._group = asyncio.TaskGroup()
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RuntimeError("the FastAGI server is not listening")
        return port_of(self._server)

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.is_serving()

    @property
    def connections(self) -> int:
        return len(self._calls)

    async def __aenter__(self) -> Self:
        """Listen. Raises SettingsError if the port cannot be had."""
        self._server = await opened(
            asyncio.start_server(
                self._accept, self.host, self._wanted_port, limit=READ_BYTES, backlog=BACKLOG
            ),
            "the FastAGI server",
            self.host,
            self._wanted_port,
        )
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._closing = True
        self._server.close()
        for call in tuple(self._calls):
            call.cancel()
        # The block's own error goes on by itself; the group only waits for the calls.
        await self._group.__aexit__(None, None, None)
        await self._server.wait_closed()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closing:
            writer.transport.abort()
            return
        if len(self._calls) >= self.max_calls:
            self._refuse(writer, f"{self.max_calls} calls are connected")
            writer.transport.abort()
            return
        call = self._group.create_task(self._serve(reader, writer))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = AgiSession(reader, writer)
        try:
            environment = await session.environment(self.header_seconds)
            check_environment(environment)
            async with asyncio.TaskGroup() as group:
                channel = AgiChannel(
                    session, environment, self._rendezvous, self._audio_address, group
                )
                hearing = group.create_task(session.run())
                try:
                    await self._handle(channel)
                finally:
                    await channel.release()
                    hearing.cancel()
        except AgiError as error:
            self._refuse(writer, str(error))
        except Exception as error:  # a fault of ours must not end the other calls
            log.error("an AGI session failed: %s\n%s", type(error).__name__, _where(error))
        finally:
            await _close(writer)

    async def _handle(self, channel: AgiChannel) -> None:
        """Run the handler; its failure ends this call only."""
        try:
            await self._handler(channel)
            await channel.finish()
        except Exception as error:
            # The text of an error may hold what the caller said; where it arose does not.
            log.error(
                "call %s: its handler failed with %s; the dialplan's fallback takes it\n%s",
                channel.call_id,
                type(error).__name__,
                _where(error),
            )

    def _refuse(self, writer: asyncio.StreamWriter, why: str) -> None:
        self.refused += 1
        log.warning("AGI from %s refused: %s", writer.get_extra_info("peername"), why)


def _where(error: Exception) -> str:
    """The traceback without the error's text, those of a group's members too."""
    members = error.exceptions if isinstance(error, ExceptionGroup) else ()
    inner = [f"{type(member).__name__}\n{_where(member)}" for member in members]
    return "".join([*traceback.format_tb(error.__traceback__), *inner])


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close, and do not wait long for a peer that does not read."""
    writer.close()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await writer.wait_closed()
    except (TimeoutError, OSError):
        writer.transport.abort()
