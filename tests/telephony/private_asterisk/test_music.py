import wave
from pathlib import Path

import numpy as np

from ivr.telephony.private_asterisk.music import calm_tones, write_music


def test_the_tones_are_quiet_steady_and_loop_without_a_click() -> None:
    tones = calm_tones().astype(float)
    assert 20 <= len(tones) / 8000 <= 120
    assert np.abs(tones).max() <= 0.1 * 32768
    seconds = tones[: len(tones) // 8000 * 8000].reshape(-1, 8000)
    levels = np.sqrt((seconds**2).mean(axis=1))
    assert levels.min() > 100, "no second of dead air"
    assert levels.max() < 4 * levels.min()
    largest_step = np.abs(np.diff(tones)).max()
    assert abs(tones[0] - tones[-1]) <= largest_step
    spectrum = np.abs(np.fft.rfft(tones)) ** 2
    above = spectrum[int(2000 / 4000 * len(spectrum)) :].sum() / spectrum.sum()
    assert above < 0.01, "nothing shrill"


def test_the_file_is_what_asterisk_plays(tmp_path: Path) -> None:
    with wave.open(str(write_music(tmp_path / "music"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
