from pathlib import Path

import numpy as np

from ivr.training import clips
from ivr.training.clips import Clip


def test_clips_come_back_as_they_were(tmp_path: Path) -> None:
    one = Clip(np.arange(5, dtype=np.int16), "查余额", (("a", "b"), ("c",)), "flite", "rms")
    two = Clip(
        np.arange(3, dtype=np.int16), "x y", (("d",),), "g", "s", (("SIL", 0.0), ("zh:i=1", 0.25))
    )
    clips.save([one, two], tmp_path / "clips.npz")
    loaded = clips.load(tmp_path / "clips.npz")
    assert [clip.text for clip in loaded] == ["查余额", "x y"]
    assert np.array_equal(loaded[0].samples, one.samples)
    assert loaded[0].pronunciations == one.pronunciations
    assert loaded[1].spans == two.spans


def test_resampling_keeps_the_length_in_seconds() -> None:
    samples = np.zeros(22_050, np.int16)
    assert len(clips.at_8_khz(samples, 22_050)) == 8000
