import numpy as np
import pytest

from tests.phone.signal import samples_of
from tests.phone.tones import loudest, tone


def test_a_tone_is_as_loud_as_it_was_made() -> None:
    assert loudest(samples_of(tone(440, 1.0)), 440) == pytest.approx(6000, rel=0.02)


def test_each_tone_of_a_mixture_is_found_and_no_other() -> None:
    mixture = samples_of(tone(440, 1.0)) + samples_of(tone(900, 1.0, 2000))
    assert loudest(mixture, 440) == pytest.approx(6000, rel=0.02)
    assert loudest(mixture, 900) == pytest.approx(2000, rel=0.02)
    assert loudest(mixture, 1700) < 20


def test_a_moment_too_short_holds_nothing() -> None:
    assert loudest(np.zeros(10, np.int16), 440) == 0.0
