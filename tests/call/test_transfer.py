"""One transfer on its own: the queue entry, what travels with the call, and the whisper's file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.audio.frames import FRAME_BYTES
from ivr.audio.wav import read_pcm
from ivr.call.transfer import MAX_CONTEXT_VALUE, MAX_CONTEXT_VALUES, Transfers
from ivr.call.turns import Onward
from ivr.call.wait_words import wait_words
from ivr.dialogue.actions import StartTransfer
from ivr.errors import AgiError
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment
from ivr.ports import AudioLink, QueueEntry, TransferOutcome
from ivr.routing.matching import EXACT, OVERDUE, Match
from ivr.routing.waiting_line import Estimate
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
        self.played: list[bytes] = []
        self.while_talking: Callable[[], object] = lambda: None

    async def open_audio(self) -> AudioLink:
        raise AssertionError("no audio in a transfer")

    async def set_variables(self, values: dict[str, str]) -> None:
        self.variables.update(values)

    async def play(self, sound: str) -> None:
        self.played.append(read_pcm(Path(sound + ".wav")))

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        self.entries.append(entry)
        if entry.announcement:
            self.whispered = read_pcm(Path(entry.announcement + ".wav"))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        if len(self.entries) == 1:
            self.while_talking()
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


async def test_the_place_and_the_wait_are_told_before_waiting(desktop: Desktop) -> None:
    desktop.desk.estimate = Estimate(3, 100.0)
    channel = Channel(TransferOutcome.ANSWERED)
    await desktop.run(channel)
    assert [len(sound) for sound in channel.played] == [FRAME_BYTES]
    assert ("WaitExpected", {"position": 3, "seconds": 100.0}) in desktop.notes
    assert channel.entries[0].queue == "general"


@pytest.mark.parametrize(
    ("estimate", "language", "text"),
    [
        (Estimate(3, 100.0), "zh", "您前面还有2位客户,预计等待2分钟左右,请稍候。"),
        (Estimate(1, 20.0), "zh", "下一位就是您,预计等待不到一分钟,请稍候。"),
        (Estimate(1, None), "zh", "下一位就是您,请稍候。"),
        (Estimate(9, 1e4), "zh", "您前面还有8位客户,预计等待超过10分钟,请稍候。"),
        (
            Estimate(2, 59.0),
            "en",
            "One caller is before you. The wait is less than a minute. Please hold.",
        ),
        (Estimate(1, 180.0), "en", "You are next. The wait is about 3 minutes. Please hold."),
    ],
)
def test_what_is_told(estimate: Estimate, language: str, text: str) -> None:
    assert [segment.text for segment in wait_words(estimate, language)] == [text]
    assert wait_words(estimate, "fr") == ()


async def test_an_agent_sends_the_caller_on_with_the_context(desktop: Desktop) -> None:
    expert = replace(ENTRY, queue="general-to_expert")
    desktop.desk.above = expert
    channel = Channel(TransferOutcome.ANSWERED)
    channel.while_talking = lambda: desktop.transfers.escalate("1.1", "li", "李强")
    assert await desktop.run(channel, context={"intent": "挂失"}) is TransferOutcome.ANSWERED
    assert [entry.queue for entry in channel.entries] == ["general", "general-to_expert"]
    assert channel.variables["__IVR_INTENT"] == "挂失"
    # The second agent hears from whom the caller comes, and then the same whisper.
    assert len(channel.whispered) == (1 + len(WHISPER)) * FRAME_BYTES
    kinds = [kind for kind, _ in desktop.notes]
    assert kinds == ["QueueChosen", "Escalated", "QueueChosen"]


async def test_where_nobody_is_above_the_two_stay_joined(desktop: Desktop) -> None:
    channel = Channel(TransferOutcome.ANSWERED)
    sent: list[bool] = []
    channel.while_talking = lambda: sent.append(desktop.transfers.escalate("1.1", "li"))
    await desktop.run(channel)
    assert sent == [False] and len(channel.entries) == 1
    assert not desktop.transfers.escalate("1.1", "li")  # the call is over


async def test_a_caller_moved_to_the_front_is_told_once_and_goes_on_waiting(
    tmp_path: Path,
) -> None:
    clock = iter([0.0, 100.0, 112.5, 150.0, 160.0])
    desktop = Desktop(tmp_path)
    desktop.transfers = Transfers(desktop.desk, desktop.prompts, tmp_path, lambda: next(clock))
    desktop.desk.estimate = Estimate(3, 100.0)
    channel = Channel(TransferOutcome.FAILED)
    waited: list[float] = []
    after = [
        Onward(Match(replace(ENTRY, queue="general-overdue"), OVERDUE, ""), unless_answered=True),
        Onward(Match(replace(ENTRY, queue="loans"), EXACT, "")),
        Onward(Match(ENTRY, EXACT, "")),
    ]
    enqueue = channel.enqueue

    async def waiting(entry: QueueEntry) -> TransferOutcome:
        transfer = desktop.transfers.under_way("1.1")
        assert transfer is not None
        waited.append(transfer.waited_before)
        if after:
            transfer.turn = after.pop(0)
        if len(waited) == 3:
            channel.outcome = TransferOutcome.ANSWERED  # what follows is another wait
        return await enqueue(entry)

    channel.enqueue = waiting  # type: ignore[method-assign]
    assert await desktop.run(channel) is TransferOutcome.ANSWERED
    assert [e.queue for e in channel.entries] == ["general", "general-overdue", "loans", "general"]
    assert waited == [0.0, 12.5, 50.0, 0.0]
    assert [kind for kind, _ in desktop.notes].count("WaitExpected") == 3
