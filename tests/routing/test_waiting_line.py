import pytest

from ivr.routing.waiting_line import Estimate, WaitingLine


def event(name: str, call: str, queue: str = "zh", **more: str) -> dict[str, str]:
    return {"Event": name, "Uniqueid": call, "Queue": queue, "Channel": f"PJSIP/{call}", **more}


def nobody_free(queue: str) -> bool:
    return False


@pytest.fixture
def line() -> WaitingLine:
    return WaitingLine()


def test_callers_come_and_go(line: WaitingLine) -> None:
    line.rank("a", 5)
    line.rank("b", 9)
    assert line.heard(event("QueueCallerJoin", "a"), 100.0, nobody_free)
    assert line.heard(event("QueueCallerJoin", "b"), 101.0, nobody_free)
    assert [(c.call_id, c.joined, c.priority) for c in line.callers] == [
        ("b", 101.0, 9),
        ("a", 100.0, 5),
    ]
    assert line.estimate("zh", 7) == Estimate(2, None)
    assert line.estimate("zh", 1) == Estimate(3, None)
    assert line.estimate("en", 1) == Estimate(1, None)
    line.heard(event("QueueCallerLeave", "b"), 111.0, nobody_free)
    found = line.estimate("zh", 1)
    assert found.position == 2
    assert found.seconds is not None and found.seconds > 0
    assert not line.heard(event("Hangup", "a"), 112.0, nobody_free)
    assert not line.heard({"Event": "QueueCallerJoin"}, 112.0, nobody_free)


def test_the_channels_place_in_the_dialplan_is_no_priority(line: WaitingLine) -> None:
    line.rank("a", 5_000)
    line.heard(event("QueueCallerJoin", "a", Priority="3"), 100.0, nobody_free)
    line.heard(event("QueueCallerJoin", "b", Priority="3"), 100.0, nobody_free)
    assert {caller.call_id: caller.priority for caller in line.callers} == {"a": 5_000, "b": None}
    assert line.estimate("zh", 4_000).position == 3, "who told none goes before"


def test_what_an_earlier_run_saw_is_known(line: WaitingLine) -> None:
    assert line.estimate("zh", 0).seconds is None
    line.learn([("zh", 120.0 * n, 120.0 * n + 100.0) for n in range(60)])
    seconds = line.estimate("zh", 0).seconds
    assert seconds is not None and 95 < seconds < 105
    assert line.estimate("en", 0).seconds is None
    assert line.callers == (), "nobody of then waits now"


def test_who_is_answered_at_once_says_nothing_of_the_line(line: WaitingLine) -> None:
    line.heard(event("QueueCallerJoin", "a"), 100.0, lambda queue: True)
    line.heard(event("QueueCallerLeave", "a"), 103.0, lambda queue: True)
    assert line.estimate("zh", 1) == Estimate(1, None)


def test_a_snapshot_is_the_whole_truth(line: WaitingLine) -> None:
    line.heard(event("QueueCallerJoin", "gone"), 50.0, nobody_free)
    entry = event("QueueEntry", "here", Wait="30", Priority="12")
    line.snapshot([entry, {"Event": "QueueParams", "Queue": "zh"}], 100.0, nobody_free)
    (caller,) = line.callers
    assert (caller.call_id, caller.joined, caller.priority) == ("here", 70.0, 12)
    # The same snapshot and late events change nothing.
    line.snapshot([entry], 101.0, nobody_free)
    line.heard(event("QueueCallerJoin", "here"), 102.0, nobody_free)
    assert line.callers == (caller,)


def test_odd_events_do_no_harm(line: WaitingLine) -> None:
    line.heard(event("QueueCallerJoin", "a", Priority="many"), 1.0, nobody_free)
    line.snapshot([event("QueueEntry", "b", Wait="x" * 20)], 5.0, nobody_free)
    (caller,) = line.callers
    assert (caller.joined, caller.priority) == (5.0, None)
