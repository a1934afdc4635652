"""Session descriptions: round trips, offers answered, and broken text."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phone.g711 import Law
from tests.phone.sdp import DIRECTIONS, AudioDescription, SdpError, answer_to, parse_sdp

ASTERISK = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Asterisk\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 14012 RTP/AVP 9 8 0 96\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\n"
    b"a=rtpmap:0 PCMU/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\n"
    b"a=ptime:20\r\na=maxptime:150\r\na=sendrecv\r\nm=video 9 RTP/AVP 99\r\na=inactive\r\n"
)
OWN = AudioDescription("127.0.0.1", 4000, (Law.MU, Law.A))

descriptions = st.builds(
    AudioDescription,
    ip=st.ip_addresses(v=4).map(str),
    port=st.integers(0, 65535),
    laws=st.permutations(list(Law)).map(tuple),
    events=st.none() | st.integers(96, 127),
    direction=st.sampled_from(DIRECTIONS),
)


@given(descriptions)
def test_round_trip(description: AudioDescription) -> None:
    assert parse_sdp(description.to_bytes()) == description


def test_an_offer_of_asterisk() -> None:
    offer = parse_sdp(ASTERISK)
    assert offer == AudioDescription("127.0.0.1", 14012, (Law.A, Law.MU), 96)
    assert answer_to(offer, OWN) == AudioDescription("127.0.0.1", 4000, (Law.A,), 96)


def test_hold_is_mirrored() -> None:
    offer = parse_sdp(ASTERISK.replace(b"sendrecv", b"sendonly"))
    assert not offer.wants_audio
    assert answer_to(offer, OWN).direction == "recvonly"


def test_no_common_codec() -> None:
    offer = parse_sdp(ASTERISK.replace(b"AVP 9 8 0 96", b"AVP 9"))
    with pytest.raises(SdpError, match="no common codec"):
        answer_to(offer, OWN)


@given(st.binary(max_size=300) | st.text("vocmat=0 IN4.1audioRTP/\r\n:-", max_size=200))
def test_garbage_is_refused_or_read(text: bytes | str) -> None:
    with contextlib.suppress(SdpError):
        parse_sdp(text if isinstance(text, bytes) else text.encode())


@given(st.integers(0, len(ASTERISK)), st.binary(max_size=12))
def test_a_spoilt_offer_is_refused_or_read(at: int, noise: bytes) -> None:
    with contextlib.suppress(SdpError):
        parse_sdp(ASTERISK[:at] + noise + ASTERISK[at + len(noise) :])
