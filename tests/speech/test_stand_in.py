"""The stand-in: another person from the offline voice."""

import numpy as np
import pytest

from ivr.audio.frames import SAMPLE_RATE
from ivr.speech.stand_in import StandIn, resized, trimmed

TONE = (9000 * np.sin(2 * np.pi * 200 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)).astype("<i2")


class Hum:
    name = "hum"

    async def speak(self, text: str, language: str) -> bytes:
        return bytes(4000) + TONE.tobytes() + bytes(4000)


def pitch(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2").astype(float)
    strongest = int(np.argmax(np.abs(np.fft.rfft(samples))))
    return strongest * SAMPLE_RATE / samples.size


@pytest.mark.parametrize("higher", [0.8, 0.86, 1.0, 1.2])
def test_a_smaller_person_is_higher_and_quicker(higher: float) -> None:
    other = resized(TONE.tobytes(), higher)
    assert pitch(other) == pytest.approx(200 * higher, rel=0.02)
    assert len(other) / len(TONE.tobytes()) == pytest.approx(1 / higher, rel=0.02)


async def test_quiet_at_both_ends_is_cut() -> None:
    spoken = await StandIn(Hum(), 1.0).speak("", "zh")
    assert abs(np.frombuffer(spoken, "<i2")[0]) > 300
    assert trimmed(bytes(800)) == b"" and trimmed(b"") == b""


def test_its_name_tells_it_from_the_voice_it_uses() -> None:
    assert StandIn(Hum(), 0.9).name != StandIn(Hum(), 1.1).name != Hum.name
