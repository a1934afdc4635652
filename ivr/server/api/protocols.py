"""HTTP and WebSocket connections that end when their client dawdles or there are too many."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from ivr.server.api.limits import HEAD_SECONDS, MAX_CONNECTIONS, WRITE_SECONDS


class _Taken(asyncio.Protocol):
    """A connection that is cut when its client takes nothing of what is sent."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _stuck: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._moved()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._moved()
        super().resume_writing()

    def _moved(self) -> None:
        _cancel(self._stuck)
        self._stuck = None


class HttpConnection(_Taken, H11Protocol):
    """Uvicorn's, with an end to slow requests ("slow loris") and to answers nobody takes."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        upgraded = self.transport.get_protocol() is not self
        if upgraded or (self.cycle is not None and not self.cycle.response_complete):
            self._head_came()
        elif self._head is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _head_came(self) -> None:
        _cancel(self._head)
        self._head = None


class WebSocketConnection(_Taken, WebSocketsSansIOProtocol):
    """Uvicorn's, with an end to clients that take nothing of what is sent."""

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # refused, which uvicorn takes for an oversight


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
