"""Prosody: loudness, pitch, movement and rate of known sounds, and of voices made differently."""

from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.level import level_of
from ivr.ports import Prosody
from ivr.rehearsal.annoyance_trial import MANNERS, annoyed_share
from ivr.speech.espeak_voice import CALM, EspeakVoice
from ivr.speech.prosody import prosody_of
from tests.sound import buzz, frames, mixed, noise

SILENCE = noise(0.3, -70)


def measured(pcm: bytes) -> Prosody:
    found = prosody_of(SILENCE + pcm + SILENCE)
    assert found is not None
    return found


@pytest.mark.parametrize("hertz", [90.0, 140.0, 220.0, 330.0])
@pytest.mark.parametrize("hiss", [-70.0, -45.0])
def test_pitch_of_a_vowel(hertz: float, hiss: float) -> None:
    found = measured(mixed(buzz(1.0, -25, hertz), noise(1.0, hiss)))
    assert found.pitch == pytest.approx(hertz, rel=0.06)
    assert found.loudness == pytest.approx(-25, abs=1)
    assert found.movement == pytest.approx(3.2, abs=1.0), "it wavers by 9 % to either side"


@pytest.mark.parametrize("count", [3, 5, 8])
def test_syllables_are_counted(count: int) -> None:
    syllable = buzz(0.12, -25) + noise(0.06, -60)
    found = measured(syllable * count)
    assert found.rate * 0.12 == pytest.approx(1, rel=0.35)


def test_too_short_and_silent_turns_tell_nothing() -> None:
    assert prosody_of(b"") is None
    assert prosody_of(buzz(0.2, -25)) is None
    assert prosody_of(b"\0" * 3200) is None or prosody_of(b"\0" * 3200).pitch == 0  # type: ignore[union-attr]


@given(st.binary(max_size=40_000).map(lambda data: data[: len(data) // 2 * 2]))
def test_any_sound_is_measured_in_finite_numbers(pcm: bytes) -> None:
    found = prosody_of(pcm)
    if found is not None:
        values = (found.loudness, found.pitch, found.movement, found.rate)
        assert np.isfinite(values).all() and found.pitch <= 430 and found.movement >= 0


@pytest.fixture
async def voice() -> AsyncIterator[EspeakVoice]:
    async with EspeakVoice() as opened:
        yield opened


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "我想查一下我的余额"), ("en", "my card has been stolen")]
)
async def test_a_faster_and_higher_voice_measures_so(
    voice: EspeakVoice, language: str, text: str
) -> None:
    calm = CALM[language]
    excited = replace(calm, rate=round(1.45 * calm.rate), pitch=calm.pitch + 28)
    before = measured(await voice.speak(text, language))
    after = measured(await voice.speak(text, language, excited))
    assert after.rate > 1.15 * before.rate
    assert after.pitch > 1.15 * before.pitch
    assert abs(after.loudness - before.loudness) < 1.5
    assert level_of(frames(await voice.speak(text, language))[20]) > -60


async def test_labelled_calls_are_told_apart(voice: EspeakVoice) -> None:
    shares = {m.name: await annoyed_share(voice, m, "zh", 5) for m in MANNERS}
    assert shares["calm"] == 0 and shares["heated: both"] >= 0.8 and shares["heated: sound"] >= 0.6
