"""The detectors by name: webrtc, silero, and the cascade of both."""

import importlib.util
import time
from collections.abc import Callable

import pytest

from ivr.audio.frames import AudioFrame
from ivr.errors import SettingsError
from ivr.ports import VoiceActivityDetector
from ivr.speech import silero
from ivr.speech.cascade import AWAKE_FRAMES, LOOK_BACK_FRAMES, CascadeVad
from ivr.speech.detectors import DETECTORS, detector_maker
from tests.callers import voice_of
from tests.sound import click, frames, mixed, noise

HAVE = all(importlib.util.find_spec(name) for name in ("onnxruntime", "silero_vad"))
needs_silero = pytest.mark.skipif(not HAVE, reason="onnxruntime or silero-vad is not installed")
NAMES = [pytest.param(name, marks=[needs_silero] if name != "webrtc" else []) for name in DETECTORS]


def heard(make: Callable[[], VoiceActivityDetector], pcm: bytes) -> list[bool]:
    detector = make()
    return [detector.is_speech(frame) for frame in frames(pcm)]


@pytest.mark.parametrize("name", NAMES)
async def test_a_sentence_in_noise_is_speech_and_its_surroundings_are_not(name: str) -> None:
    said = await voice_of("我想查一下我的余额")
    lead, tail = noise(1.0, -50), noise(1.0, -50, seed=2)
    found = heard(detector_maker(name), lead + mixed(said, noise(10, -50, seed=3)) + tail)
    inside = found[50 : len(found) - 50]
    assert sum(inside) > 0.6 * len(inside)
    assert sum(found[:45]) <= 2 and sum(found[-25:]) == 0


@pytest.mark.parametrize("name", NAMES)
async def test_reset_makes_it_new(name: str) -> None:
    said = await voice_of("转人工")
    detector = detector_maker(name)()
    first = [detector.is_speech(frame) for frame in frames(said)]
    detector.reset()
    assert [detector.is_speech(frame) for frame in frames(said)] == first
    assert any(first)


@needs_silero
async def test_silero_ignores_what_webrtc_takes_for_speech() -> None:
    sound = b"".join((noise(1.0, -55), *(click().pcm + noise(0.3, -55) for _ in range(8))))
    assert sum(heard(detector_maker("silero"), sound)) == 0


@needs_silero
@pytest.mark.parametrize("name", ["silero", "cascade"])
async def test_cheap_enough_for_the_event_loop(name: str) -> None:
    said = frames(await voice_of("我想查一下我的余额"))
    detector = detector_maker(name)()
    began = time.thread_time()
    for frame in said:
        detector.is_speech(frame)
    assert (time.thread_time() - began) / len(said) < 0.002


def test_unknown_and_uninstalled_ones_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="choose one of webrtc, silero, cascade"):
        detector_maker("wishful")
    monkeypatch.setattr(silero, "_file", lambda: (_ for _ in ()).throw(SettingsError("absent")))
    silero._session.cache_clear()
    with pytest.raises(SettingsError):
        detector_maker("silero")
    monkeypatch.undo()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="pip install --no-deps silero-vad"):
        silero._file()


class Scripted:
    """A detector that says what it is told and counts what it was asked."""

    def __init__(self, says: list[bool]) -> None:
        self.says, self.asked = says, 0

    def is_speech(self, frame: AudioFrame) -> bool:
        self.asked += 1
        return self.says[min(self.asked - 1, len(self.says) - 1)]

    def reset(self) -> None: ...


def test_the_judge_sleeps_until_the_watch_wakes_it() -> None:
    alarm_at = 30
    watch, judge = Scripted([*[False] * alarm_at, True, False]), Scripted([True])
    detector = CascadeVad(watch, judge)
    found = [detector.is_speech(frame) for frame in frames(noise(2.0, -40))]
    assert found == [alarm_at <= n <= alarm_at + AWAKE_FRAMES for n in range(100)]
    assert judge.asked == LOOK_BACK_FRAMES + 1 + AWAKE_FRAMES
