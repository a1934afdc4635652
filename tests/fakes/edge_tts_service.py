"""A stand-in for the online voice's websocket service, on loopback, which can misbehave."""

import asyncio
import contextlib
import io
import json
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum

import numpy as np
import soundfile
from aiohttp import WSMsgType, web

RATE = 24_000
CHUNK = 720


class Manner(StrEnum):
    """How the service behaves."""

    GOOD = "good"
    FORBIDDEN = "forbidden"
    CUT_OFF = "cut off"
    SLOW = "slow"
    SILENT = "silent"
    NOT_SOUND = "not sound"
    NONSENSE_TEXT = "nonsense text"
    NONSENSE_BINARY = "nonsense binary"
    ENDLESS = "endless"


def tone_mp3(seconds: float = 1.0, hertz: float = 700.0) -> bytes:
    """An mp3 at 24 kHz, as the service sends."""
    at = np.arange(int(seconds * RATE)) / RATE
    file = io.BytesIO()
    soundfile.write(file, 0.3 * np.sin(2 * np.pi * hertz * at), RATE, format="MP3")
    return file.getvalue()


@dataclass
class EdgeTtsService:
    """`url` is what `edge_tts.communicate.WSS_URL` must be; `requests` holds the SSML received."""

    manner: Manner = Manner.GOOD
    url: str = ""
    requests: list[str] = field(default_factory=list)
    refusals: int = 0
    sound: bytes = field(default_factory=tone_mp3)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.manner is Manner.FORBIDDEN:
            self.refusals += 1
            return web.Response(status=403, headers={"Date": formatdate(usegmt=True)})
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.TEXT and "Path:ssml" in message.data:
                self.requests.append(message.data)
                with contextlib.suppress(ConnectionError):
                    await self._speak(socket)
                break
        return socket

    async def _speak(self, socket: web.WebSocketResponse) -> None:
        await socket.send_str(_text("turn.start", {}))
        match self.manner:
            case Manner.SLOW:
                await asyncio.sleep(60)
            case Manner.SILENT:
                await socket.send_str(_text("turn.end", {}))
            case Manner.NONSENSE_TEXT:
                await socket.send_str("no header at all")
            case Manner.NONSENSE_BINARY:
                await socket.send_bytes(b"\xff")
            case Manner.NOT_SOUND:
                await socket.send_bytes(_audio(b"this is no mp3 at all" * 40))
                await socket.send_str(_text("turn.end", {}))
            case Manner.ENDLESS:
                for _ in range(300):
                    await socket.send_bytes(_audio(bytes(1 << 16)))
            case Manner.GOOD | Manner.CUT_OFF:
                end = len(self.sound) // (2 if self.manner is Manner.CUT_OFF else 1)
                for start in range(0, end, CHUNK):
                    await socket.send_bytes(_audio(self.sound[start : min(start + CHUNK, end)]))
                if self.manner is Manner.GOOD:
                    await socket.send_str(_text("audio.metadata", _boundary()))
                    await socket.send_str(_text("turn.end", {}))


@contextlib.asynccontextmanager
async def edge_tts_service(manner: Manner = Manner.GOOD) -> AsyncIterator[EdgeTtsService]:
    service = EdgeTtsService(manner)
    app = web.Application()
    app.router.add_get("/edge/v1", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    service.url = f"ws://127.0.0.1:{port}/edge/v1?TrustedClientToken=test"
    try:
        yield service
    finally:
        await runner.cleanup()


def _text(path: str, body: object) -> str:
    return (
        f"X-RequestId:0\r\nContent-Type:application/json\r\nPath:{path}\r\n\r\n{json.dumps(body)}"
    )


def _audio(data: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
    return struct.pack(">H", len(head)) + head + data


def _boundary() -> object:
    data = {"Offset": 0, "Duration": 10_000_000, "text": {"Text": "x", "Length": 1}}
    return {"Metadata": [{"Type": "SentenceBoundary", "Data": data}]}
