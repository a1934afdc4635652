"""AGI lines: captured sessions at any chunking, every answer, and hostile peers."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import AgiError
from ivr.telephony.agi import (
    MAX_COMMAND,
    MAX_ENVIRONMENT,
    MAX_LINE,
    MAX_USAGE,
    AgiConnection,
    AgiEvent,
    Environment,
    HungUp,
    Response,
    State,
    encode,
    parse_response,
)

WIRE = Path(__file__).parent.parent / "wire"
ENVIRONMENT = b"agi_network: yes\nagi_uniqueid: 1.2\nagi_callerid: unknown\nagi_dnid: 9000\n\n"


def idle() -> AgiConnection:
    connection = AgiConnection()
    list(connection.receive(ENVIRONMENT))
    return connection


def replay(name: str, size: int) -> tuple[list[bytes], list[AgiEvent]]:
    """Send the commands of a captured session and hear its answers, `size` bytes at a time."""
    connection, sent, events = AgiConnection(), [], []
    for line in (WIRE / name).read_bytes().splitlines(keepends=True):
        if line.startswith(b"> "):
            words = line[2:].decode().rstrip("\n").split(' "')
            sent.append(connection.send(words[0], *(word.removesuffix('"') for word in words[1:])))
            assert sent[-1] == line[2:]
            continue
        for start in range(0, len(line), size):
            events += connection.receive(line[start : start + size])
    connection.receive_eof()
    return sent, events


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_captured_session_of_a_caller_who_leaves_the_queue(size: int) -> None:
    sent, events = replay("agi_abandoned.txt", size)
    environment = events.pop(0)
    assert isinstance(environment, Environment)
    assert environment.get("extension") == "270"
    assert environment.get("callerid") == ""
    assert environment.get("accountcode") == ""
    assert events[6:10] == [
        Response(200, "-1"),
        HungUp(),
        Response(200, "1", ""),
        Response(200, "1", "TRUE"),
    ]
    assert len([e for e in events if isinstance(e, Response)]) == len(sent)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_captured_session_of_a_caller_who_was_served(size: int) -> None:
    _, events = replay("agi_answered_then_hung_up.txt", size)
    assert Response(200, "1", "CONTINUE") in events
    assert Response(200, "1", "Local/long@agent/n") in events
    assert events.count(HungUp()) == 1


@pytest.mark.parametrize(
    ("line", "response"),
    [
        ("200 result=0", Response(200, "0")),
        ("200 result=-1", Response(200, "-1")),
        ("200 result=1 (a (b) c)", Response(200, "1", "a (b) c")),
        ("200 result=1 ()", Response(200, "1", "")),
        ("200 result= (timeout)", Response(200, "", "timeout")),
        ("200 result=0 endpos=8000", Response(200, "0")),
        ("510 Invalid or unknown command", Response(510, data="Invalid or unknown command")),
        ("511 Command Not Permitted", Response(511, data="Command Not Permitted")),
    ],
)
def test_responses(line: str, response: Response) -> None:
    assert parse_response(line) == response


@pytest.mark.parametrize("line", ["", "200", "200 OK", "hello", "20", "result=1"])
def test_no_responses(line: str) -> None:
    with pytest.raises(AgiError):
        parse_response(line)


def test_a_usage_block_is_one_answer_even_with_a_hang_up_inside() -> None:
    connection = idle()
    connection.send("EXEC")
    events = list(
        connection.receive(
            b"520-Invalid command syntax.  Proper usage follows:\n"
            b" Usage: EXEC <app>\nHANGUP\n\n520 End of proper usage.\n"
        )
    )
    assert events[0] == HungUp()
    assert isinstance(events[1], Response)
    assert events[1].code == 520
    assert "Usage: EXEC" in events[1].data
    assert connection.state is State.IDLE


@pytest.mark.parametrize("cut", range(3))
def test_a_hang_up_may_stand_anywhere(cut: int) -> None:
    connection = AgiConnection()
    lines = [b"agi_network: yes\n", b"\n"]
    lines.insert(cut, b"HANGUP\n")
    events = [event for line in lines for event in connection.receive(line)]
    assert events.count(HungUp()) == 1
    assert connection.hung_up
    connection.send("NOOP")
    assert list(connection.receive(b"100 Trying\nHANGUP\n200 result=0\n")) == [Response(200, "0")]


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_garbage_is_refused_and_never_hoarded(pieces: list[bytes]) -> None:
    connection = AgiConnection()
    try:
        for piece in pieces:
            for event in connection.receive(piece):
                assert isinstance(event, HungUp)
            assert len(connection._buffer) <= MAX_LINE + 200
    except AgiError as error:
        assert "AGI peer, line" in str(error)
        with pytest.raises(AgiError):
            list(connection.receive(b"x"))


@given(st.lists(st.integers(0, 400), max_size=10))
def test_any_chunking_gives_the_same_events(cuts: list[int]) -> None:
    data = ENVIRONMENT + b"HANGUP\n"
    edges = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
    connection = AgiConnection()
    events: list[AgiEvent] = []
    for start, end in pairwise(edges):
        events += connection.receive(data[start:end])
    assert [type(event) for event in events] == [Environment, HungUp]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"GET / HTTP/1.1\n", "not 'agi_name: value'"),
        (b"agi_network: yes\nagi_network: yes\n", "twice"),
        (b"\n", "lacks agi_network"),
        (b"agi_x: \0\n", "NUL"),
        (b"a" * (MAX_LINE + 1), "longer than"),
        (b"agi_a: " + b"a" * MAX_LINE + b"\n", "longer than"),
        (b"".join(b"agi_x%d: 1\n" % n for n in range(MAX_ENVIRONMENT + 1)), "more than 128"),
        (ENVIRONMENT + b"200 result=1\n", "response to no command"),
    ],
)
def test_refused(data: bytes, what: str) -> None:
    with pytest.raises(AgiError, match=what):
        list(AgiConnection().receive(data))


def test_an_endless_usage_block_is_refused() -> None:
    connection = idle()
    connection.send("EXEC")
    with pytest.raises(AgiError, match="520 block"):
        list(connection.receive(b"520-x\n" + b"y\n" * (MAX_USAGE + 1)))


def test_one_command_at_a_time() -> None:
    connection = idle()
    connection.send("NOOP")
    with pytest.raises(AgiError, match="WAITING"):
        connection.send("NOOP")
    with pytest.raises(AgiError, match="ENVIRONMENT"):
        AgiConnection().send("NOOP")


def test_quoting() -> None:
    assert encode("SET VARIABLE", "A", 'say "\\"') == b'SET VARIABLE "A" "say \\"\\\\\\""\n'
    assert encode("EXEC Queue", "银行,t") == 'EXEC Queue "银行,t"\n'.encode()


@pytest.mark.parametrize("value", ["a\rb", "a\nHANGUP", "a\0"])
def test_line_injection_is_refused(value: str) -> None:
    with pytest.raises(AgiError, match="CR, LF and NUL"):
        encode("SET VARIABLE", "A", value)


def test_a_command_longer_than_asterisks_buffer_is_refused() -> None:
    assert len(encode("NOOP", "x" * (MAX_COMMAND - 8))) == MAX_COMMAND
    with pytest.raises(AgiError, match="more than 2047"):
        encode("NOOP", "x" * (MAX_COMMAND - 7))


def test_the_end_inside_the_environment() -> None:
    connection = AgiConnection()
    list(connection.receive(b"agi_network: yes\n"))
    with pytest.raises(AgiError, match="closed while ENVIRONMENT"):
        connection.receive_eof()
