"""Streams: WebSockets that tell the picture and its changes, events, and what is said in a call."""

import asyncio
from typing import Annotated

from fastapi import FastAPI, Path, Query
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.server.api.access import Caller, caller_of
from ivr.server.api.doors import SUBPROTOCOL
from ivr.server.api.hub import POLICY, TOPICS, Hub, Listener, Wish
from ivr.server.api.limits import MAX_STREAMS, MAX_WORD
from ivr.server.api.models import OptionalWord, Word
from ivr.server.api.needs import Needs
from ivr.server.control.roles import Role

MAX_CHATTER = 20
"""Messages a client may send; it has nothing to say."""
CLOSE_SECONDS = 2.0


def add_streams(app: FastAPI, needs: Needs) -> None:
    """Add both streams. OpenAPI knows no WebSockets; docs/api.md tells what they send."""

    @app.websocket("/v1/stream", name="stream")
    async def stream(
        socket: WebSocket,
        topics: Annotated[str, Query(max_length=100)] = "",
        agent: OptionalWord = "",
        picture: bool = True,
    ) -> None:
        wish = _wish(topics, agent, picture)
        _check_screens(caller_of(socket), wish)
        await _serve(socket, needs.hub, wish)

    @app.websocket("/v1/calls/{call}/stream", name="calls.stream")
    async def follow(socket: WebSocket, call: Annotated[Word, Path(max_length=MAX_WORD)]) -> None:
        if not any(row.call == call for row in needs.now().calls):
            raise HTTPException(404, "no such call goes on")
        await _serve(socket, needs.hub, Wish(call=call))


def _wish(topics: str, agent: str, picture: bool) -> Wish:
    wanted = frozenset(name for name in topics.split(",") if name)
    if unknown := wanted - set(TOPICS):
        raise HTTPException(422, f"no topic {min(unknown)[:20]!r}; there is {', '.join(TOPICS)}")
    if not picture and not wanted:
        raise HTTPException(422, "without the picture, name a topic")
    return Wish(picture=picture, topics=wanted, agent=agent)


def _check_screens(caller: Caller, wish: Wish) -> None:
    """Screens hold what agents must compare, last digits too: an agent's desktop gets its own."""
    if "screens" not in wish.topics or caller.role >= Role.SUPERVISOR:
        return
    if not wish.agent or wish.agent != caller.phone:
        raise HTTPException(
            403, "a viewer gets the screens of its own agent only: agent=NAME as in the token"
        )


async def _serve(socket: WebSocket, hub: Hub, wish: Wish) -> None:
    """Accept, and tell what there is until one side ends it."""
    if hub.full:
        raise HTTPException(429, f"{MAX_STREAMS} streams are open: end some")
    with hub.joined(caller_of(socket), wish) as listener:
        offered = socket.scope.get("subprotocols", ())
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        async with asyncio.TaskGroup() as group:
            work = [
                group.create_task(one)
                for one in (_tell(socket, listener), _hear(socket, listener), listener.over.wait())
            ]
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            for task in work:
                task.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await socket.close(listener.code, listener.why)
        except (TimeoutError, RuntimeError, WebSocketDisconnect):
            pass  # gone already, or so slow that the connection is cut


async def _tell(socket: WebSocket, listener: Listener) -> None:
    try:
        while True:
            await socket.send_text(await listener.waiting.get())
    except WebSocketDisconnect:
        listener.end()


async def _hear(socket: WebSocket, listener: Listener) -> None:
    """Wait for the client to go; one who talks without end is sent away."""
    for _ in range(MAX_CHATTER):
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            listener.end()
            return
    listener.end(POLICY, "this stream takes no messages")
