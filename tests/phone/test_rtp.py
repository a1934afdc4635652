"""RTP packets: round trips, and datagrams that are none."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phone.rtp import RtpError, RtpPacket, RtpStream, parse_packet

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=400),
    marker=st.booleans(),
)


@given(packets)
def test_round_trip(packet: RtpPacket) -> None:
    assert parse_packet(packet.to_bytes()) == packet


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_read(data: bytes) -> None:
    with contextlib.suppress(RtpError):
        assert len(parse_packet(data).payload) <= len(data)


def test_csrcs_extension_and_padding_are_skipped() -> None:
    head = bytes([0x80 | 0x30 | 1, 0]) + bytes(10) + b"CSRC" + b"\0\0\0\1" + b"EXT!"
    assert parse_packet(head + b"audio" + b"\0\0\3").payload == b"audio"


def test_padding_longer_than_the_packet() -> None:
    with pytest.raises(RtpError):
        parse_packet(bytes([0xA0]) + bytes(11) + b"\x09")


def test_a_stream_wraps() -> None:
    stream = RtpStream(7, 65535, 2**32 - 160)
    first = parse_packet(stream.packet(0, 0, b"", marker=True))
    second = parse_packet(stream.packet(0, 160, b"", marker=False))
    assert (first.sequence, second.sequence) == (65535, 0)
    assert (first.timestamp, second.timestamp) == (2**32 - 160, 0)
