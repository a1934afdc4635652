"""The detector here reads a frame's first byte; levels are real, so voices are loud frames."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.frames import FRAME_BYTES, SILENCE, AudioFrame
from ivr.call.listener import Listener
from ivr.dialogue.actions import Endpointing, Listen
from ivr.dialogue.events import Heard, SpeechBegan
from ivr.dialogue.grammar import Grammar
from ivr.errors import ModelError, SpeechError
from ivr.speech.endpointing import PRE_ROLL_FRAMES
from ivr.speech.vad import WebrtcVad
from tests.fakes.recogniser import FakeRecogniser
from tests.sound import buzz, frames, noise

VOICE = AudioFrame(b"\1\x20" * (FRAME_BYTES // 2))
QUIET_VOICE = AudioFrame(b"\1\x01" * (FRAME_BYTES // 2))
GRAMMAR = Grammar("zh", ("查余额", "挂失"))
ORDER = Listen(GRAMMAR, Endpointing(complete_ms=200, extendable_ms=400, incomplete_ms=600))


class FakeDetector:
    resets = 0

    def is_speech(self, frame: AudioFrame) -> bool:
        return frame.pcm[0] == 1

    def reset(self) -> None:
        self.resets += 1


class Call:
    """A listener, what it reported, and a clock that moves with the frames."""

    def __init__(self, tasks: asyncio.TaskGroup, *texts: str) -> None:
        self.recogniser = FakeRecogniser(*texts)
        self.detector = FakeDetector()
        self.events: list[SpeechBegan | Heard] = []
        self.notes: list[tuple[str, dict[str, float]]] = []
        self.now = 100.0
        self.listener = Listener(
            self.recogniser,
            self.detector,
            self.events.append,
            tasks.create_task,
            clock=lambda: self.now,
            note=lambda kind, **data: self.notes.append((kind, data)),
        )

    def say(self, frame: AudioFrame, count: int) -> None:
        for _ in range(count):
            self.now += 0.02
            self.listener.feed(frame, self.now)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110 - the fakes have no event for all of these
                await asyncio.sleep(0.001)

    @property
    def texts(self) -> list[str | None]:
        return [event.utterance.text if isinstance(event, Heard) else None for event in self.events]


async def test_a_turn() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "查 余额")
        call.listener.listen(ORDER)
        call.say(SILENCE, 50)
        call.say(VOICE, 3)
        assert call.events == []
        call.say(VOICE, 1)
        assert call.events == [SpeechBegan()]
        call.say(VOICE, 16)
        call.say(SILENCE, 40)
        await call.until(lambda: len(call.events) == 2)
    heard = call.events[1]
    assert isinstance(heard, Heard)
    assert (heard.utterance.text, heard.utterance.language) == ("查 余额", "zh")
    assert heard.utterance.seconds == pytest.approx(0.4)
    (turn,) = call.recogniser.turns
    assert (turn.language, turn.phrases) == ("zh", ("查余额", "挂失"))
    assert not turn.cancelled


async def test_how_long_the_caller_waited_for_the_words_is_noted() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "x")
        call.listener.listen(ORDER)
        call.say(VOICE, 20)
        call.say(SILENCE, 30)
        call.now += 0.25  # the recogniser's own time
        await call.until(lambda: len(call.events) == 2)
    ((kind, data),) = call.notes
    assert kind == "Decoded"
    assert data == {"silence": pytest.approx(0.6), "seconds": pytest.approx(0.25)}


async def test_the_recogniser_hears_300_ms_before_the_onset() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks)
        call.listener.listen(ORDER)
        call.say(SILENCE, 50)
        call.say(VOICE, 4)
        call.listener.stop()
    fed = call.recogniser.turns[0].frames
    assert len(fed) == PRE_ROLL_FRAMES
    assert fed.index(VOICE) >= 300 // 20
    assert fed[-4:] == [VOICE] * 4


@pytest.mark.parametrize(
    ("partial", "silence"),
    [("查 余额", 10), ("查 余额 [unk]", 20), ("[unk]", 30), ("查", 30), ("", 30)],
)
async def test_silence_that_ends_depends_on_the_partial_result(partial: str, silence: int) -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "x")
        call.listener.listen(ORDER)
        call.say(VOICE, 20)
        call.recogniser.turns[0].partial = partial
        call.say(SILENCE, silence - 1)
        fed = len(call.recogniser.turns[0].frames)
        call.say(SILENCE, 5)
        assert len(call.recogniser.turns[0].frames) == fed + 1
        await call.until(lambda: len(call.events) == 2)


async def test_a_turn_keeps_its_grammar_and_the_next_has_the_new_one() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one", "two")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        call.listener.listen(Listen(Grammar("en", ("yes",)), Endpointing(incomplete_ms=200)))
        call.say(SILENCE, 29)
        assert len(call.events) == 1
        call.say(SILENCE, 1)
        await call.until(lambda: len(call.events) == 2)
        call.say(VOICE, 10)
        call.say(SILENCE, 10)
        await call.until(lambda: len(call.events) == 4)
    assert [turn.language for turn in call.recogniser.turns] == ["zh", "en"]
    assert call.texts == [None, "one", None, "two"]


async def test_nothing_is_reported_unless_asked_for() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks)
        call.say(VOICE, 100)
        call.listener.listen(ORDER)
        call.listener.stop()
        call.say(VOICE, 100)
    assert call.events == []
    assert call.recogniser.turns == []


async def test_stop_forgets_a_turn_in_progress() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one", "two")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        call.listener.stop()
        assert call.recogniser.turns[0].cancelled
        call.say(SILENCE, 100)
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        call.say(SILENCE, 40)
        await call.until(lambda: len(call.events) == 3)
    assert call.texts == [None, None, "two"]


async def test_stop_forgets_a_turn_that_is_being_finished() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        call.recogniser.turns[0].may_finish.clear()
        call.say(SILENCE, 40)
        await asyncio.sleep(0)
        call.listener.stop()
    assert call.texts == [None]


async def test_what_is_said_while_a_turn_is_finished_is_the_next_turn() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one", "two")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        call.recogniser.turns[0].may_finish.clear()
        call.say(SILENCE, 31)
        call.say(VOICE, 20)
        assert call.events == [SpeechBegan()]
        call.recogniser.turns[0].may_finish.set()
        await call.until(lambda: len(call.events) == 3)
        assert call.recogniser.turns[1].frames.count(VOICE) == 20
        call.say(SILENCE, 40)
        await call.until(lambda: len(call.events) == 4)
    assert call.texts == [None, "one", None, "two"]


async def test_silence_without_frames_ends_the_turn() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)

        async def pass_time() -> None:
            while len(call.events) < 2:
                call.now += 0.1
                await asyncio.sleep(0.02)

        async with asyncio.timeout(20):
            await pass_time()
    assert call.texts == [None, "one"]


@pytest.mark.parametrize("when", ["listening", "finishing"])
async def test_a_failing_recogniser_is_an_utterance_nobody_understood(
    when: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one")
        if when == "listening":
            call.recogniser.error = ModelError("no speech model for language 'zh'")
        call.listener.listen(ORDER)
        call.say(VOICE, 10)
        if when == "finishing":
            call.recogniser.turns[0].error = SpeechError("the engine failed")
        call.say(SILENCE, 40)
        await call.until(lambda: len(call.events) == 2)
    heard = call.events[1]
    assert isinstance(heard, Heard)
    assert heard.utterance.words == ()
    assert heard.utterance.seconds == pytest.approx(0.2)
    assert "turn" in caplog.text


async def test_the_detector_starts_anew_after_each_turn() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks)
        call.listener.listen(ORDER)
        for count in (1, 2):
            call.say(VOICE, 10)
            call.say(SILENCE, 40)
            await call.until(lambda count=count: len(call.events) == 2 * count)
            assert call.detector.resets == count


async def test_a_quiet_voice_does_not_interrupt_a_prompt() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks)
        call.listener.listen(ORDER)
        call.listener.prompt_playing = True
        call.say(QUIET_VOICE, 20)
        assert call.events == []
        call.listener.prompt_playing = False
        call.say(QUIET_VOICE, 20)
        assert call.events == [SpeechBegan()]
        call.listener.stop()


async def test_the_end_of_the_call_cancels_the_turn() -> None:
    with pytest.raises(ExceptionGroup):
        async with asyncio.TaskGroup() as tasks:
            call = Call(tasks)
            call.listener.listen(ORDER)
            call.say(VOICE, 10)
            await asyncio.sleep(0)
            raise ConnectionError
    assert call.recogniser.turns[0].cancelled
    assert call.texts == [None]


async def test_with_the_real_detector() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "one")
        listener = Listener(
            call.recogniser, WebrtcVad(), call.events.append, tasks.create_task, lambda: call.now
        )
        listener.listen(ORDER)
        for frame in frames(noise(0.5, -60), buzz(0.6, -25), noise(1.0, -60)):
            call.now += 0.02
            listener.feed(frame, call.now)
        await call.until(lambda: len(call.events) == 2)
    heard = call.events[1]
    assert isinstance(heard, Heard)
    assert heard.utterance.seconds == pytest.approx(0.6, abs=0.12)


STEPS = st.lists(
    st.sampled_from(["voice", "silence", "click", "listen", "stop", "wait", "gap"]), max_size=60
)


@given(STEPS)
@settings(deadline=None, max_examples=60)
def test_whatever_happens_turns_begin_and_end_in_order(steps: list[str]) -> None:
    asyncio.run(_live_through(steps))


async def _live_through(steps: list[str]) -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, *("word" for _ in steps))
        open_turn, seen, heeding = False, 0, False
        for step in steps:
            match step:
                case "voice":
                    call.say(VOICE, 12)
                case "silence":
                    call.say(SILENCE, 35)
                case "click":
                    call.say(VOICE, 2)
                case "listen":
                    call.listener.listen(ORDER)
                    heeding = True
                case "stop":
                    call.listener.stop()
                    open_turn = heeding = False
                case "wait":
                    for _ in range(5):
                        await asyncio.sleep(0)
                case "gap":
                    call.now += 0.2
            for event in call.events[seen:]:
                assert heeding
                assert isinstance(event, Heard) == open_turn
                open_turn = not open_turn
            seen = len(call.events)
        call.listener.stop()
        assert all(turn.finished or turn.cancelled for turn in call.recogniser.turns)
    assert len(call.events) == seen


async def test_sentences_are_heard_besides_without_being_complete() -> None:
    async with asyncio.TaskGroup() as tasks:
        call = Call(tasks, "查 余额")
        call.listener.listen(ORDER, ("我的卡找不着了",))
        call.say(SILENCE, 50)
        call.say(VOICE, 16)
        call.say(SILENCE, 40)
        await call.until(lambda: len(call.events) == 2)
        call.listener.listen(ORDER)
        call.say(VOICE, 16)
        call.say(SILENCE, 60)
        await call.until(lambda: len(call.events) == 4)
    first, second = call.recogniser.turns
    assert first.phrases == ("查余额", "挂失", "我的卡找不着了")
    assert second.phrases == ("查余额", "挂失")
