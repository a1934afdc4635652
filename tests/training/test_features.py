import numpy as np
import pytest

from ivr.training import features


def kaldi(signal: np.ndarray) -> np.ndarray:
    fbank = pytest.importorskip("kaldi_native_fbank", reason="Kaldi's features are a build extra")
    options = fbank.MfccOptions()
    options.frame_opts.samp_freq = features.RATE
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = features.BANDS
    options.mel_opts.low_freq = features.LOW_HZ
    options.mel_opts.high_freq = features.HIGH_HZ
    options.num_ceps = features.CEPSTRA
    options.use_energy = False
    online = fbank.OnlineMfcc(options)
    online.accept_waveform(features.RATE, signal.tolist())
    online.input_finished()
    return np.array([online.get_frame(i) for i in range(online.num_frames_ready)])


@pytest.mark.parametrize("length", [199, 200, 279, 280, 4001])
def test_mfcc_is_kaldis(length: int) -> None:
    signal = np.random.default_rng(length).normal(0, 1000, length).astype(np.float32)
    ours, theirs = features.mfcc(signal), kaldi(signal)
    assert len(ours) == len(theirs) == features.frame_count(length)
    if length >= features.WINDOW:
        assert np.abs(ours - theirs).max() < 1e-3


def test_digital_silence_gives_finite_features() -> None:
    assert np.isfinite(features.mfcc(np.zeros(800))).all()


def test_warping_moves_a_formant_up_or_down() -> None:
    time = np.arange(1600) / features.RATE
    tone = lambda hertz: 8000 * np.sin(2 * np.pi * hertz * time)  # noqa: E731

    def distance(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a - b).mean())

    low = features.mfcc(tone(1000.0))
    high = features.mfcc(tone(1150.0))
    lowered = features.mfcc(tone(1150.0), warp=1.15)
    raised = features.mfcc(tone(1150.0), warp=1 / 1.15)
    assert distance(lowered, low) < distance(high, low) < distance(raised, low)
