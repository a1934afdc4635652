"""A fake Asterisk: speaks the client side of FastAGI and AudioSocket over real sockets.

    async with FakeAsterisk(agi_port) as asterisk:
        call = asterisk.dial("9000", caller="13800138000")
        await call.talking()                  # the bot opened the audio
        call.say(pcm); call.press("1")        # the caller
        call.queue_ends("CONTINUE")           # how EXEC Queue will end
        await call.ended()                    # the AGI session is over
        call.heard, call.variables, call.queued, call.served

It answers as Asterisk 22.10.1 was seen to (see tests/wire): after a hang-up `HANGUP` follows the
running command's answer, QUEUESTATUS stays empty when the caller leaves the queue, and so on.
"""

import asyncio
import itertools
import re
import struct
from collections.abc import Awaitable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from uuid import UUID

from ivr.audio.frames import FRAME_BYTES, FRAME_SECONDS, SILENCE, frames_of

SECONDS = 10.0
"""How long any `await` here waits before it fails the test."""

_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_numbers = itertools.count(1)


@dataclass
class FakeCall:
    """One call from the caller's and Asterisk's side.

    `heard` is the PCM the bot sent over all audio links, `links` how many it opened. `commands` is
    every AGI line. `queued` holds Queue()'s arguments. `served` tells, after the end, whether
    IVR_DONE was set: if not, the dialplan's fallback queue would take the caller.
    """

    called: str
    caller: str
    agi: tuple[str, int]
    version: str = "22.10.1"
    paced: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    heard: bytearray = field(default_factory=bytearray)
    commands: list[str] = field(default_factory=list)
    queued: list[list[str]] = field(default_factory=list)
    links: int = 0
    hung_up: bool = False
    redirect_audio: tuple[str, int] | None = None
    others: set[str] = field(default_factory=set)
    """Channels that Bridge() finds."""

    def __post_init__(self) -> None:
        self.unique_id = f"1700000000.{next(_numbers)}"
        self.channel = f"PJSIP/caller-{next(_numbers):08x}"
        self._caller_sends: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._queue_ends: asyncio.Queue[str] = asyncio.Queue()
        self._talking = asyncio.Event()
        self._queueing = asyncio.Event()
        self._heard_more = asyncio.Event()
        self._gone = asyncio.Event()
        self._over = asyncio.Event()
        self._told = False
        self._busy = False

    # -- what the caller does --------------------------------------------------------------------

    def say(self, pcm: bytes) -> None:
        """Speak: 20 ms frames, in real time only if `paced`."""
        for frame in frames_of(pcm):
            self._caller_sends.put_nowait(struct.pack(">BH", 0x10, FRAME_BYTES) + frame.pcm)

    def silence(self, seconds: float) -> None:
        self.say(SILENCE.pcm * round(seconds / FRAME_SECONDS))

    def press(self, keys: str) -> None:
        for key in keys:
            self._caller_sends.put_nowait(struct.pack(">BHc", 0x03, 1, key.encode("ascii")))

    def hang_up(self) -> None:
        """The caller hangs up, wherever the call is."""
        self.hung_up = True
        self._gone.set()
        self._caller_sends.put_nowait(None)

    def loses_audio(self) -> None:
        """The audio connection ends although neither the caller nor the bot wanted it."""
        self._caller_sends.put_nowait(None)

    def queue_ends(self, status: str) -> None:
        """How the running or next Queue() ends: a QUEUESTATUS, "" for no such status."""
        self._queue_ends.put_nowait(status)

    # -- what a test waits for ---------------------------------------------------------------------

    @property
    def served(self) -> bool:
        return self.variables.get("IVR_DONE") == "1"

    async def talking(self) -> None:
        """Wait until an audio link is open."""
        await _bounded(self._talking.wait(), "an audio link")

    async def queueing(self) -> None:
        """Wait until the caller is in a queue."""
        await _bounded(self._queueing.wait(), "EXEC Queue")

    async def hears(self, size: int) -> bytes:
        """Wait until the bot has sent `size` bytes of PCM in all."""

        async def enough() -> None:
            while len(self.heard) < size:
                self._heard_more.clear()
                await self._heard_more.wait()

        await _bounded(enough(), f"{size} bytes from the bot")
        return bytes(self.heard)

    async def ended(self) -> None:
        """Wait until the AGI session is over."""
        await _bounded(self._over.wait(), "the end of the AGI session")

    # -- Asterisk's part -------------------------------------------------------------------------

    async def run(self) -> None:
        """The whole AGI session, as Asterisk drives it."""
        try:
            reader, writer = await asyncio.open_connection(*self.agi)
        except OSError:  # the dialplan would go on with AGISTATUS=FAILURE
            self._over.set()
            return
        watcher = asyncio.ensure_future(self._watch(writer))
        try:
            writer.write(self._environment())
            while line := await reader.readline():
                self.commands.append(line.decode().rstrip("\n"))
                self._busy = True
                answer = await self._obey(self.commands[-1])
                self._busy = False
                writer.write(f"{answer}\n".encode())
                self._tell(writer)
        except ConnectionError:
            pass
        finally:
            watcher.cancel()
            writer.close()
            self._over.set()

    async def _watch(self, writer: asyncio.StreamWriter) -> None:
        """A hang-up between two commands is told at once."""
        await self._gone.wait()
        if not self._busy:
            self._tell(writer)

    def _tell(self, writer: asyncio.StreamWriter) -> None:
        if self.hung_up and not self._told:
            self._told = True
            writer.write(b"HANGUP\n")

    def _environment(self) -> bytes:
        values = {
            "network": "yes",
            "request": f"agi://{self.agi[0]}:{self.agi[1]}",
            "channel": self.channel,
            "language": "zh",
            "type": "PJSIP",
            "uniqueid": self.unique_id,
            "version": self.version,
            "callerid": self.caller or "unknown",
            "dnid": self.called,
            "context": "hotline",
            "extension": self.called,
            "priority": "2",
            "enhanced": "0.0",
        }
        lines = [f"agi_{name}: {value}\n" for name, value in values.items()]
        return ("".join(lines) + "\n").encode()

    async def _obey(self, line: str) -> str:
        command = line.split('"')[0].strip()
        arguments = [re.sub(r"\\(.)", r"\1", a) for a in _ARGUMENT.findall(line)]
        if self._told and command not in ("NOOP", "SET VARIABLE", "GET VARIABLE"):
            return "511 Command Not Permitted on a dead channel or intercept routine"
        match command:
            case "NOOP":
                return "200 result=0"
            case "SET VARIABLE":
                self.variables[arguments[0]] = arguments[1]
                return "200 result=1"
            case "GET VARIABLE":
                value = self.variables.get(arguments[0])
                return "200 result=0" if value is None else f"200 result=1 ({value})"
            case "HANGUP":
                self.hang_up()
                return "200 result=1"
            case "EXEC AudioSocket":
                return await self._audio_socket(arguments[0])
            case "EXEC Bridge":
                return await self._bridge(arguments[0].partition(",")[0])
            case "EXEC Queue":
                return await self._queue(arguments[0])
        return "510 Invalid or unknown command"

    async def _bridge(self, channel: str) -> str:
        """Ends as `queue_ends` says, whatever that is, or with the caller."""
        if channel not in self.others:
            self.variables["BRIDGERESULT"] = "NONEXISTENT"
            return "200 result=0"
        answer = await self._queue(channel)
        self.variables["BRIDGERESULT"] = "SUCCESS"
        return answer

    async def _queue(self, argument: str) -> str:
        self.queued.append(argument.split(","))
        self._queueing.set()
        ends = asyncio.ensure_future(self._queue_ends.get())
        gone = asyncio.ensure_future(self._gone.wait())
        await asyncio.wait({ends, gone}, return_when=asyncio.FIRST_COMPLETED)
        self._queueing.clear()
        gone.cancel()
        if not ends.done():
            ends.cancel()
            self.variables.update(QUEUESTATUS="", ABANDONED="TRUE", ANSWEREDTIME="0")
            return "200 result=-1"
        status = ends.result()
        self.variables["QUEUESTATUS"] = status
        self.variables["ANSWEREDTIME"] = "1" if status == "CONTINUE" else "0"
        return "200 result=0"

    async def _audio_socket(self, argument: str) -> str:
        call, _, address = argument.partition(",")
        host, _, port = address.rpartition(":")
        try:
            reader, writer = await asyncio.open_connection(
                *(self.redirect_audio or (host, int(port)))
            )
        except OSError:
            return "200 result=-1"
        writer.write(struct.pack(">BH", 0x01, 16) + UUID(call).bytes)
        self.links += 1
        self._talking.set()
        speaking = asyncio.ensure_future(self._speak(writer))
        listening = asyncio.ensure_future(self._listen(reader))
        try:
            await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
            ended_by_bot = listening.done() and listening.result()
        finally:
            self._talking.clear()
            speaking.cancel()
            listening.cancel()
            writer.close()
        return "200 result=0" if ended_by_bot and not self.hung_up else "200 result=-1"

    async def _speak(self, writer: asyncio.StreamWriter) -> None:
        """Send what the caller says; in between, silence every 20 ms if `paced`."""
        while True:
            try:
                async with asyncio.timeout(FRAME_SECONDS if self.paced else None):
                    message = await self._caller_sends.get()
            except TimeoutError:
                message = struct.pack(">BH", 0x10, FRAME_BYTES) + SILENCE.pcm
            if message is None:
                return
            writer.write(message)
            await writer.drain()
            if self.paced and message[0] == 0x10:
                await asyncio.sleep(FRAME_SECONDS)

    async def _listen(self, reader: asyncio.StreamReader) -> bool:
        """Record what the bot sends; True if it ended the session as the protocol asks."""
        try:
            while True:
                kind, length = struct.unpack(">BH", await reader.readexactly(3))
                payload = await reader.readexactly(length)
                if kind != 0x10:
                    return kind == 0x00
                self.heard += payload
                self._heard_more.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            return False


class FakeAsterisk:
    """Places calls to a FastAGI server; leaving the block hangs up whatever still runs."""

    def __init__(self, agi_port: int, host: str = "127.0.0.1") -> None:
        self._agi = (host, agi_port)
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    def dial(self, called: str = "9000", caller: str = "", *, paced: bool = False) -> FakeCall:
        """A new call, answered and handed to FastAGI at once."""
        call = FakeCall(called, caller, self._agi, paced=paced)
        self._tasks.append(self._group.create_task(call.run()))
        return call

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(None, None, None)


async def _bounded(waiting: Awaitable[object], what: str) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            await waiting
    except TimeoutError:
        raise AssertionError(f"waited {SECONDS:g} s for {what}") from None
