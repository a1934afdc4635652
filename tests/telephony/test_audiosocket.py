"""AudioSocket bytes: round trips at any chunking, captured bytes, and hostile ones."""

import struct
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import AudioSocketError
from ivr.telephony.audiosocket import (
    KEYS,
    MAX_BUFFERED,
    MAX_PAYLOAD,
    Audio,
    AudioSocketDecoder,
    CallId,
    Hangup,
    Key,
    Message,
    PeerFailure,
    encode,
)

WIRE = Path(__file__).parent.parent / "wire"
CALL = CallId(bytes(range(16)))

later_messages = st.one_of(
    st.binary(min_size=1, max_size=400).map(lambda half: Audio(half + half)),
    st.sampled_from(sorted(KEYS)).map(Key),
    st.just(Hangup()),
    st.binary(max_size=4).map(PeerFailure),
)


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(edges)]


def decoded(pieces: list[bytes]) -> list[Message]:
    decoder = AudioSocketDecoder()
    messages = [message for piece in pieces for message in decoder.receive(piece)]
    decoder.receive_eof()
    return messages


@given(st.lists(later_messages, max_size=20), st.lists(st.integers(0, 10_000), max_size=30))
def test_any_chunking_gives_the_messages_sent(messages: list[Message], cuts: list[int]) -> None:
    sent = [CALL, *messages]
    data = b"".join(map(encode, sent))
    assert decoded(pieces_of(data, cuts)) == sent


@given(st.lists(st.binary(max_size=3000), max_size=10))
def test_garbage_is_refused_or_understood_and_never_hoarded(pieces: list[bytes]) -> None:
    decoder = AudioSocketDecoder()
    try:
        for piece in pieces:
            list(decoder.receive(piece))
            assert len(decoder._buffer) <= MAX_BUFFERED
        decoder.receive_eof()
    except AudioSocketError as error:
        assert "AudioSocket" in str(error)
        with pytest.raises(AudioSocketError):
            list(decoder.receive(b"x"))


@pytest.mark.parametrize("size", [1, 3, 7, 320, 100_000])
def test_captured_speech(size: int) -> None:
    data = (WIRE / "audiosocket_speech.bin").read_bytes()
    messages = decoded([data[i : i + size] for i in range(0, len(data), size)])
    assert messages[0] == CallId(bytes.fromhex("2969895fe0a14610a402b862fb21dc5b"))
    assert [type(message) for message in messages[1:]] == [Audio] * 10
    assert all(len(message.pcm) == 320 for message in messages[1:] if isinstance(message, Audio))


def test_captured_keys() -> None:
    data = (WIRE / "audiosocket_keys.bin").read_bytes()
    assert decoded([data])[1:] == [Key("1"), Key("2"), Key("#")]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x10\x01\x40", "first message must be an id"),
        (b"\x02\x00\x00", "unknown message kind 0x02"),
        (b"GET / HTTP/1.1\r\n", "unknown message kind 0x47"),
        (b"\x01\x00\x0f", "must hold 16 bytes, not 15"),
        (encode(CALL) + encode(CALL), "byte 19: a second id"),
        (encode(CALL) + b"\x12\x02\x80", "unknown message kind 0x12"),
        (encode(CALL) + struct.pack(">BH", 0x10, MAX_PAYLOAD + 2), "more than 4096"),
        (encode(CALL) + b"\x10\x00\x03", "no 16-bit PCM"),
        (encode(CALL) + b"\x10\x00\x00", "no 16-bit PCM"),
        (encode(CALL) + b"\x03\x00\x02", "must hold 1 bytes, not 2"),
        (encode(CALL) + b"\x03\x00\x01x", "names no key"),
        (encode(CALL) + b"\x00\x00\x01", "must hold 0 bytes"),
        (encode(CALL) + b"\xff\xff\xff", "more than 4096"),
    ],
)
def test_refused(data: bytes, what: str) -> None:
    with pytest.raises(AudioSocketError, match=what):
        decoded([data])


def test_a_truncated_message_is_told_with_its_place() -> None:
    decoder = AudioSocketDecoder()
    list(decoder.receive(encode(CALL) + encode(Audio(bytes(320)))[:100]))
    with pytest.raises(AudioSocketError, match="byte 19: the stream ended 100 bytes into"):
        decoder.receive_eof()


def test_messages_before_a_fault_are_given_first() -> None:
    decoder = AudioSocketDecoder()
    stream = decoder.receive(encode(CALL) + encode(Key("5")) + b"\x77\x00\x00")
    assert next(stream) == CALL
    assert next(stream) == Key("5")
    with pytest.raises(AudioSocketError, match="0x77"):
        next(stream)


def test_an_id_that_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="an id holds 16 bytes"):
        encode(CallId(b"short"))


@pytest.mark.parametrize("pcm", [b"", b"x", bytes(MAX_PAYLOAD + 2)])
def test_audio_that_cannot_be_sent(pcm: bytes) -> None:
    with pytest.raises(ValueError, match="audio must hold"):
        encode(Audio(pcm))
