import numpy as np
import pytest

from ivr.training import augmentation
from ivr.training.augmentation import Conditions, apply, draw, encoded, telephone
from ivr.training.features import RATE

CLIP = (6000 * np.sin(np.arange(RATE) * 0.5)).astype(np.float32)
BABBLE = np.random.default_rng(0).normal(size=RATE).astype(np.float32)


def quiet(**changes: object) -> Conditions:
    plain: dict[str, object] = {
        "speed": 1.0, "warp": 1.0, "before": 0.1, "after": 0.2, "level_db": -20.0,
        "noise": "white", "noise_db": None, "low_hz": 20.0, "high_hz": 4000.0, "tilt_db": 0.0,
        "decay": 0.0, "codec": "none",
    }  # fmt: skip
    return Conditions(**(plain | changes))  # type: ignore[arg-type]


def test_one_seed_gives_one_result() -> None:
    first, second = (
        apply(CLIP, draw(random), BABBLE, random)
        for random in (np.random.default_rng(5), np.random.default_rng(5))
    )
    assert np.array_equal(first, second)


def test_speech_stands_where_the_conditions_say() -> None:
    random = np.random.default_rng(1)
    signal = apply(CLIP, quiet(before=0.5), BABBLE, random)
    edge = int(0.5 * RATE)
    assert np.abs(signal[: edge - 100]).max() < 50 < np.abs(signal[edge : edge + 400]).max()
    assert len(signal) == edge + len(CLIP) + int(0.2 * RATE)


def test_a_ripple_bends_the_spectrum_and_few_speakers_get_one() -> None:
    random = np.random.default_rng(1)
    noise = random.normal(0, 3000, 8 * RATE).astype(np.float32)
    plain, bent = (
        np.abs(np.fft.rfft(apply(noise, quiet(ripple_db=ripple), BABBLE, random)))
        for ripple in ((), (6.0,))
    )
    low, high = slice(800, 2400), slice(24_000, 28_000)  # eighths of a hertz
    before = plain[low].mean() / plain[high].mean()
    assert bent[low].mean() / bent[high].mean() > 2 * before
    assert draw(random).ripple_db == ()
    assert len(draw(random, widely=True).ripple_db) == 5


@pytest.mark.parametrize("speed", [0.87, 1.15])
def test_speed_changes_the_length(speed: float) -> None:
    signal = apply(CLIP, quiet(speed=speed), BABBLE, np.random.default_rng(1))
    expected = len(CLIP) / speed + 0.3 * RATE
    assert abs(len(signal) - expected) < 0.02 * RATE


def test_level_and_noise_are_as_asked() -> None:
    how = quiet(before=0.0, after=0.0, level_db=-20.0)
    clean = apply(CLIP, how, BABBLE, np.random.default_rng(1))
    assert 20 * np.log10(clean.std() / augmentation.FULL_SCALE) == pytest.approx(-20, abs=0.5)
    noisy = apply(
        CLIP, quiet(before=0.0, after=0.0, noise_db=10.0), BABBLE, np.random.default_rng(1)
    )
    assert 20 * np.log10(clean.std() / (noisy - clean).std()) == pytest.approx(10, abs=1.5)


@pytest.mark.parametrize(("codec", "least_db"), [("mulaw", 30), ("alaw", 30), ("none", 60)])
def test_codecs_cost_as_much_as_g711_does(codec: str, least_db: float) -> None:
    signal = np.random.default_rng(2).normal(0, 3000, 4000).astype(np.float32)
    error = encoded(signal, codec) - signal
    assert 20 * np.log10(signal.std() / (error.std() + 1e-9)) > least_db


def test_gsm_keeps_the_length_and_the_tone() -> None:
    coded = encoded(CLIP, "gsm")
    assert len(coded) == len(CLIP)
    assert np.argmax(np.abs(np.fft.rfft(coded))) == np.argmax(np.abs(np.fft.rfft(CLIP)))


def test_the_telephone_keeps_low_and_high_sounds_out() -> None:
    time = np.arange(RATE) / RATE
    hum = (8000 * np.sin(2 * np.pi * 100 * time)).astype(np.float32)
    voice = (8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    heard = telephone(hum + voice, np.random.default_rng(3), noise_db=60.0)
    spectrum = np.abs(np.fft.rfft(heard[int(0.3 * RATE) : int(1.3 * RATE)]))
    assert spectrum[1000] > 20 * spectrum[100]
