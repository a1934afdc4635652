"""One audio connection of one call: messages in, 20 ms frames and keys out, and back."""

import asyncio
import logging
from collections import deque

from ivr.audio.frames import FRAME_BYTES, AudioFrame
from ivr.telephony.audiosocket import Audio, Hangup, Key, Message, PeerFailure, encode

MAX_INBOX = 100
"""Frames and keys that wait for a slow consumer: 2 s of audio."""
MAX_WRITE_BUFFER = 16 * 1024
"""Bytes that wait for a slow Asterisk: about 1 s of audio."""
CLOSE_SECONDS = 2.0
"""How long Asterisk may take to close its end after we said goodbye."""

log = logging.getLogger(__name__)


class AudioSocketLink:
    """The `AudioLink` of `ivr.ports` over one AudioSocket connection.

    The server feeds it with `take` and `end`. A consumer that lags loses the oldest audio, never a
    key before audio; `dropped_in` and `dropped_out` count the frames lost in each direction.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._inbox: deque[AudioFrame | str] = deque()
        self._pcm = bytearray()  # less than one frame, until the rest comes
        self._ready = asyncio.Event()
        self._gone = asyncio.Event()
        self._ended = False
        self._closing = False
        self.dropped_in = 0
        self.dropped_out = 0

    @property
    def ended(self) -> bool:
        """True once no more frames or keys can come in."""
        return self._ended

    async def receive(self) -> AudioFrame | str | None:
        """The next frame or key; None at the end, however often it is asked."""
        while not self._inbox:
            if self._ended:
                return None
            self._ready.clear()
            await self._ready.wait()
        return self._inbox.popleft()

    def send(self, frame: AudioFrame) -> None:
        """Write one frame now; drop it if Asterisk reads too slowly or the link has ended."""
        if self._ended or self._closing or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_WRITE_BUFFER:
            self.dropped_out += 1
            return
        self._transport.write(encode(Audio(frame.pcm)))

    async def close(self) -> None:
        """Send "hang up" (0x00), upon which Asterisk's AudioSocket() returns, and wait for its end.

        Asterisk closes first: closing over audio still unread would reset the connection, and a
        reset can hang up the caller. After `CLOSE_SECONDS` we close all the same.
        """
        if not self._closing:
            self._closing = True
            self._inbox.clear()
            if not self._transport.is_closing():
                self._transport.write(encode(Hangup()))
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._gone.wait()
        except TimeoutError:
            log.warning("Asterisk did not close an audio connection within %g s", CLOSE_SECONDS)
        finally:
            self.end()
            self._transport.abort()

    # -- fed by the server ---------------------------------------------------------------------

    def take(self, message: Message) -> None:
        """Put a message of the peer into the inbox."""
        if self._closing or self._ended:
            return
        match message:
            case Audio(pcm=pcm):
                self._take_audio(pcm)
            case Key(key=key):
                self._put(key)
            case Hangup():
                self.end()
            case PeerFailure(code=code):
                log.warning("Asterisk reports audio failure %s", code[:16].hex() or "(no code)")
                self.end()

    def end(self) -> None:
        """No more will come; what is in the inbox can still be received."""
        self._ended = True
        self._ready.set()

    def lost(self) -> None:
        """The connection is closed."""
        self.end()
        self._gone.set()
        if self.dropped_in or self.dropped_out:
            log.warning(
                "an audio connection lost frames: %d from the caller, %d to the caller",
                self.dropped_in,
                self.dropped_out,
            )

    def _take_audio(self, pcm: bytes) -> None:
        if not self._pcm and len(pcm) == FRAME_BYTES:  # what Asterisk nearly always sends
            self._put(AudioFrame(pcm))
            return
        self._pcm += pcm
        while len(self._pcm) >= FRAME_BYTES:
            self._put(AudioFrame(bytes(self._pcm[:FRAME_BYTES])))
            del self._pcm[:FRAME_BYTES]

    def _put(self, item: AudioFrame | str) -> None:
        if len(self._inbox) >= MAX_INBOX:
            self._drop_oldest()
        self._inbox.append(item)
        self._ready.set()

    def _drop_oldest(self) -> None:
        self.dropped_in += 1
        for index, item in enumerate(self._inbox):
            if isinstance(item, AudioFrame):
                del self._inbox[index]
                return
        self._inbox.popleft()
