"""Judging by signal: onsets, silence, and audio found through what telephony does to it."""

import numpy as np
import pytest

from tests.phone.babble import babble
from tests.phone.g711 import Law, Samples, decode, encode
from tests.phone.signal import (
    RATE,
    contains,
    find,
    first_sound_after,
    samples_of,
    silent_from,
    sounds,
)

SPEECH = samples_of(babble(3.0, 1))
OTHER = samples_of(babble(3.0, 2))


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.int16)


def telephoned(audio: Samples, *, level: float = 1.0, loss: float = 0.0) -> Samples:
    """Through G.711 twice, at another level, with lost packets left silent and line noise."""
    random = np.random.default_rng(3)
    out = (audio * level + random.normal(0, 20, len(audio))).astype(np.int16)
    out = decode(encode(decode(encode(out, Law.A), Law.A), Law.MU), Law.MU)
    frames = out[: len(out) // 160 * 160].reshape(-1, 160)
    frames[random.random(len(frames)) < loss] = 0
    return out


def test_onset_and_end_to_20_ms() -> None:
    line = np.concatenate([quiet(1.0), SPEECH, quiet(1.0), OTHER, quiet(0.7)])
    assert sounds(line) == [(pytest.approx(1.0), pytest.approx(4.0)), (5.0, 8.0)]
    assert first_sound_after(line, 0.0) == pytest.approx(1.0, abs=0.02)
    assert first_sound_after(line, 2.003) == pytest.approx(2.0, abs=0.02)
    assert first_sound_after(line, 4.5) == pytest.approx(5.0, abs=0.02)
    assert first_sound_after(line, 8.0) is None
    assert silent_from(line, 2.0, 0.8) == pytest.approx(4.0, abs=0.02)
    assert silent_from(line, 4.5, 0.6) == pytest.approx(8.0, abs=0.02)
    assert silent_from(line, 4.5, 0.4) == pytest.approx(4.5, abs=0.02)
    assert silent_from(line, 2.0, 3.0) is None


def test_a_click_is_no_sound() -> None:
    line = quiet(1.0)
    line[4000:4160] = 8000
    assert sounds(line) == []


@pytest.mark.parametrize(
    ("level", "loss"), [(1.0, 0.0), (0.2, 0.0), (2.0, 0.0), (1.0, 0.05), (0.3, 0.05)]
)
def test_audio_is_found_through_the_line(level: float, loss: float) -> None:
    line = np.concatenate([quiet(2.0), telephoned(SPEECH, level=level, loss=loss), quiet(1.0)])
    match = find(line, SPEECH)
    assert match.share >= 0.85
    assert match.start == pytest.approx(2.0, abs=0.001)
    assert match.correlation > 0.85


def test_other_speech_is_not_found() -> None:
    line = np.concatenate([quiet(2.0), telephoned(OTHER), quiet(1.0)])
    assert find(line, SPEECH).share <= 0.2
    assert not contains(line, SPEECH)
    assert not contains(quiet(5.0), SPEECH)
    assert not contains(quiet(0.1), SPEECH)


def test_an_audio_under_other_sound_is_found() -> None:
    assert contains((SPEECH * 0.6 + OTHER * 0.25).astype(np.int16), SPEECH)


def test_half_an_audio_counts_half() -> None:
    line = np.concatenate([quiet(1.0), SPEECH[: len(SPEECH) // 2], quiet(2.0)])
    match = find(line, SPEECH)
    assert 0.3 <= match.share <= 0.6
    assert 2.1 < match.end < 2.7


def test_an_audio_with_a_frame_lost_inside_is_found() -> None:
    line = np.concatenate([SPEECH[:9000], SPEECH[9160:16000], quiet(0.04), SPEECH[16000:]])
    assert find(line, SPEECH).share >= 0.6
