import numpy as np
import pytest

from ivr.training.clips import Clip

pytest.importorskip("torch", reason="torch is a build extra")

from ivr.training.alignment import viterbi
from ivr.training.batches import labels_of
from ivr.training.phones import INDEX


def test_viterbi_finds_where_each_state_begins() -> None:
    right = [0, 0, 1, 1, 1, 2, 2]
    scores = np.full((7, 3), -5.0, np.float32)
    scores[np.arange(7), right] = 0.0
    total, starts = viterbi(scores)
    assert total == 0.0
    assert starts == [0, 2, 5]


def test_no_state_is_left_out_even_where_it_scores_badly() -> None:
    scores = np.zeros((4, 3), np.float32)
    scores[:, 1] = -100.0
    total, starts = viterbi(scores)
    assert total == -100.0
    assert starts[2] - starts[1] == 1


def test_too_short_a_clip_fits_nothing() -> None:
    total, _ = viterbi(np.zeros((2, 3), np.float32))
    assert total == -np.inf


def test_labels_follow_speed_and_padding() -> None:
    spans = (("SIL", 0.0), ("zh:a1", 0.2), ("SIL", 0.8))
    clip = Clip(np.zeros(8000, np.int16), "啊", (("zh:a1",),), "espeak-zh", "x", spans)
    labels = labels_of(clip, 100, before=0.3, speed=2.0)
    sounding = np.flatnonzero(labels == INDEX["zh:a1"])
    # 0.2 to 0.8 s at double speed last from 0.1 to 0.4 s, after 0.3 s of padding.
    assert abs(sounding[0] - 40) <= 2
    assert abs(sounding[-1] - 69) <= 2
    assert (np.diff(sounding) == 1).all()
