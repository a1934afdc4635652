"""SIP messages: what is read, what is written, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phone.sip import (
    Headers,
    Request,
    Response,
    SipError,
    Uri,
    parameter,
    parse_message,
    parse_uri,
    response_to,
    split_list,
)

INVITE = (
    b"INVITE sip:1000@127.0.0.1 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKa;rport, SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKb\r\n"
    b'f: "Li, \xe6\x9d\x8e" <sip:li@127.0.0.1;x=y>;tag=from1\r\n'
    b"To: <sip:1000@127.0.0.1>\r\n"
    b"Call-ID: one@here\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: folded\r\n and longer\r\n"
    b"l: 4\r\n\r\nv=0\n"
)


def test_an_invite() -> None:
    message = parse_message(INVITE)
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.body) == ("INVITE", "sip:1000@127.0.0.1", b"v=0\n")
    assert len(message.headers.all("Via")) == 2
    assert parameter(message.headers.get("From"), "tag") == "from1"
    assert message.headers.get("subject") == "folded and longer"


def test_a_response_copies_what_it_must() -> None:
    request = parse_message(INVITE)
    assert isinstance(request, Request)
    response = parse_message(response_to(request, 180, "mine").to_bytes())
    assert isinstance(response, Response)
    assert (response.status, response.reason) == (180, "Ringing")
    assert parameter(response.headers.get("to"), "tag") == "mine"
    for name in ("via", "from", "call-id", "cseq"):
        assert response.headers.all(name) == request.headers.all(name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"SIP/2.0\r\nv:", b"SIP/3.0\r\nv:"),
        (b"Call-ID: one@here\r\n", b""),
        (b"7 INVITE", b"7 BYE"),
        (b"7 INVITE", b"99999999999 INVITE"),
        (b"l: 4", b"l: 5"),
        (b"l: 4", b"l: -1"),
        (b"Subject: folded", b"no colon here"),
        (b"folded", b"fol\0ded"),
        (b"folded", b"\xff\xfe"),
        (b"Subject: folded\r\n", b"X: y\r\n" * 200),
        (b"Subject: folded", b"Subject: " + b"x" * 40000),
    ],
)
def test_what_is_refused(old: bytes, new: bytes) -> None:
    assert old in INVITE
    with pytest.raises(SipError):
        parse_message(INVITE.replace(old, new))


@given(st.binary(max_size=400))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(SipError):
        parse_message(data)


@given(st.integers(0, len(INVITE)), st.binary(max_size=12))
def test_a_spoilt_message_is_refused_or_read(at: int, noise: bytes) -> None:
    try:
        message = parse_message(INVITE[:at] + noise + INVITE[at + len(noise) :])
    except SipError:
        return
    for name in ("via", "contact", "route"):
        message.headers.all(name)
    parameter(message.headers.get("to"), "tag")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_header_breaks_a_line(value: str) -> None:
    headers = Headers()
    try:
        headers.add("X", value)
    except SipError:
        assert set(value) & set("\r\n\0")
    else:
        assert not set(value) & set("\r\n\0")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:1000@127.0.0.1", Uri("1000", "127.0.0.1", 5060)),
        ('"A" <sip:a:secret@host:5070;lr>;tag=1', Uri("a", "host", 5070)),
        ("sip:host;transport=udp", Uri("", "host", 5060)),
    ],
)
def test_uris(text: str, uri: Uri) -> None:
    assert parse_uri(text) == uri


@pytest.mark.parametrize("text", ["", "1000", "tel:1000", "sip:a@b:99999", "sip:a@", "<sip:a b@c>"])
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(SipError):
        parse_uri(text)


def test_commas_in_quotes_part_nothing() -> None:
    assert split_list('"a, b" <sip:a,b@c>, <sip:d>') == ['"a, b" <sip:a,b@c>', "<sip:d>"]
