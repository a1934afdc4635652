import time

import pytest

from ivr.audio.frames import SAMPLE_RATE
from ivr.errors import SettingsError
from ivr.speech.vad import MODES, WebrtcVad
from tests.sound import buzz, frames, noise, recordings


@pytest.mark.parametrize("mode", [2, 3])
@pytest.mark.parametrize("db", [-70, -60, -50, -45])
def test_a_fresh_start_in_noise_is_no_speech(mode: int, db: float) -> None:
    detector = WebrtcVad(mode)
    for _ in range(3):
        assert not any(detector.is_speech(frame) for frame in frames(noise(1.0, db)))
        detector.reset()


@pytest.mark.parametrize("mode", list(MODES))
def test_a_vowel_after_silence_is_speech(mode: int) -> None:
    detector = WebrtcVad(mode)
    for frame in frames(noise(0.3, -60)):
        detector.is_speech(frame)
    heard = [detector.is_speech(frame) for frame in frames(buzz(0.4, -25))]
    assert sum(heard[3:]) >= len(heard[3:]) - 1


def test_reset_forgets() -> None:
    detector, other = WebrtcVad(), WebrtcVad()
    for frame in frames(noise(1.0, -25)):
        detector.is_speech(frame)
    detector.reset()
    sound = frames(noise(0.3, -55), buzz(0.3, -20), noise(0.3, -55))
    assert [detector.is_speech(f) for f in sound] == [other.is_speech(f) for f in sound]


def test_no_such_mode() -> None:
    with pytest.raises(SettingsError, match="VAD mode 4"):
        WebrtcVad(4)


def test_cheap_enough_for_the_event_loop() -> None:
    detector = WebrtcVad()
    sound = frames(buzz(2.0, -20))
    began = time.perf_counter()
    for frame in sound:
        detector.is_speech(frame)
    assert (time.perf_counter() - began) / len(sound) < 0.001


@pytest.mark.parametrize("folder", ["digits-en", "mandarin-words"])
def test_human_speech_is_speech(folder: str) -> None:
    found = 0
    sounds = recordings(folder, 60)
    for _, pcm in sounds:
        detector = WebrtcVad()
        lead = noise(0.3, -65)
        heard = [detector.is_speech(frame) for frame in frames(lead, pcm)]
        inside = heard[len(lead) // (2 * SAMPLE_RATE // 50) :]
        found += sum(inside) >= 4
    assert found >= 0.95 * len(sounds)
