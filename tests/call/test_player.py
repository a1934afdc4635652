import asyncio
import contextlib
import itertools
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.audio.frames import FRAME_BYTES, FRAME_SECONDS, SILENCE, AudioFrame
from ivr.call.player import MAX_CATCH_UP, MAX_WAITING, SEGMENT_PAUSE_SECONDS, Player
from ivr.dialogue.events import PromptEnded
from ivr.errors import VoiceError
from ivr.flow.prompt import PromptSegment
from tests.fakes.virtual_loop import VirtualLoop, run_virtually

LOUD = 8000


def pcm(frames: float, value: int = LOUD) -> bytes:
    return struct.pack("<h", value) * int(frames * FRAME_BYTES / 2)


def segments(*texts: str) -> tuple[PromptSegment, ...]:
    return tuple(PromptSegment(text, "zh") for text in texts)


@dataclass
class Link:
    """An AudioLink that notes what was sent, and when."""

    sent: list[tuple[float, AudioFrame]] = field(default_factory=list)

    async def receive(self) -> AudioFrame | str | None:
        return None

    def send(self, frame: AudioFrame) -> None:
        self.sent.append((asyncio.get_running_loop().time(), frame))

    async def close(self) -> None:
        pass

    @property
    def speech(self) -> list[int]:
        """Numbers of the frames that are not silent."""
        return [number for number, (_, frame) in enumerate(self.sent) if frame != SILENCE]


@dataclass
class Source:
    """Says 10 frames for any text; `delays` holds back, `sounds` replaces, None fails."""

    sounds: dict[str, bytes | None] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def fetch(self, segment: PromptSegment) -> bytes:
        self.asked.append(segment.text)
        await asyncio.sleep(self.delays.get(segment.text, 0.0))
        sound = self.sounds.get(segment.text, pcm(10))
        if sound is None:
            raise VoiceError("no voice")
        return sound


@dataclass
class Stage:
    """A player that runs, and everything it did."""

    source: Source = field(default_factory=Source)
    link: Link = field(default_factory=Link)
    ends: list[PromptEnded] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    on_end: Callable[[PromptEnded], None] = lambda end: None

    def __post_init__(self) -> None:
        self.player = Player(self.link, self.source, self._ended, self.begins.append)

    def _ended(self, end: PromptEnded) -> None:
        self.ends.append(end)
        self.on_end(end)

    async def until(self, frames: int) -> None:
        for _ in range(20 * frames):
            if len(self.link.sent) >= frames:
                return
            await asyncio.sleep(FRAME_SECONDS / 4)
        pytest.fail(f"only {len(self.link.sent)} frames of {frames} were sent")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Stage"]:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self.player.run())
            yield self
            running.cancel()
        self.player.close()


def test_silence_is_sent_on_time_when_nothing_plays() -> None:
    async def main() -> Stage:
        async with Stage().running() as stage:
            await stage.until(500)
        return stage

    stage = run_virtually(main())
    assert not stage.link.speech
    times = [at for at, _ in stage.link.sent]
    assert times == pytest.approx([n * FRAME_SECONDS for n in range(len(times))], abs=1e-6)


def test_a_prompt_plays_once_and_its_end_is_told_when_it_was_heard() -> None:
    async def main() -> tuple[Stage, float]:
        stage = Stage()
        ended_at = 0.0

        def note(end: PromptEnded) -> None:
            nonlocal ended_at
            ended_at = asyncio.get_running_loop().time()

        stage.on_end = note
        async with stage.running():
            stage.player.play(7, segments("a"))
            assert stage.player.playing
            assert stage.player.serial == 7
            await stage.until(30)
        return stage, ended_at

    stage, ended_at = run_virtually(main())
    assert stage.ends == [PromptEnded(7, completed=True)]
    assert stage.begins == [7]
    first = stage.link.speech[0]
    assert stage.link.speech == list(range(first, first + 10))
    assert ended_at == pytest.approx((first + 10) * FRAME_SECONDS)
    assert stage.player.seconds_played == pytest.approx(0.2)
    assert not stage.player.playing


def test_segments_are_parted_by_a_breath_and_prompts_by_nothing() -> None:
    async def main() -> Stage:
        async with Stage().running() as stage:
            stage.player.play(1, segments("a", "b"))
            stage.player.play(2, segments("c"))
            await stage.until(60)
        return stage

    stage = run_virtually(main())
    first = stage.link.speech[0]
    pause = int(SEGMENT_PAUSE_SECONDS / FRAME_SECONDS)
    spoken = [*range(10), *range(10 + pause, 20 + pause), *range(20 + pause, 30 + pause)]
    assert stage.link.speech == [first + n for n in spoken]
    assert stage.ends == [PromptEnded(1), PromptEnded(2)]


def test_stop_is_silent_within_one_frame_and_fades() -> None:
    async def main() -> tuple[Stage, int]:
        async with Stage().running() as stage:
            stage.player.play(1, segments("a"))
            stage.player.play(2, segments("b"))
            await stage.until(5)
            sent = len(stage.link.sent)
            stage.player.stop()
            assert [end.serial for end in stage.ends] == [1, 2]
            assert not stage.player.playing
            await stage.until(40)
        return stage, sent

    stage, sent = run_virtually(main())
    assert stage.ends == [PromptEnded(1, completed=False), PromptEnded(2, completed=False)]
    fading = struct.unpack(f"<{FRAME_BYTES // 2}h", stage.link.sent[sent][1].pcm)
    assert fading[0] == LOUD * 40 // 41
    assert all(left > right for left, right in itertools.pairwise(fading[:41]))
    assert not any(fading[40:])
    assert all(frame == SILENCE for _, frame in stage.link.sent[sent + 1 :])
    assert 0 < stage.player.seconds_played < 0.2


def test_stop_before_the_sound_came() -> None:
    async def main() -> Stage:
        async with Stage(Source(delays={"a": 1.0})).running() as stage:
            stage.player.play(1, segments("a"))
            await stage.until(5)
            stage.player.stop()
            stage.player.stop()
            await stage.until(100)
        return stage

    stage = run_virtually(main())
    assert stage.ends == [PromptEnded(1, completed=False)]
    assert not stage.link.speech
    assert stage.begins == []


def test_a_slow_source_never_delays_the_frames() -> None:
    async def main() -> Stage:
        async with Stage(Source(delays={"b": 0.5})).running() as stage:
            stage.player.play(1, segments("a", "b"))
            await stage.until(80)
        return stage

    stage = run_virtually(main())
    times = [at for at, _ in stage.link.sent]
    assert times == pytest.approx([n * FRAME_SECONDS for n in range(len(times))], abs=1e-6)
    assert len(stage.link.speech) == 20
    assert stage.ends == [PromptEnded(1)]


def test_the_next_prompt_is_fetched_while_this_one_plays() -> None:
    async def main() -> Stage:
        async with Stage(Source(delays={"b": 0.15})).running() as stage:
            stage.player.play(1, segments("a"))
            stage.player.play(2, segments("b"))
            await stage.until(40)
        return stage

    stage = run_virtually(main())
    first = stage.link.speech[0]
    assert stage.link.speech == list(range(first, first + 20))


def test_a_segment_that_cannot_be_spoken_is_left_out() -> None:
    async def main() -> Stage:
        async with Stage(Source(sounds={"a": None, "c": b""})).running() as stage:
            stage.player.play(1, segments("a", "b", "c"))
            stage.player.play(2, segments("a"))
            stage.player.play(3, ())
            await stage.until(40)
        return stage

    stage = run_virtually(main())
    assert len(stage.link.speech) == 10
    assert stage.ends == [PromptEnded(1), PromptEnded(2), PromptEnded(3)]


def test_a_segment_that_never_comes_is_left_out() -> None:
    async def main() -> Stage:
        async with Stage(Source(delays={"a": 3600.0})).running() as stage:
            stage.player.play(1, segments("a", "b"))
            await stage.until(600)
        return stage

    stage = run_virtually(main())
    assert len(stage.link.speech) == 10
    assert stage.ends == [PromptEnded(1)]


def test_after_a_stall_few_frames_are_caught_up() -> None:
    async def main() -> tuple[Stage, float]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with Stage(Source(sounds={"a": pcm(200)})).running() as stage:
            stage.player.play(1, segments("a"))
            await stage.until(20)
            loop.advance(0.5)
            stalled_until = loop.time()
            await stage.until(100)
        return stage, stalled_until

    stage, stalled_until = run_virtually(main())
    at_once = [at for at, _ in stage.link.sent if stalled_until <= at < stalled_until + 0.015]
    assert 1 <= len(at_once) <= MAX_CATCH_UP + 1
    after = [at for at, _ in stage.link.sent if at >= stalled_until]
    gaps = [right - left for left, right in itertools.pairwise(after)]
    assert gaps[len(at_once) :] == pytest.approx([FRAME_SECONDS] * (len(gaps) - len(at_once)))


def test_late_timers_do_not_add_up() -> None:
    async def main() -> Stage:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        async with Stage().running() as stage:
            while loop.time() < 20.0:
                await asyncio.sleep(0.1)
                loop.advance(0.013)  # something else was busy
        return stage

    stage = run_virtually(main())
    assert abs(len(stage.link.sent) - 20.0 / FRAME_SECONDS) <= 2


def test_playing_from_the_end_of_another_prompt() -> None:
    async def main() -> Stage:
        stage = Stage()
        stage.on_end = lambda end: (
            stage.player.play(end.serial + 1, segments("x")) if end.serial < 5 else None
        )
        async with stage.running():
            stage.player.play(1, segments("a"))
            await stage.until(80)
        return stage

    stage = run_virtually(main())
    assert [end.serial for end in stage.ends] == [1, 2, 3, 4, 5]
    assert len(stage.link.speech) == 50


def test_prompts_given_before_the_link_runs() -> None:
    async def main() -> Stage:
        stage = Stage()
        stage.player.play(1, segments("a"))
        async with stage.running():
            await stage.until(20)
        return stage

    stage = run_virtually(main())
    assert stage.ends == [PromptEnded(1)]
    assert stage.source.asked == ["a"]


def test_the_end_of_the_player_ends_its_prompts() -> None:
    async def main() -> Stage:
        async with Stage(Source(sounds={"a": pcm(500)})).running() as stage:
            stage.player.play(1, segments("a"))
            stage.player.play(2, segments("b"))
            await stage.until(5)
        stage.player.play(3, segments("c"))
        return stage

    stage = run_virtually(main())
    assert stage.ends == [PromptEnded(serial, completed=False) for serial in (1, 2, 3)]


def test_a_flood_of_prompts_is_refused_not_kept() -> None:
    async def main() -> Stage:
        async with Stage().running() as stage:
            for serial in range(MAX_WAITING + 5):
                stage.player.play(serial, segments("a"))
            assert [end.serial for end in stage.ends] == list(range(MAX_WAITING, MAX_WAITING + 5))
        return stage

    stage = run_virtually(main())
    assert sorted(end.serial for end in stage.ends) == list(range(MAX_WAITING + 5))


Act = tuple[str, int]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("play"), st.integers(0, 3)),
            st.tuples(st.just("stop"), st.just(0)),
            st.tuples(st.just("wait"), st.integers(0, 30)),
        ),
        max_size=30,
    )
)
def test_every_prompt_ends_exactly_once(acts: list[Act]) -> None:
    async def main() -> tuple[Stage, int]:
        serial = 0
        source = Source(sounds={"2": None, "3": pcm(2.4)}, delays={"1": 0.07})
        async with Stage(source).running() as stage:
            for what, count in acts:
                if what == "play":
                    serial += 1
                    stage.player.play(serial, segments(*map(str, range(count + 1))))
                elif what == "stop":
                    stage.player.stop()
                else:
                    await asyncio.sleep(count * FRAME_SECONDS)
        return stage, serial

    stage, serial = run_virtually(main())
    assert [end.serial for end in stage.ends] == list(range(1, serial + 1))
    times = [at for at, _ in stage.link.sent]
    assert times == pytest.approx([n * FRAME_SECONDS for n in range(len(times))], abs=1e-6)
