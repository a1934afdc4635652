import numpy as np
import pytest

from ivr.audio.frames import FRAME_SAMPLES, SILENCE, AudioFrame
from ivr.audio.level import SILENT_DB, level_of


def test_digital_silence() -> None:
    assert level_of(SILENCE) == SILENT_DB


@pytest.mark.parametrize(("value", "db"), [(-32768, 0.0), (16384, -6.02), (328, -39.99)])
def test_constant_level(value: int, db: float) -> None:
    frame = AudioFrame(np.full(FRAME_SAMPLES, value, "<i2").tobytes())
    assert level_of(frame) == pytest.approx(db, abs=0.01)
