"""Alarms: raised with patience, cleared with more, and quiet about what cannot be known."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.live import alarms as rule
from ivr.live.alarms import Alarms, Facts, Health, skills_asked_for
from ivr.live.picture import AgentRow, Picture, QueueRow, Severity
from ivr.live.tally import Tally
from ivr.live.thresholds import Thresholds
from tests.live.world import PLAN, TEAM

START = 1_000_000.0
QUIET = Picture(START)


class Watch:
    """Alarms looked at once a second; `raised` and `cleared` are what came, as (rule, subject)."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.alarms = Alarms(thresholds or Thresholds())
        self.tally = Tally()
        self.facts = Facts(self.tally)
        self.now = START
        self.raised: list[tuple[str, str]] = []
        self.cleared: list[tuple[str, str]] = []

    def see(self, picture: Picture, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.now += 1
            changes = self.alarms.look(replace(picture, at=self.now), self.facts)
            self.raised += [(row.rule, row.subject) for row in changes.raised]
            self.cleared += [(row.rule, row.subject) for row in changes.cleared]

    def says(self, node: str, call: str = "1.1", *, understood: bool = True) -> None:
        """One turn at a node."""
        for kind, data in [("EnterNode", {"node": node}), ("Heard", {})]:
            self.record(call, kind, **data)
        if not understood:
            self.record(call, "Explain", text="", facts={"node": node, "nomatch": 1})

    def record(self, call: str, kind: str, **data: object) -> None:
        made = {"at": 0.0, "call": call, "what": "note", "kind": kind, "data": data}
        self.tally.take_record(made, self.now)


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert {(r.rule, r.subject) for r in watch.alarms.rows} == {
        key for key in watch.raised if watch.raised.count(key) > watch.cleared.count(key)
    }


def waiting(watch: Watch, seconds: float) -> Picture:
    """Somebody has waited so long when the watch next looks."""
    row = QueueRow("loans", waiting=1, oldest=watch.now + 1 - seconds)
    return replace(QUIET, queues=(row,))


def test_a_long_wait_is_told_once_and_is_over_once_it_is_well_below(watch: Watch) -> None:
    watch.see(waiting(watch, 59))
    assert watch.raised == []
    watch.see(waiting(watch, 60), 30)
    assert watch.raised == [(rule.QUEUE_LONGEST, "loans")]
    (row,) = watch.alarms.rows
    assert row.text == "a caller has waited for more than 60 s"
    for _ in range(20):
        watch.see(waiting(watch, 50))  # below the limit, but not well below
    assert watch.cleared == []
    watch.see(QUIET, 20)
    assert watch.cleared == [(rule.QUEUE_LONGEST, "loans")]


def test_what_hovers_at_the_limit_does_not_flap(watch: Watch) -> None:
    for _ in range(60):
        watch.see(waiting(watch, 61))
        watch.see(waiting(watch, 40))
    assert watch.raised == [(rule.QUEUE_LONGEST, "loans")]
    assert watch.cleared == []
    watch.see(QUIET, 12)


def test_a_node_that_fails_twice_as_often_as_it_used_to(watch: Watch) -> None:
    for turn in range(100):
        watch.says("main", understood=turn % 10 > 0)
    watch.now += 20 * 60
    for turn in range(40):
        watch.says("main", understood=turn % 10 > 0)
        watch.says("new", understood=False)  # nothing is known of what is usual here
    watch.see(QUIET)
    assert watch.raised == []
    for turn in range(40):
        watch.says("main", understood=turn % 2 > 0)
    watch.see(QUIET)
    assert watch.raised == [(rule.NOMATCH, "main")]
    assert watch.alarms.rows[0].text == "30% of turns not understood, usually 10%"
    watch.now += 11 * 60
    watch.see(QUIET, 12)
    assert watch.cleared == [(rule.NOMATCH, "main")]


def test_few_failures_are_no_alarm(watch: Watch) -> None:
    for turn in range(100):
        watch.says("main", understood=turn % 50 > 0)
    watch.now += 20 * 60
    for _ in range(9):
        watch.says("main", understood=False)
    watch.see(QUIET, 5)
    assert watch.raised == []


def test_a_slow_recogniser(watch: Watch) -> None:
    for _ in range(9):
        watch.record("1.1", "Decoded", silence=0.6, seconds=3.0)
    watch.see(QUIET)
    assert watch.raised == []
    watch.record("1.1", "Decoded", silence=0.6, seconds=3.0)
    watch.see(QUIET)
    assert watch.raised == [(rule.SLOW_RECOGNISER, "recogniser")]
    watch.now += 5 * 60
    watch.see(QUIET, 12)
    assert watch.cleared == watch.raised


def staffed(*presences: str) -> Picture:
    names = sorted(agent.name for agent in TEAM.agents)
    rows = (AgentRow(n, presence=p) for n, p in zip(names, presences, strict=True))
    return replace(QUIET, agents=tuple(rows))


def test_nobody_there_and_nobody_free(watch: Watch) -> None:
    skills = skills_asked_for(PLAN, TEAM)
    assert set(skills) == {"loans", "language.zh"}
    watch.facts = replace(watch.facts, skills=skills)
    watch.see(staffed("busy", "wrap-up", "offline"), 30)
    watch.see(staffed("ready", "busy", "offline"))
    watch.see(staffed("busy", "wrap-up", "offline"), 60)
    assert watch.raised == []  # somebody was free in between
    watch.see(staffed("busy", "wrap-up", "offline"), 2)
    assert set(watch.raised) == {(rule.NO_FREE_AGENT, "loans"), (rule.NO_FREE_AGENT, "language.zh")}
    watch.see(staffed("paused", "offline", "offline"), 62)
    assert (rule.NOBODY, "loans") in watch.raised
    assert (rule.NO_FREE_AGENT, "loans") in watch.cleared
    assert all(row.severity is Severity.CRITICAL for row in watch.alarms.rows)
    watch.see(staffed("ready", "offline", "offline"), 12)
    assert watch.alarms.rows == ()


def test_without_the_link_queues_and_agents_are_not_judged(watch: Watch) -> None:
    watch.see(waiting(watch, 100))
    lost = replace(QUIET, linked=False)
    watch.see(lost, 2)
    assert (rule.LINK_LOST, "asterisk") not in watch.raised
    watch.see(lost, 30)
    assert watch.raised == [(rule.QUEUE_LONGEST, "loans"), (rule.LINK_LOST, "asterisk")]
    assert watch.cleared == []
    watch.see(QUIET, 12)
    assert set(watch.cleared) == set(watch.raised)


def test_the_record_falls_behind_and_refuses(watch: Watch) -> None:
    watch.facts = replace(watch.facts, health=Health(5000, "the disk is full"))
    watch.see(QUIET)
    assert set(watch.raised) == {(rule.RECORD_BEHIND, "record"), (rule.RECORD_REFUSES, "record")}
    watch.facts = replace(watch.facts, health=Health(10))
    watch.see(QUIET, 12)
    assert set(watch.cleared) == set(watch.raised)


def test_a_rule_can_be_turned_off() -> None:
    watch = Watch(Thresholds(queue_longest_seconds=0, link_seconds=0))
    watch.see(waiting(watch, 1000), 5)
    watch.see(replace(QUIET, linked=False), 5)
    assert watch.raised == []


@given(st.lists(st.tuples(st.floats(0, 200), st.booleans(), st.integers(0, 15)), max_size=60))
def test_every_alarm_that_is_over_was_raised_and_stands_long_enough(
    seen: list[tuple[float, bool, int]],
) -> None:
    watch = Watch()
    for seconds, linked, times in seen:
        before = len(watch.cleared), len(watch.raised), watch.now
        watch.see(replace(waiting(watch, seconds), linked=linked), times)
        for key in set(watch.raised):
            difference = watch.raised.count(key) - watch.cleared.count(key)
            assert difference in (0, 1)
        changes = len(watch.cleared) + len(watch.raised) - before[0] - before[1]
        assert changes <= 4 + 2 * (watch.now - before[2]) / rule.CLEAR_SECONDS
