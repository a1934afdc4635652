"""RTP packets as values, and the numbering of one outgoing stream (RFC 3550)."""

import struct
from dataclasses import dataclass

HEADER = struct.Struct("!BBHII")
VERSION = 2
MAX_PAYLOAD = 1480
"""No packet of a telephone call is larger; 20 ms of G.711 are 160 bytes."""


class RtpError(ValueError):
    """A datagram is not an RTP packet."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet; `timestamp` counts samples, and all numbers wrap as RFC 3550 says."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def to_bytes(self) -> bytes:
        second = self.marker << 7 | self.payload_type
        head = HEADER.pack(VERSION << 6, second, self.sequence, self.timestamp, self.ssrc)
        return head + self.payload


def parse_packet(data: bytes) -> RtpPacket:
    """Read a datagram; CSRCs, a header extension and padding are skipped (section 5.1).

    Raises:
        RtpError: if it is not RTP version 2, or shorter or longer than it may be.
    """
    if not HEADER.size <= len(data) <= HEADER.size + MAX_PAYLOAD:
        raise RtpError(f"an RTP packet of {len(data)} bytes")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    if first >> 6 != VERSION:
        raise RtpError(f"RTP version {first >> 6}")
    start, end = HEADER.size, len(data)
    if first & 0x3F:
        start, end = _payload_bounds(data, first)
    marker = bool(second & 0x80)
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, data[start:end], marker)


def _payload_bounds(data: bytes, first: int) -> tuple[int, int]:
    start, end = HEADER.size + 4 * (first & 0x0F), len(data)
    if first & 0x10:
        if start + 4 > end:
            raise RtpError("a header extension is cut off")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    if first & 0x20:
        if not 1 <= data[-1] <= end - start:
            raise RtpError("padding is longer than the packet")
        end -= data[-1]
    if start > end:
        raise RtpError("the header is longer than the packet")
    return start, end


class RtpStream:
    """Numbers the packets that one end sends: one SSRC, a sequence without holes."""

    def __init__(self, ssrc: int, sequence: int, timestamp: int) -> None:
        self._ssrc = ssrc
        self._sequence = sequence
        self._origin = timestamp

    def packet(self, payload_type: int, offset: int, payload: bytes, *, marker: bool) -> bytes:
        """The next packet, for the audio `offset` samples after the stream began."""
        timestamp = (self._origin + offset) & 0xFFFFFFFF
        packet = RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload, marker)
        self._sequence = (self._sequence + 1) & 0xFFFF
        return packet.to_bytes()
