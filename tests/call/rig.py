"""A call room on its own: real servers and sessions, a fake Asterisk, and no sound to wait for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.audio.frames import FRAME_BYTES, AudioFrame
from ivr.call.journal import CallJournal, Record
from ivr.call.session import Services, Session
from ivr.call.transfer import Transfers
from ivr.errors import VoiceError
from ivr.flow.library import load_book
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment
from ivr.ports import QueueEntry
from ivr.routing.matching import Match
from ivr.routing.waiting_line import Estimate
from ivr.telephony.channel import AgiChannel
from tests.fakes.asterisk import FakeAsterisk, FakeCall
from tests.fakes.recogniser import FakeRecogniser
from tests.telephony.servers import servers, until

BOOK = load_book(Path(__file__).parent / "data" / "desk.yaml")
VOICE = b"\1\x20" * (FRAME_BYTES // 2)
ENTRY = QueueEntry("general", priority=7, max_penalty=2, timeout=60, rule="relax")


class Detector:
    """Takes for speech what begins as `VOICE` does."""

    def is_speech(self, frame: AudioFrame) -> bool:
        return frame.pcm[0] == 1

    def reset(self) -> None:
        pass


class Prompts:
    """Every segment is one frame long, and says which one it is by its length in samples."""

    def __init__(self) -> None:
        self.failing = False
        self.frames = 1

    async def fetch(self, segment: PromptSegment) -> bytes:
        if self.failing:
            raise VoiceError("the voice is away")
        return b"\5\0" * (FRAME_BYTES // 2) * self.frames


class Desk:
    """Gives every need the same answer, which a test may change."""

    def __init__(self) -> None:
        self.entry: QueueEntry | None = ENTRY
        self.needs: list[tuple[Need, str]] = []
        self.joined: list[float | None] = []
        self.estimate: Estimate | None = None
        self.above: QueueEntry | None = None

    def joins(self, call_id: str, entry: QueueEntry) -> Estimate | None:
        return self.estimate

    def escalate(self, queue: str, agent: str, need: Need, joined: float) -> Match:
        return Match(self.above, "escalated", "above")

    def match(self, need: Need, language: str, joined: float | None = None) -> Match:
        self.needs.append((need, language))
        self.joined.append(joined)
        return Match(self.entry, "exact", "because", {"free": 1})


@dataclass
class Rig:
    """Sessions of this process, what they journalled, and the Asterisk that calls them."""

    asterisk: FakeAsterisk
    folder: Path
    services: Services
    recogniser: FakeRecogniser
    prompts: Prompts
    desk: Desk
    records: list[Record] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def kinds(self) -> list[str]:
        return [record["kind"] for record in self.records]

    def data(self, kind: str) -> list[dict[str, Any]]:
        return [record["data"] for record in self.records if record["kind"] == kind]

    @property
    def nodes(self) -> list[str]:
        return [data["node"] for data in self.data("EnterNode")]

    async def at(self, node: str, times: int = 1) -> None:
        """Wait until the talk has entered this node so often."""
        await until(lambda: self.nodes.count(node) >= times, f"the talk is at {node}")

    async def said(self, prompts: int) -> None:
        """Wait until so many prompts were said to their end."""
        await until(
            lambda: sum(data["completed"] for data in self.data("PromptEnded")) >= prompts,
            f"{prompts} prompts were said",
        )

    async def to_the_agent(self, call: FakeCall) -> None:
        """Key through the questions until the caller is in the queue."""
        await self.at("main")
        call.press("1")
        await self.at("card")
        call.press("6688")
        await self.at("sure")
        call.press("1")
        await self.at("agent")
        await call.queueing()

    @property
    def messages(self) -> list[Path]:
        folder = self.services.messages
        return sorted(folder.iterdir()) if folder and folder.is_dir() else []

    @property
    def whispers(self) -> list[Path]:
        return list(self.folder.iterdir())


@asynccontextmanager
async def rig(folder: Path, *texts: str) -> AsyncIterator[Rig]:
    """The room, with a recogniser that hears `texts`, one a turn."""
    recogniser, prompts, desk = FakeRecogniser(*texts), Prompts(), Desk()
    services = Services(
        book=BOOK,
        flow="desk",
        recogniser=recogniser,
        new_vad=Detector,
        prompts=prompts,
        transfers=Transfers(desk, prompts, folder),
        messages=folder.with_name(f"{folder.name}-messages"),
    )

    async def serve(channel: AgiChannel) -> None:
        clock = iter(range(1_000_000)).__next__
        journal = CallJournal(channel.call_id, lambda: float(clock()), room.records.append)
        session = Session(channel, room.services, journal)
        room.sessions.append(session)
        try:
            await session.run()
        except Exception as error:
            room.failures.append(error)
            raise

    async with servers(serve) as house, FakeAsterisk(house.agi.port) as asterisk:
        room = Rig(asterisk, folder, services, recogniser, prompts, desk)
        yield room
