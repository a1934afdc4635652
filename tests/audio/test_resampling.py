import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.audio.resampling import Doubler, Halver, Resampler, resample, resampler


def tone(hertz: float, rate: int, seconds: float = 1.0) -> bytes:
    at = np.arange(int(rate * seconds)) / rate
    return (10_000 * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes()


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(float)


def in_pieces(worker: Resampler, pcm: bytes, cuts: list[int]) -> bytes:
    out, start = [], 0
    for cut in cuts:
        out.append(worker.feed(pcm[start : start + 2 * cut]))
        start += 2 * cut
    return b"".join([*out, worker.feed(pcm[start:]), worker.flush()])


@given(
    values=st.lists(st.integers(-32768, 32767), max_size=400),
    cuts=st.lists(st.integers(0, 170), max_size=12),
    doubling=st.booleans(),
)
def test_pieces_joined_are_the_whole(values: list[int], cuts: list[int], doubling: bool) -> None:
    pcm = np.array(values, "<i2").tobytes()
    rates = (8000, 16000) if doubling else (16000, 8000)
    whole = resample(pcm, *rates)
    pieces = in_pieces(resampler(*rates), pcm, cuts)
    assert len(pieces) == len(whole)
    assert len(pieces) // 2 == (2 * len(values) if doubling else (len(values) + 1) // 2)
    if values:
        assert np.abs(samples(pieces) - samples(whole)).max(initial=0) <= 1


@pytest.mark.parametrize("hertz", [200, 1000, 3000, 3600])
def test_speech_band_is_kept_in_place(hertz: float) -> None:
    inner = slice(400, -400)
    doubled = resample(tone(hertz, 8000), 8000, 16000)
    assert np.abs(samples(doubled) - samples(tone(hertz, 16000)))[inner].max() < 60
    halved = resample(tone(hertz, 16000), 16000, 8000)
    assert np.abs(samples(halved) - samples(tone(hertz, 8000)))[inner].max() < 60


@pytest.mark.parametrize("hertz", [4500, 6000, 7500])
def test_what_8_khz_cannot_carry_is_removed(hertz: float) -> None:
    halved = resample(tone(hertz, 16000), 16000, 8000)
    assert np.abs(samples(halved))[200:-200].max() < 20


def test_streaming_is_at_most_4_ms_late() -> None:
    assert 160 * 2 - len(Doubler().feed(bytes(320))) // 2 <= 64
    assert 160 - len(Halver().feed(bytes(640))) // 2 <= 32


@pytest.mark.parametrize("worker", [Doubler(), Halver()])
def test_flush_starts_anew(worker: Resampler) -> None:
    pcm = tone(440, 8000, 0.1)
    first = worker.feed(pcm) + worker.flush()
    assert worker.feed(pcm) + worker.flush() == first


def test_full_scale_is_clipped_not_wrapped() -> None:
    square = np.tile(np.repeat([32767, -32768], 8), 50).astype("<i2").tobytes()
    doubled = samples(resample(square, 8000, 16000))
    assert doubled[200:-200].max() == 32767
    assert np.abs(np.diff(doubled[::2][100:-100])).max() <= 65535


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="whole 16-bit samples"):
        Doubler().feed(b"\0\0\0")


def test_other_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="44100"):
        resampler(44100, 8000)


def test_the_right_rate_passes_through() -> None:
    assert resample(b"\1\2\3\4", 8000, 8000) == b"\1\2\3\4"
