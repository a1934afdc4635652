from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.errors import AudioError
from ivr.telephony.call_recording import to_stereo_wav


@pytest.mark.parametrize("count", [0, 1, 200_000])
def test_left_stays_left_at_any_length(tmp_path: Path, count: int) -> None:
    both = np.stack([np.arange(count) % 1000, -(np.arange(count) % 500)], axis=1).astype("<i2")
    raw = tmp_path / "1.2.raw"
    raw.write_bytes(both.tobytes())
    path = to_stereo_wav(raw)
    assert path == tmp_path / "1.2.wav"
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert rate == 8000
    assert np.array_equal(samples, both)
    assert list(tmp_path.iterdir()) == [path]


def test_a_frame_cut_off_at_the_end_is_dropped(tmp_path: Path) -> None:
    raw = tmp_path / "1.raw"
    raw.write_bytes(b"\1\0\2\0\3")
    samples, _ = soundfile.read(to_stereo_wav(raw), dtype="int16", always_2d=True)
    assert samples.tolist() == [[1, 2]]


def test_no_recording(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be made a wav"):
        to_stereo_wav(tmp_path / "none.raw")
    assert list(tmp_path.iterdir()) == []
