from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.media_clock import MediaClock


def test_punctual_frames_are_time() -> None:
    clock = MediaClock()
    for k in range(1, 200):
        assert clock.frame(100 + k * 0.02) == pytest.approx(100 + k * 0.02)


def test_a_burst_of_late_frames_is_no_pause() -> None:
    clock = MediaClock()
    for k in range(1, 50):
        clock.frame(k * 0.02)
    late = [clock.frame(1.5) for _ in range(26)]  # frames 50 to 75, due from 1.0 to 1.5
    assert late == pytest.approx([k * 0.02 for k in range(50, 76)])


def test_a_pause_without_frames_is_time_soon_after() -> None:
    clock = MediaClock()
    for k in range(1, 50):
        clock.frame(k * 0.02)
    after = [clock.frame(k * 0.02) for k in range(60, 80)]  # 200 ms did not come
    assert after[0] == pytest.approx(50 * 0.02)
    assert after[-1] == pytest.approx(79 * 0.02)


def test_quiet_moves_on_but_never_by_more_than_a_step() -> None:
    clock = MediaClock()
    clock.frame(5.0)
    assert clock.quiet(5.06) == pytest.approx(5.06)
    assert clock.quiet(9.0) == pytest.approx(5.16)


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 0.5, allow_nan=False)), min_size=1, max_size=200)
)
def test_never_back_and_never_ahead(steps: list[tuple[bool, float]]) -> None:
    clock, now, times = MediaClock(), 1000.0, []
    for is_frame, delay in steps:
        now += delay
        times.append(clock.frame(now) if is_frame else clock.quiet(now))
        assert times[-1] <= now + 1e-9
    assert all(later >= earlier for earlier, later in pairwise(times))
