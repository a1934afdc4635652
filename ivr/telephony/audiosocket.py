"""Bytes to AudioSocket messages and back; sans-I/O, so any chunking of the stream will do.

Source: Asterisk's AudioSocket protocol (`res_audiosocket`): one byte of kind, a big-endian 16-bit
length, the payload. Asterisk names the call first, by a UUID, and then sends audio and keys.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from ivr.errors import AudioSocketError

HEADER = struct.Struct(">BH")
UUID_BYTES = 16
MAX_PAYLOAD = 4096
"""Bytes of one message we accept: 0.25 s of audio, where Asterisk sends 0.02 s at a time."""
MAX_BUFFERED = HEADER.size + MAX_PAYLOAD
KEYS = frozenset("0123456789*#ABCD")


class Kind(IntEnum):
    """Message kinds we accept."""

    HANGUP = 0x00
    ID = 0x01
    DTMF = 0x03
    AUDIO = 0x10
    ERROR = 0xFF


@dataclass(frozen=True, slots=True)
class CallId:
    """The first message: which call this connection belongs to, a UUID as its 16 bytes."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Audio:
    """16-bit signed little-endian PCM at 8 kHz, an even number of bytes, not always 320."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A DTMF key, reported when it was let go."""

    key: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """The peer ends the session."""


@dataclass(frozen=True, slots=True)
class PeerFailure:
    """The peer reports a fault; `code` is its payload, opaque to us."""

    code: bytes


Message = CallId | Audio | Key | Hangup | PeerFailure


def encode(message: Message) -> bytes:
    """One message as the bytes of the wire.

    Send them by a single write: Asterisk 22 misreads a header that reaches it in two pieces.

    Raises:
        ValueError: if audio is empty, odd or longer than `MAX_PAYLOAD`, or an id is no UUID.
    """
    match message:
        case Hangup():
            return HEADER.pack(Kind.HANGUP, 0)
        case CallId(id=call):
            if len(call) != UUID_BYTES:
                raise ValueError(f"an id holds {UUID_BYTES} bytes, not {len(call)}")
            return HEADER.pack(Kind.ID, UUID_BYTES) + call
        case Audio(pcm=pcm):
            if not pcm or len(pcm) % 2 or len(pcm) > MAX_PAYLOAD:
                raise ValueError(f"audio must hold 2 to {MAX_PAYLOAD} bytes, even, not {len(pcm)}")
            return HEADER.pack(Kind.AUDIO, len(pcm)) + pcm
        case Key(key=key):
            return HEADER.pack(Kind.DTMF, 1) + key.encode("ascii")
        case PeerFailure(code=code):
            return HEADER.pack(Kind.ERROR, len(code)) + code


class AudioSocketDecoder:
    """What one peer sends, in messages.

    Feed it with `receive` and, at the end of the stream, `receive_eof`. After an error it takes
    nothing more. It never holds more than one message.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0  # of the buffer's first byte in the stream, for error texts
        self._named = False
        self._broken = False

    def receive(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes.

        Raises:
            AudioSocketError: for a kind, a length or a content the protocol does not allow, or a
                first message that is not an id. Messages before the fault are yielded first.
        """
        if self._broken:
            raise AudioSocketError("this AudioSocket stream broke the protocol before: close it")
        view = memoryview(data)
        while True:
            # Take no more than the message at hand can need: the buffer stays bounded.
            room = MAX_BUFFERED - len(self._buffer)
            self._buffer += view[:room]
            view = view[room:]
            yield from self._drain()
            if not view:
                return

    def receive_eof(self) -> None:
        """Say that the stream ended.

        Raises:
            AudioSocketError: if it ended in the middle of a message.
        """
        if self._buffer and not self._broken:
            raise self._fault(f"the stream ended {len(self._buffer)} bytes into a message")

    def _drain(self) -> Iterator[Message]:
        while len(self._buffer) >= HEADER.size:
            kind, length = HEADER.unpack_from(self._buffer)
            self._check_header(kind, length)
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            message = self._message(Kind(kind), bytes(self._buffer[HEADER.size : end]))
            del self._buffer[:end]
            self._position += end
            self._named = True
            yield message

    def _check_header(self, kind: int, length: int) -> None:
        """Refuse a bad message by its header alone, before its payload is waited for."""
        if kind not in Kind.__members__.values():
            raise self._fault(f"unknown message kind 0x{kind:02x}")
        if not self._named and kind != Kind.ID:
            raise self._fault(f"the first message must be an id (0x01), not 0x{kind:02x}")
        if self._named and kind == Kind.ID:
            raise self._fault("a second id")
        wanted = {Kind.HANGUP: 0, Kind.ID: UUID_BYTES, Kind.DTMF: 1}.get(Kind(kind))
        if wanted is not None and length != wanted:
            raise self._fault(f"message 0x{kind:02x} must hold {wanted} bytes, not {length}")
        if length > MAX_PAYLOAD:
            raise self._fault(f"message 0x{kind:02x} holds {length} bytes, more than {MAX_PAYLOAD}")
        if kind == Kind.AUDIO and (length == 0 or length % 2):
            raise self._fault(f"audio of {length} bytes is no 16-bit PCM")

    def _message(self, kind: Kind, payload: bytes) -> Message:
        match kind:
            case Kind.HANGUP:
                return Hangup()
            case Kind.ID:
                return CallId(payload)
            case Kind.AUDIO:
                return Audio(payload)
            case Kind.ERROR:
                return PeerFailure(payload)
            case Kind.DTMF:
                key = payload.decode("latin-1").upper()
                if key not in KEYS:
                    raise self._fault("a DTMF message that names no key")
                return Key(key)

    def _fault(self, what: str) -> AudioSocketError:
        self._broken = True
        position = self._position
        self._buffer.clear()
        return AudioSocketError(f"AudioSocket peer, byte {position}: {what}")
