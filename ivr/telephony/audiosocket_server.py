"""The AudioSocket server: takes audio connections from Asterisk and joins them with their calls."""

import asyncio
import logging
import socket
from types import TracebackType
from typing import Self
from uuid import UUID

from ivr.errors import AudioSocketError
from ivr.telephony.audio_link import AudioSocketLink
from ivr.telephony.audiosocket import AudioSocketDecoder, CallId, Message
from ivr.telephony.listening import BACKLOG, LOOPBACK, opened, port_of
from ivr.telephony.rendezvous import Rendezvous

MAX_CONNECTIONS = 1000
"""Audio connections at a time, those not yet named included."""
NAME_SECONDS = 5.0
"""How long a connection may take to name its call."""

log = logging.getLogger(__name__)


class AudioSocketServer:
    """Listens while the `async with` block runs; leaving it ends every connection.

    There is no authentication in the protocol, so listen on loopback unless the network between
    Asterisk and this server is trusted.
    """

    def __init__(
        self,
        rendezvous: Rendezvous,
        *,
        host: str = LOOPBACK,
        port: int = 0,
        max_connections: int = MAX_CONNECTIONS,
        name_seconds: float = NAME_SECONDS,
    ) -> None:
        self.rendezvous = rendezvous
        self.host = host
        self.max_connections = max_connections
        self.name_seconds = name_seconds
        self.refused = 0
        self._wanted_port = port
        self._connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        if self._server is None:
            raise RuntimeError("the AudioSocket server is not listening")
        return port_of(self._server)

    @property
    def listening(self) -> bool:
        return self._server is not None and self._server.is_serving()

    @property
    def connections(self) -> int:
        return len(self._connections)

    async def __aenter__(self) -> Self:
        """Listen. Raises SettingsError if the port cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await opened(
            loop.create_server(
                lambda: _Connection(self), self.host, self._wanted_port, backlog=BACKLOG
            ),
            "the AudioSocket server",
            self.host,
            self._wanted_port,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for connection in tuple(self._connections):
            connection.abort()
        await self._server.wait_closed()

    def admit(self, connection: "_Connection") -> bool:
        """Count a new connection; False if there are too many."""
        if len(self._connections) >= self.max_connections:
            return False
        self._connections.add(connection)
        return True

    def forget(self, connection: "_Connection") -> None:
        self._connections.discard(connection)


class _Connection(asyncio.Protocol):
    """One connection: nameless until its first message, then the feeder of one link."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self._decoder = AudioSocketDecoder()
        self._link: AudioSocketLink | None = None
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._deadline = asyncio.get_running_loop().call_later(
            self._server.name_seconds, self._refuse, "it did not name its call in time"
        )
        self._peer = transport.get_extra_info("peername")
        if not self._server.admit(self):
            self._refuse(f"{self._server.max_connections} connections are open")
            return
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        try:
            for message in self._decoder.receive(data):
                self._take(message)
                if self._refused:
                    return
        except AudioSocketError as error:
            self._refuse(str(error))

    def eof_received(self) -> bool:
        try:
            self._decoder.receive_eof()
        except AudioSocketError as error:
            self._refuse(str(error))
        return False  # close our end too

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        self._server.forget(self)
        if self._link is not None:
            self._link.lost()

    def abort(self) -> None:
        self._transport.abort()

    def _take(self, message: Message) -> None:
        if self._link is not None:
            self._link.take(message)
        elif isinstance(message, CallId):
            self._deadline.cancel()
            link = AudioSocketLink(self._transport)
            if self._server.rendezvous.arrive(UUID(bytes=message.id), link):
                self._link = link
            else:
                self._refuse("no call expects this id (unknown, used before, or too late)")

    def _refuse(self, why: str) -> None:
        if self._refused:
            return
        self._refused = True
        self._server.refused += 1
        log.warning("audio connection from %s refused: %s", self._peer, why)
        if self._link is not None:
            self._link.end()
        self._transport.abort()
