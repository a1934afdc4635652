"""Peers that flood, trickle, lie or vanish: refused, and calls in progress do not notice."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.frames import FRAME_BYTES, SILENCE, AudioFrame
from ivr.errors import AudioSocketError, SettingsError
from ivr.ports import AudioLink
from ivr.telephony import audio_link
from ivr.telephony.audiosocket import Audio, CallId, Hangup, Key, PeerFailure, encode
from ivr.telephony.audiosocket_server import AudioSocketServer
from ivr.telephony.channel import AgiChannel
from ivr.telephony.fastagi_server import FastAgiServer
from ivr.telephony.rendezvous import Rendezvous
from tests.fakes.asterisk import FakeAsterisk
from tests.telephony.servers import SECONDS, servers, until

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(port: int) -> Connection:
    return await asyncio.open_connection("127.0.0.1", port)


async def closed(reader: asyncio.StreamReader) -> bytes:
    """What still comes until the peer closes."""
    async with asyncio.timeout(SECONDS):
        try:
            return await reader.read()
        except ConnectionError:
            return b""


@asynccontextmanager
async def audio_server(**options: float) -> AsyncIterator[AudioSocketServer]:
    async with AudioSocketServer(Rendezvous(), **options) as server:  # type: ignore[arg-type]
        yield server


async def joined(server: AudioSocketServer) -> tuple[AudioLink, Connection]:
    call = uuid4()
    future = server.rendezvous.expect(call)
    peer = await connect(server.port)
    peer[1].write(encode(CallId(call.bytes)))
    async with asyncio.timeout(SECONDS):
        return await future, peer


# -- AudioSocket -------------------------------------------------------------------------------


async def test_an_id_is_good_for_one_connection() -> None:
    async with audio_server() as server:
        call = uuid4()
        future = server.rendezvous.expect(call)
        first, second = await connect(server.port), await connect(server.port)
        first[1].write(encode(CallId(call.bytes)))
        link = await future
        second[1].write(encode(CallId(call.bytes)))
        assert await closed(second[0]) == b""
        assert server.refused == 1
        first[1].write(encode(Key("7")))
        assert await link.receive() == "7"
        first[1].close()


async def test_an_unknown_id_is_refused() -> None:
    async with audio_server() as server:
        reader, writer = await connect(server.port)
        writer.write(encode(CallId(uuid4().bytes)))
        assert await closed(reader) == b""
        assert server.refused == 1
        await until(lambda: server.connections == 0, "it is forgotten")


async def test_one_who_says_nothing_is_refused_in_time() -> None:
    async with audio_server(name_seconds=0.05) as server:
        reader, writer = await connect(server.port)
        writer.write(b"\x01")
        assert await closed(reader) == b""
        assert server.refused == 1


async def test_the_number_of_connections_is_bounded() -> None:
    async with audio_server(max_connections=2) as server:
        link, kept = await joined(server)
        await connect(server.port)
        reader, _ = await connect(server.port)
        assert await closed(reader) == b""
        kept[1].write(encode(Key("1")))
        assert await link.receive() == "1"


async def test_a_flood_into_a_call_costs_bounded_memory_and_no_key_that_came_last() -> None:
    async with audio_server() as server:
        link, (_, writer) = await joined(server)
        for number in range(500):
            writer.write(encode(Audio(struct.pack("<h", number) * 160)))
        writer.write(encode(Key("9")) + encode(Hangup()))
        await writer.drain()
        await until(lambda: link.ended, "all of it came")  # type: ignore[attr-defined]
        items = []
        while (item := await link.receive()) is not None:
            items.append(item)
        assert len(items) == audio_link.MAX_INBOX
        assert items[-1] == "9"
        last = items[-2]
        assert isinstance(last, AudioFrame)
        assert last.pcm[:2] == struct.pack("<h", 499)
        assert link.dropped_in == 501 - audio_link.MAX_INBOX  # type: ignore[attr-defined]


async def test_a_peer_that_does_not_read_cannot_make_us_hoard() -> None:
    async with audio_server() as server:
        link, (reader, _) = await joined(server)
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(100_000):
            link.send(SILENCE)
            if link.dropped_out:  # type: ignore[attr-defined]
                break
        assert link.dropped_out > 0  # type: ignore[attr-defined]
        waiting = link._transport.get_write_buffer_size()  # type: ignore[attr-defined]
        assert waiting <= audio_link.MAX_WRITE_BUFFER + FRAME_BYTES + 3


async def test_closing_on_a_peer_that_never_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_link, "CLOSE_SECONDS", 0.05)
    async with audio_server() as server:
        link, (reader, _) = await joined(server)
        async with asyncio.timeout(SECONDS):
            await link.close()
        assert await closed(reader) == encode(Hangup())
        link.send(SILENCE)  # does nothing
        assert await link.receive() is None
        await link.close()


async def test_faults_in_the_middle_end_the_link_and_no_other() -> None:
    async with audio_server() as server:
        good, (_, good_writer) = await joined(server)
        for fault in (
            b"\x10\xff\xff",
            b"\x10\x01\x40abc",
            b"\x55\x00\x00",
            encode(PeerFailure(b"\1")),
        ):
            link, (_, writer) = await joined(server)
            writer.write(encode(Key("5")) + fault)
            writer.close()
            assert await link.receive() == "5"
            assert await link.receive() is None
        good_writer.write(encode(Key("1")))
        assert await good.receive() == "1"


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_audio_of_any_size_becomes_whole_frames(sizes: list[int]) -> None:
    class NoTransport(asyncio.Transport):
        pass

    async def check() -> None:
        link = audio_link.AudioSocketLink(NoTransport())
        pcm = b"".join(struct.pack("<h", n % 30_000) for n in range(sum(sizes)))
        position = 0
        for size in sizes:
            link.take(Audio(pcm[2 * position : 2 * (position + size)]))
            position += size
        link.end()
        got = b""
        while (item := await link.receive()) is not None:
            assert isinstance(item, AudioFrame)
            got += item.pcm
        assert got == pcm[: len(pcm) // FRAME_BYTES * FRAME_BYTES]

    asyncio.run(check())


async def test_expectations_expire_and_are_bounded() -> None:
    rendezvous = Rendezvous(limit=2, seconds=0.02)
    late = UUID(int=1)
    future = rendezvous.expect(late)
    with pytest.raises(AudioSocketError, match="expected already"):
        rendezvous.expect(late)
    given_up = rendezvous.expect(UUID(int=2))
    rendezvous.forget(UUID(int=2))
    assert given_up.cancelled()
    other = rendezvous.expect(UUID(int=3))
    with pytest.raises(AudioSocketError, match="2 calls wait"):
        rendezvous.expect(UUID(int=4))
    for waiting in (future, other):
        with pytest.raises(AudioSocketError, match="no audio connection came within"):
            await waiting
    assert not rendezvous.expects(late)
    assert len(rendezvous) == 0


# -- FastAGI -----------------------------------------------------------------------------------


async def idle_bot(channel: AgiChannel) -> None:
    await channel.set_variables({"A": "1"})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"agi_network: yes\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 100_000,
        b"agi_a: " + b"x" * 100_000,
        b"agi_network: yes\n\n",
        b"agi_network: yes\nagi_uniqueid: ../../etc\nagi_channel: x\n\n",
        b"".join(b"agi_x%d: y\n" % n for n in range(10_000)),
    ],
)
async def test_peers_that_are_no_asterisk(data: bytes) -> None:
    async with servers(idle_bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        reader, writer = await connect(house.agi.port)
        writer.write(data)
        writer.write_eof()
        assert await closed(reader) == b""
        await until(lambda: house.agi.connections == 0, "it is forgotten")
        assert house.agi.refused == 1
        call = asterisk.dial()
        await call.ended()
        assert call.served


async def test_slowloris() -> None:
    async with servers(idle_bot, header_seconds=0.1) as house:
        reader, writer = await connect(house.agi.port)
        writer.write(b"agi_network: yes\nagi_")
        assert await closed(reader) == b""
        assert house.agi.refused == 1


async def test_answers_to_nothing_end_the_session_only() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def bot(channel: AgiChannel) -> None:
        began.set()
        await until(lambda: channel.gone, "the fault is seen")
        ended.set()

    async with servers(bot) as house:
        _, writer = await connect(house.agi.port)
        writer.write(b"agi_network: yes\nagi_uniqueid: 1.1\nagi_channel: x\n\n")
        async with asyncio.timeout(SECONDS):
            await began.wait()
            writer.write(b"200 result=1\n" * 1000)
            await ended.wait()


async def test_a_peer_that_never_answers_holds_nobody() -> None:
    errors: list[str] = []

    async def bot(channel: AgiChannel) -> None:
        try:
            await channel.open_audio()
        except AudioSocketError as error:
            errors.append(str(error))
            raise

    async with servers(bot, expect_seconds=0.05) as house:
        reader, writer = await connect(house.agi.port)
        writer.write(b"agi_network: yes\nagi_uniqueid: 1.1\nagi_channel: x\n\n")
        assert (await closed(reader)).startswith(b'EXEC AudioSocket "')
        await until(lambda: house.agi.connections == 0, "it is forgotten")
        assert len(house.rendezvous) == 0
    assert "no audio connection came" in errors[0]


async def test_the_number_of_calls_is_bounded() -> None:
    leave = asyncio.Event()

    async def bot(channel: AgiChannel) -> None:
        await leave.wait()

    async with (
        servers(bot, max_calls=1) as house,
        FakeAsterisk(house.agi.port) as asterisk,
    ):
        first = asterisk.dial()
        await until(lambda: house.agi.connections == 1, "the first call is in")
        second = asterisk.dial()
        await second.ended()
        assert not second.served
        leave.set()
        await first.ended()
        assert first.served


async def test_200_calls_at_once_amid_strangers() -> None:
    frame = AudioFrame(b"\x01\x02" * (FRAME_BYTES // 2))

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        keys = [await link.receive(), await link.receive()]
        assert keys == list(channel.caller[-2:])
        link.send(frame)
        await link.close()

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        calls = [asterisk.dial(caller=f"138{number:04d}") for number in range(200)]
        strangers = []
        for call in calls:
            call.press(call.caller[-2:])
            for port in (house.agi.port, house.audio.port):
                strangers.append((await connect(port))[1])
        for writer in strangers:
            writer.write(b"junk\n\n\n\n")
            writer.close()
        async with asyncio.timeout(60):
            await asyncio.gather(*(call._over.wait() for call in calls))
        assert all(call.served and bytes(call.heard) == frame.pcm for call in calls)
        await until(lambda: house.agi.connections + house.audio.connections == 0, "all are gone")
        assert len(house.rendezvous) == 0


# -- ports -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "server",
    [
        lambda port: AudioSocketServer(Rendezvous(), port=port),
        lambda port: FastAgiServer(idle_bot, Rendezvous(), "127.0.0.1:1", port=port),
    ],
)
async def test_a_busy_port_says_what_to_do(
    server: Callable[[int], AudioSocketServer | FastAgiServer],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}.*another program uses it"):
            async with server(port):
                raise AssertionError("it listens on a busy port")


async def test_a_server_that_was_left_listens_no_more() -> None:
    async def refused(port: int) -> bool:
        try:
            (await connect(port))[1].close()
        except ConnectionRefusedError:
            return True
        return False

    attempts: list[Callable[[], Awaitable[bool]]] = []
    async with servers(idle_bot) as house:
        ports = (house.agi.port, house.audio.port)
        attempts += [lambda port=port: refused(port) for port in ports]  # type: ignore[misc]
        assert [await attempt() for attempt in attempts] == [False, False]
    assert [await attempt() for attempt in attempts] == [True, True]
