"""One transfer on its own: the queue entry, what travels with the call, and the whisper's file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ivr.audio.frames import FRAME_BYTES
from ivr.audio.wav import read_pcm
from ivr.call.transfer import MAX_CONTEXT_VALUE, MAX_CONTEXT_VALUES, Transfers
from ivr.dialogue.actions import StartTransfer
from ivr.errors import AgiError
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment
from ivr.ports import AudioLink, QueueEntry, TransferOutcome
from tests.call.rig import ENTRY, Desk, Prompts

WHISPER = (PromptSegment("挂失", "zh"), PromptSegment("6688", "zh", private=True))
NEED = Need({"general": 3})


class Channel:
    """Remembers what it was told; the queue ends as `outcome` says."""

    call_id, caller, called, gone = "1.1", "", "1000", False

    def __init__(self, outcome: TransferOutcome | Exception) -> None:
        self.outcome = outcome
        self.variables: dict[str, str] = {}
        self.entries: list[QueueEntry] = []
        self.whispered = b""

    async def open_audio(self) -> AudioLink:
        raise AssertionError("no audio in a transfer")

    async def set_variables(self, values: dict[str, str]) -> None:
        self.variables.update(values)

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        self.entries.append(entry)
        if entry.announcement:
            self.whispered = read_pcm(Path(entry.announcement + ".wav"))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def hang_up(self) -> None:
        raise AssertionError("a transfer hangs nobody up")


class Desktop:
    """The transfers' surroundings, and the notes they made."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.prompts = Desk(), Prompts()
        self.transfers = Transfers(self.desk, self.prompts, folder)
        self.notes: list[tuple[str, dict[str, Any]]] = []

    async def run(self, channel: Channel, **changes: Any) -> TransferOutcome:
        action = StartTransfer(1, NEED, **{"language": "zh", "whisper": WHISPER, **changes})
        return await self.transfers.run(
            action, channel, lambda kind, **data: self.notes.append((kind, data))
        )


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    yield Desktop(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("outcome", TransferOutcome)
async def test_the_outcome_is_the_queue_s(desktop: Desktop, outcome: TransferOutcome) -> None:
    channel = Channel(outcome)
    assert await desktop.run(channel) is outcome
    assert desktop.desk.needs == [(NEED, "zh")]
    (entry,) = channel.entries
    assert (entry.queue, entry.priority, entry.max_penalty) == ("general", 7, 2)
    assert (entry.timeout, entry.rule) == (60, "relax")
    facts = {"queue": "general", "priority": 7, "why": "because", "facts": {"free": 1}}
    assert desktop.notes == [("QueueChosen", facts)]


async def test_the_agent_s_whisper_is_every_segment_in_one_file(desktop: Desktop) -> None:
    channel = Channel(TransferOutcome.ANSWERED)
    await desktop.run(channel)
    assert len(channel.whispered) == len(WHISPER) * FRAME_BYTES


async def test_the_whisper_is_gone_when_the_channel_was_lost(desktop: Desktop) -> None:
    with pytest.raises(AgiError):
        await desktop.run(Channel(AgiError("lost")))


async def test_without_a_whisper_there_is_no_file(desktop: Desktop) -> None:
    channel = Channel(TransferOutcome.ANSWERED)
    await desktop.run(channel, whisper=())
    assert channel.entries == [ENTRY]


async def test_a_whisper_that_cannot_be_spoken_is_left_out(desktop: Desktop) -> None:
    desktop.prompts.failing = True
    channel = Channel(TransferOutcome.ANSWERED)
    assert await desktop.run(channel) is TransferOutcome.ANSWERED
    assert channel.entries == [ENTRY]
    assert ("WhisperLost", {"error": "the voice is away"}) in desktop.notes


async def test_nobody_there(desktop: Desktop) -> None:
    desktop.desk.entry = None
    channel = Channel(TransferOutcome.ANSWERED)
    assert await desktop.run(channel) is TransferOutcome.NO_ANSWER
    assert channel.entries == [] and channel.variables == {}
    assert desktop.notes == [("QueueRefused", {"why": "because", "facts": {"free": 1}})]


async def test_what_travels_with_the_call(desktop: Desktop) -> None:
    channel = Channel(TransferOutcome.ANSWERED)
    context = {
        "intent": "挂失",
        "last four": "66\r\n88\0",
        "long": "x" * 1000,
        "卡": "y",
    }
    await desktop.run(channel, context=context)
    assert channel.variables == {
        "__IVR_INTENT": "挂失",
        "__IVR_LAST_FOUR": "66  88 ",
        "__IVR_LONG": "x" * MAX_CONTEXT_VALUE,
        "__IVR__": "y",
    }


async def test_only_so_much_travels(desktop: Desktop) -> None:
    channel = Channel(TransferOutcome.ANSWERED)
    await desktop.run(channel, context={f"v{n}": "1" for n in range(100)})
    assert len(channel.variables) == MAX_CONTEXT_VALUES
