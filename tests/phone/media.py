"""One call's RTP port: sends a frame at every tick, and keeps all that comes."""

import asyncio
import math
import secrets
from collections import deque
from dataclasses import dataclass

from tests.phone.dtmf import KeyPacket, KeyReader, key_packets
from tests.phone.errors import CallEnded
from tests.phone.g711 import Law, decode, encode
from tests.phone.recording import Recording
from tests.phone.rtp import RtpError, RtpStream, parse_packet
from tests.phone.sdp import AudioDescription
from tests.phone.signal import FRAME, RATE, samples_of
from tests.phone.transactions import Address

MAX_KEYS = 10_000
STEP = FRAME / RATE


@dataclass(slots=True, eq=False)
class _Piece:
    """Audio or a key waiting to be sent; `done` gets the span in which it was, or is cancelled."""

    done: "asyncio.Future[tuple[float, float]]"
    audio: deque[bytes]
    key: deque[KeyPacket]
    start: float = math.nan
    offset: int = 0


class Media(asyncio.DatagramProtocol):
    """Both directions of one call's audio. `heard` and `spoken` share the call's clock.

    A frame is `spoken` in the 20 ms before it is sent, as at a real microphone, and `heard` in
    the 20 ms after it came, as at a real ear. Silence is sent whenever nothing else is.
    """

    def __init__(self, epoch: float) -> None:
        self.heard = Recording(epoch)
        self.spoken = Recording(epoch)
        self.keys: list[tuple[float, str]] = []
        self.strangers = 0
        self.sent = 0
        self._epoch = epoch
        self._remote: AudioDescription | None = None
        self._law = Law.MU
        self._events: int | None = None
        self._stream = RtpStream(secrets.randbits(32), secrets.randbits(16), secrets.randbits(32))
        self._first_tick: int | None = None
        self._last_tick = -1
        self._pieces: deque[_Piece] = deque()
        self._presses: deque[_Piece] = deque()
        self._pressed = 0.0
        self._reader = KeyReader()
        self._waiting: list[asyncio.Future[None]] = []
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.DatagramTransport | None = None
        self.ip, self.port = "", 0

    async def open(self, ip: str) -> None:
        """Bind a free port."""
        transport, _ = await self._loop.create_datagram_endpoint(lambda: self, local_addr=(ip, 0))
        self.ip, self.port = transport.get_extra_info("sockname")[:2]
        self._transport = transport
        if self._closing:
            transport.close()

    def close(self) -> None:
        """Close the port; who waits for audio or keys to be sent gets `CallEnded`."""
        for piece in (*self._pieces, *self._presses):
            if not piece.done.done():
                piece.done.set_exception(CallEnded("the call ended before all was sent"))
        self._pieces.clear()
        self._presses.clear()
        if self._transport is not None:
            self._transport.close()
        elif not self._closing:
            self._closed.set_result(None)
        self._closing = True
        self._wake()

    async def wait_closed(self) -> None:
        """Wait until the port is free again."""
        await asyncio.shield(self._closed)

    def connect(self, remote: AudioDescription, law: Law, events: int | None) -> None:
        """Set, or after a re-INVITE set anew, where and how to send."""
        self._remote, self._law, self._events = remote, law, events

    # -- sending -------------------------------------------------------------------------

    async def speak(self, pcm: bytes) -> tuple[float, float]:
        """Send PCM (16-bit little-endian, 8 kHz) in real time, after what is queued already.

        Returns:
            The seconds of the call in which the words left the mouth.
        """
        frames = deque(
            pcm[at : at + 2 * FRAME].ljust(2 * FRAME, b"\0") for at in range(0, len(pcm), 2 * FRAME)
        )
        if not frames:
            now = self._loop.time() - self._epoch
            return now, now
        return await self._queue(self._pieces, _Piece(self._loop.create_future(), frames, deque()))

    async def press(self, key: str, milliseconds: int) -> tuple[float, float]:
        """Send one key; audio waits meanwhile, and the line is silent for a moment after it.

        Returns:
            The seconds of the call between its first packet and its first end packet.
        """
        if self._events is None:
            raise ValueError("the other end takes no telephone events")
        packets = deque(key_packets(key, milliseconds))
        return await self._queue(
            self._presses, _Piece(self._loop.create_future(), deque(), packets)
        )

    async def _queue(self, line: deque[_Piece], piece: _Piece) -> tuple[float, float]:
        if self._closing:
            raise CallEnded("the call has ended")
        line.append(piece)
        try:
            return await piece.done
        finally:
            if piece in line:
                line.remove(piece)

    def tick(self, number: int) -> None:
        """Send 20 ms: a key's packet, else a frame of speech, else silence."""
        remote = self._remote
        if remote is None or self._transport is None or self._closing:
            return
        if self._first_tick is None:
            self._first_tick = number
        offset = (number - self._first_tick) * FRAME
        fresh = number != self._last_tick + 1
        self._last_tick = number
        if not remote.wants_audio:
            return
        now = self._loop.time() - self._epoch
        if self._presses:
            packet = self._key_packet(self._presses[0], offset, now)
        else:
            packet = self._audio_packet(offset, now, marker=fresh)
        self._transport.sendto(packet, (remote.ip, remote.port))
        self.sent += 1

    def _audio_packet(self, offset: int, now: float, *, marker: bool) -> bytes:
        pcm = bytes(2 * FRAME)
        if self._pieces:
            piece = self._pieces[0]
            pcm = piece.audio.popleft()
            if math.isnan(piece.start):
                piece.start = now - STEP
            if not piece.audio:
                self._pieces.popleft()
                _finish(piece, now)
        samples = samples_of(pcm)
        payload = encode(samples, self._law)
        mouth = self._epoch + now - STEP
        self.spoken.add(mouth, offset, 0, decode(payload, self._law), marker=marker)
        return self._stream.packet(self._law.value, offset, payload, marker=marker)

    def _key_packet(self, piece: _Piece, offset: int, now: float) -> bytes:
        part = piece.key.popleft()
        if math.isnan(piece.start):
            piece.start, piece.offset = now, offset
        if part.end and len(piece.key) == 2:
            # The first of three end packets: the press is over for whoever hears it.
            self._pressed = now
        if not piece.key:
            self._presses.popleft()
            _finish(piece, self._pressed)
        events = self._events if self._events is not None else 101
        return self._stream.packet(events, piece.offset, part.payload, marker=part.marker)

    # -- receiving -----------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: Address) -> None:
        remote = self._remote
        if remote is not None and (addr[0], addr[1]) != (remote.ip, remote.port):
            self.strangers += 1
            return
        try:
            packet = parse_packet(data)
        except RtpError:
            self.strangers += 1
            return
        now = self._loop.time()
        if packet.payload_type == self._events:
            for key in self._reader.read(packet.payload, packet.timestamp):
                if len(self.keys) < MAX_KEYS:
                    self.keys.append((now - self._epoch, key))
        elif packet.payload_type in (Law.MU.value, Law.A.value):
            pcm = decode(packet.payload, Law(packet.payload_type))
            self.heard.add(now, packet.timestamp, packet.ssrc, pcm, marker=packet.marker)
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closed.done():
            self._closed.set_result(None)

    async def news(self, timeout: float) -> None:
        """Wait until a packet comes, the port closes, or `timeout` seconds have passed."""
        waiter = self._loop.create_future()
        self._waiting.append(waiter)
        timer = self._loop.call_later(timeout, _resolve, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _resolve(waiter)


def _finish(piece: _Piece, end: float) -> None:
    if not piece.done.done():
        piece.done.set_result((piece.start, end))


def _resolve(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)
