"""Coverage counts what was entered, by the exit that led there."""

from ivr.dialogue.coverage import Coverage, percent_of
from ivr.dialogue.exits import traced
from ivr.dialogue.simulator import Simulator
from tests.dialogue.talks import CLINIC

BOOK = traced(CLINIC)


def call() -> Simulator:
    made = Simulator(BOOK, "clinic")
    made.start()
    return made


def test_nothing_is_covered_by_no_call() -> None:
    (found,) = Coverage().of(BOOK)
    assert found.node_percent == found.exit_percent == 0.0
    assert len(found.missed_nodes) == found.nodes and len(found.missed_exits) == found.exits


def test_two_ways_to_one_node_are_two_exits() -> None:
    covered = Coverage()
    for answer in ("对", None):
        one = call()
        one.say("取消预约")
        if answer is not None:
            one.say(answer)
        one.until_end()
        covered.add(one.log, "clinic")
    (found,) = covered.of(BOOK)
    assert {"sure.yes", "sure.noinput.2", "main.cancel"}.isdisjoint(found.missed_exits)
    assert {"sure.no", "desk.busy", "desk.failed"} <= set(found.missed_exits)
    assert "number" in found.missed_nodes and found.exit_percent < 100


def test_an_empty_flow_counts_as_covered() -> None:
    assert percent_of([]) == (100.0, 100.0)
