"""A fake Asterisk Manager Interface: one queue, real wire format, and faults on demand."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Fields = dict[str, str]
SECRET = "secret"


@dataclass
class FakeAmi:
    """Listens while the block runs. `actions` is every action it got, logins included.

    `deaf` makes it read without answering; `members` is interface -> QueueMember fields.
    """

    actions: list[Fields] = field(default_factory=list)
    members: dict[str, Fields] = field(default_factory=dict)
    deaf: bool = False
    logins: int = 0
    piece: int = 0
    """Send at most this many bytes at a time; 0 sends all at once."""

    def __post_init__(self) -> None:
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def port(self) -> int:
        return self._port

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.vanish()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def vanish(self) -> None:
        """Close the port and every connection, as a dying Asterisk does."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    def event(self, name: str, **fields: str) -> None:
        """Send an event to whoever is logged in."""
        for writer in self._writers:
            writer.write(_bytes({"Event": name, **fields}))

    def raw(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            writer.write(b"Asterisk Call Manager/11.0.0\r\n")
            while True:
                message = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in message.split("\r\n") if line)
                self.actions.append(action)
                for answer in [] if self.deaf else self._answers(action):
                    await self._send(writer, _bytes({**answer, "ActionID": action["ActionID"]}))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        size = self.piece or len(data)
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await writer.drain()
            await asyncio.sleep(0)

    def _answers(self, action: Fields) -> list[Fields]:
        interface = action.get("Interface", "")
        match action["Action"]:
            case "Login":
                if action["Secret"] != SECRET:
                    return [{"Response": "Error", "Message": "Authentication failed"}]
                self.logins += 1
                return [{"Response": "Success", "Message": "Authentication accepted"}]
            case "Ping":
                return [{"Response": "Success", "Ping": "Pong"}]
            case "QueueAdd":
                if interface in self.members:
                    return [{"Response": "Error", "Message": "Already there"}]
                self.members[interface] = {
                    "Event": "QueueMember",
                    "Queue": action["Queue"],
                    "Name": action["MemberName"],
                    "Location": interface,
                    "Penalty": action["Penalty"],
                }
                return [{"Response": "Success", "Message": "Added interface to queue"}]
            case "QueueRemove":
                gone = self.members.pop(interface, None)
                return [{"Response": "Success" if gone else "Error", "Message": "Not there"}]
            case "QueueStatus":
                return _list("QueueStatus", list(self.members.values()))
            case "CoreShowChannels":
                return _list("CoreShowChannels", [])
            case "QueuePenalty" | "QueuePause" | "Redirect":
                return [{"Response": "Success", "Message": "Done"}]
            case "Originate" | "QueueWithdrawCaller" | "PlayDTMF":
                return [{"Response": "Success", "Message": "Done"}]
        return [{"Response": "Error", "Message": "No such channel"}]


def _list(name: str, events: list[Fields]) -> list[Fields]:
    start = {"Response": "Success", "EventList": "start", "Message": "follows"}
    return [start, *events, {"Event": f"{name}Complete", "EventList": "Complete"}]


def _bytes(fields: Fields) -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()
