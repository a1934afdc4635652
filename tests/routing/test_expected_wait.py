import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.routing.expected_wait import ExpectedWait


def test_a_line_nobody_saw_move_is_judged_by_the_prior() -> None:
    waits = ExpectedWait(prior=45.0)
    assert waits.seconds("zh", 2) == 90.0
    waits.joined("zh", 100.0)
    assert waits.seconds("zh", 1) == 45.0
    assert waits.seconds("zh", 0) == 0.0


def test_a_line_that_moves_every_ten_seconds() -> None:
    waits = ExpectedWait()
    for caller in range(200):
        waits.joined("zh", float(caller))
    for move in range(1, 200):
        waits.left("zh", 199.0 + 10 * move)
    assert waits.seconds("zh", 3) == pytest.approx(30.0, rel=0.1)


def test_the_pause_between_two_lines_is_no_slow_move() -> None:
    waits = ExpectedWait(prior=10.0)
    for day in range(50):
        waits.joined("zh", day * 86_400.0)
        waits.left("zh", day * 86_400.0 + 10.0)
    assert waits.seconds("zh", 1) == pytest.approx(10.0)


def test_lines_do_not_mix() -> None:
    waits = ExpectedWait(prior=10.0)
    waits.joined("zh", 0.0)
    waits.left("zh", 500.0)
    assert waits.seconds("zh", 1) > 100.0
    assert waits.seconds("en", 1) == 10.0


moves = st.lists(st.tuples(st.booleans(), st.floats(0, 1000)), max_size=50)


@given(moves)
def test_no_order_of_events_gives_nonsense(events: list[tuple[bool, float]]) -> None:
    waits, now = ExpectedWait(), 0.0
    for joined, gap in events:
        now += gap
        (waits.joined if joined else waits.left)("zh", now)
    first, second = waits.seconds("zh", 1), waits.seconds("zh", 2)
    assert 0 <= first <= max(60.0, now)
    assert second == pytest.approx(2 * first)
