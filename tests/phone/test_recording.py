"""Placing frames on the call's clock, whatever the network and the timestamps do."""

from pathlib import Path

import numpy as np
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.phone.babble import babble
from tests.phone.recording import Recording, save_stereo_wav
from tests.phone.signal import samples_of

EPOCH = 1000.0
SPEECH = samples_of(babble(2.0, 5))
FRAMES = SPEECH.reshape(-1, 160)


def recorded(
    delays: list[float], *, origin: int = 0, frames: np.ndarray = FRAMES, start: float = 0.5
) -> Recording:
    recording = Recording(EPOCH)
    arrivals = np.maximum.accumulate([EPOCH + start + i * 0.02 + d for i, d in enumerate(delays)])
    for index, (frame, arrival) in enumerate(zip(frames, arrivals, strict=True)):
        stamp = (origin + 160 * index) % 2**32
        recording.add(float(arrival), stamp, 1, frame, marker=index == 0)
    return recording


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 0.035), min_size=100, max_size=100),
    st.integers(0, 2**32 - 1),
)
def test_jitter_leaves_no_holes(delays: list[float], origin: int) -> None:
    recording = recorded(delays, origin=origin)
    start = recording.starts()[0] / 8000
    assert 0.5 - 1e-3 <= start <= 0.5 + 0.036
    assert np.array_equal(recording.between(start), SPEECH)


def test_a_stall_that_is_caught_up_leaves_no_trace() -> None:
    delays = [0.0] * 40 + [max(0.0, 0.3 - i * 0.02) for i in range(60)]
    assert np.array_equal(recorded(delays).between(0.5), SPEECH)


def test_a_stream_that_paused_goes_on_later() -> None:
    recording = recorded([0.0] * 50 + [1.0] * 50)
    assert np.array_equal(recording.between(0.5, 1.5), SPEECH[:8000])
    assert not recording.between(1.5, 2.5).any()
    assert np.array_equal(recording.between(2.5), SPEECH[8000:])


def test_timestamps_that_leap_are_placed_by_arrival() -> None:
    for marker, ssrc, leap in ((True, 1, 12345), (False, 2, 99), (False, 1, 10**6)):
        recording = Recording(EPOCH)
        for index, frame in enumerate(FRAMES):
            late = index >= 50
            stamp = 160 * index + (leap if late else 0)
            recording.add(
                EPOCH + index * 0.02,
                stamp,
                ssrc if late else 1,
                frame,
                marker=marker and index == 50,
            )
        assert np.array_equal(recording.samples, SPEECH)


def test_lost_frames_are_silent_and_late_ones_find_their_place() -> None:
    recording = Recording(EPOCH)
    for index in (0, 1, 4, 3, 5):
        recording.add(EPOCH + index * 0.02, 160 * index, 1, FRAMES[index], marker=False)
    expected = SPEECH[:960].copy()
    expected[320:480] = 0
    assert np.array_equal(recording.samples, expected)


def test_an_empty_recording(tmp_path: Path) -> None:
    recording = Recording(EPOCH)
    assert len(recording.samples) == 0
    save_stereo_wav(tmp_path / "empty.wav", recording, recording)


def test_both_voices_on_one_clock(tmp_path: Path) -> None:
    left, right = recorded([0.0] * 100), Recording(EPOCH + 1.0)
    right.add(EPOCH + 1.25, 0, 1, FRAMES[3], marker=True)
    save_stereo_wav(tmp_path / "call.wav", left, right)
    stereo, rate = soundfile.read(tmp_path / "call.wav", dtype="int16")
    assert rate == 8000
    assert np.array_equal(stereo[4000:20000, 0], SPEECH)
    assert np.array_equal(stereo[10000:10160, 1], FRAMES[3])
