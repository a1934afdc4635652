"""The report's figures: by hand for a few calls, and against a slow recount for many."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from ivr.errors import StoreError
from ivr.report.figures import Report
from ivr.report.filling import fill
from ivr.report.generated import GeneratedCall, generate
from ivr.report.making import make_report
from ivr.report.tallies import Rules, Service
from ivr.report.window import Window, window_of
from ivr.store.database import writing
from ivr.store.tables import calls, visits, waits
from tests.report.recount import Recount

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def engine(record_engine: Engine) -> Engine:
    """An empty record, on SQLite and on PostgreSQL."""
    return record_engine


def replaced(engine: Engine, generated: list[GeneratedCall]) -> None:
    with writing(engine) as db:
        for table in (calls, visits, waits):
            db.execute(delete(table))
    fill(engine, generated, lambda number: None)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> float:
    return window_of(text, "2030-01-01", "", 0.0, zone).since


def call(name: str, began: str, seconds: float | None, **facts: Any) -> GeneratedCall:
    """A call as the record has it; `seconds` is None while it goes on."""
    start = at(began)
    row = {
        "call": name, "began": start, "ended": None if seconds is None else start + seconds,
        "caller_key": "", "language": "zh", "outcome": "", "queue": "", "annoyed": False,
        "contained": False, **facts,
    }  # fmt: skip
    return GeneratedCall(row, [], [])


def wait(of: GeneratedCall, waited: float, outcome: str, **facts: Any) -> None:
    of.waits.append(
        {"call": of.call["call"], "nth": len(of.waits), "queue": of.call["queue"],
         "joined": of.call["began"] + 10.0, "waited": waited, "talked": None, "expected": None,
         "agent": "", "outcome": outcome, **facts}
    )  # fmt: skip


def visit(of: GeneratedCall, node: str, seconds: float, **facts: Any) -> None:
    of.visits.append(
        {"call": of.call["call"], "nth": len(of.visits), "flow": "bank", "node": node, "at": 0.0,
         "seconds": seconds, "noinputs": 0, "nomatches": 0, "last": False, **facts}
    )  # fmt: skip


def by_hand() -> list[GeneratedCall]:
    """Six calls of one morning.

    a: contained, 60 s, by Ann at 09:00. b: answered after 10 s, talked 100 s; told 30 s.
    c: answered after 40 s, talked 200 s; told 20 s. d: gave up after 30 s. e: gave up after 2 s.
    f: nobody answered for 60 s; it is Ann again, the next day but within 24 hours.
    """
    a = call("a", "2026-11-02T09:00", 60.0, caller_key="ann", contained=True, outcome="completed")
    b = call("b", "2026-11-02T09:10", 120.0, caller_key="bob", queue="loans", annoyed=True)
    c = call("c", "2026-11-02T10:00", 250.0, caller_key="cid", queue="loans", language="en")
    d = call("d", "2026-11-02T10:30", 40.0, queue="cards")
    e = call("e", "2026-11-02T10:40", 12.0, queue="cards")
    f = call("f", "2026-11-03T08:59", None, caller_key="ann", queue="cards")
    wait(b, 10.0, "answered", talked=100.0, expected=30.0, agent="wang")
    wait(c, 40.0, "answered", talked=200.0, expected=20.0, agent="li")
    wait(d, 30.0, "abandoned")
    wait(e, 2.0, "abandoned")
    wait(f, 60.0, "no_answer")
    for one, stay in ((a, 4.0), (b, 6.0), (c, 12.0)):
        visit(one, "main", stay, nomatches=int(one is c), noinputs=2 * (one is c))
    visit(a, "main", 5.0, last=True)
    visit(b, "agent", 110.0, last=True)
    return [a, b, c, d, e, f]


def test_figures_counted_by_hand(engine: Engine) -> None:
    replaced(engine, by_hand())
    window = window_of("2026-11-02", "2026-11-04", "", 0.0, SHANGHAI)
    report = make_report(engine, window, Rules(goal=20.0, short=5.0, wrap_up=15.0))

    volume, service = report.total.volume, report.total.service
    assert (volume.calls, volume.ended) == (6, 5)
    assert volume.containment == pytest.approx(1 / 5)
    assert volume.annoyance == pytest.approx(1 / 5)
    assert volume.length == pytest.approx((60 + 120 + 250 + 40 + 12) / 5)
    assert (service.offered, service.answered, service.abandoned) == (5, 2, 1)
    assert (service.short, service.unanswered, service.open) == (1, 1, 0)
    assert service.service_level == pytest.approx(1 / 4)
    assert service.abandonment == pytest.approx(1 / 4)
    assert service.asa == pytest.approx(25.0)
    assert service.aht(15.0) == pytest.approx(165.0)
    assert service.longest == 60.0

    assert {day: one.volume.calls for day, one in report.days.items()} == {
        "2026-11-02": 5, "2026-11-03": 1,
    }  # fmt: skip
    assert {h: p.volume.calls for h, p in report.hours.items() if p.volume.calls} == {
        8: 1, 9: 2, 10: 3,
    }  # fmt: skip
    assert report.hours[10].service.service_level == pytest.approx(0.0)
    assert report.queues["loans"].service_level == pytest.approx(1 / 2)
    assert report.transfers == {
        "cards": {"abandoned": 2, "no_answer": 1}, "loans": {"answered": 2},
    }  # fmt: skip
    assert [(a.agent, a.calls, a.talk, a.answer) for a in report.agents] == [
        ("li", 1, 200.0, 40.0), ("wang", 1, 100.0, 10.0),
    ]  # fmt: skip
    assert report.outcomes == {"": 4, "completed": 1}
    assert report.languages == {"zh": 5, "en": 1}
    repeats = report.repeats
    assert (repeats.calls, repeats.callers, repeats.repeaters, repeats.again) == (4, 3, 1, 1)
    assert report.accuracy.calls == 2
    assert report.accuracy.bias == pytest.approx((-20 + 20) / 2)
    assert report.accuracy.median_error == 20.0
    assert [(b.least, b.calls) for b in report.accuracy.bands] == [(0, 1), (30, 1)]
    main, agent = report.nodes
    assert (main.node, main.calls, main.entered, main.ended) == ("main", 3, 4, 1)
    assert (main.nomatches, main.noinputs, main.median) == (1, 2, 5.5)
    assert main.nomatch_rate == pytest.approx(1 / 4)
    assert main.left_by == (("agent", 1), ("main", 1))
    assert (agent.calls, agent.ended, agent.median) == (1, 1, 110.0)
    assert report.worst_nodes() == (main,)


def test_one_queue_only(engine: Engine) -> None:
    replaced(engine, by_hand())
    window = window_of("2026-11-02", "2026-11-04", "", 0.0, SHANGHAI)
    report = make_report(engine, window, queue="loans")
    assert (report.total.volume.calls, report.total.service.offered) == (2, 2)
    assert set(report.queues) == {"loans"}
    assert [node.node for node in report.nodes] == ["main", "agent"]


def test_no_calls_no_figures(engine: Engine) -> None:
    report = make_report(engine, Window(0.0, 1.0))
    assert report.total.service == Service()
    assert report.total.service.service_level is None
    assert report.days == {} and report.nodes == () and report.accuracy.median_error is None


def test_a_record_that_cannot_be_read(engine: Engine) -> None:
    with writing(engine) as db:
        visits.drop(db)
    try:
        with pytest.raises(StoreError, match="visits"):
            make_report(engine, Window(0.0, 1.0))
    finally:
        with writing(engine) as db:  # other tests use this database after us
            visits.create(db)


def test_generated_calls_stay_out_of_a_real_record(engine: Engine) -> None:
    replaced(engine, by_hand())
    with pytest.raises(StoreError, match="empty record"):
        fill(engine, by_hand(), lambda number: None)


def test_the_night_the_clocks_change(engine: Engine) -> None:
    """25 hours on 25 October 2026 in Berlin: the hour from 2 to 3 comes twice."""
    window = window_of("2026-10-25", "2026-10-26", "", 0.0, BERLIN)
    hours = int((window.until - window.since) / 3600)
    assert hours == 25
    one_each = []
    for nth in range(hours):
        one = call(f"c{nth}", "2026-01-01", 5.0)
        moment = window.since + 3600 * nth + 1800
        one_each.append(GeneratedCall({**one.call, "began": moment, "ended": moment + 5}, [], []))
    replaced(engine, one_each)
    report = make_report(engine, window)
    assert {day: one.volume.calls for day, one in report.days.items()} == {"2026-10-25": 25}
    assert [report.hours[hour].volume.calls for hour in (1, 2, 3)] == [1, 2, 1]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu"])
def test_many_calls_against_a_slow_recount(engine: Engine, zone: str) -> None:
    whole = window_of("2026-10-20", "2026-10-30", "", 0.0, ZoneInfo(zone))
    generated = list(generate(11, 1500, whole))
    fill(engine, generated, lambda number: None)
    part = window_of("2026-10-22T10:07", "2026-10-28", "", 0.0, ZoneInfo(zone))
    for window, queue in ((whole, ""), (part, ""), (part, "zh-loans.3")):
        rules = Rules(goal=25.0, short=4.0, wrap_up=12.0)
        agrees(make_report(engine, window, rules, queue), generated, queue)


WAITED = st.one_of(st.sampled_from([0.0, 5.0, 20.0]), st.floats(0, 900).map(lambda x: round(x, 3)))
OUTCOMES = st.sampled_from(["answered", "abandoned", "no_answer", "busy", "failed"])
ONE_WAIT = st.tuples(
    WAITED, OUTCOMES, st.sampled_from(["loans", "cards"]),
    st.one_of(st.none(), st.integers(0, 700)), st.one_of(st.none(), st.integers(0, 500)),
)  # fmt: skip
ONE_VISIT = st.tuples(
    st.sampled_from(["main", "menu", "信用卡"]), st.integers(0, 3000), st.integers(0, 2)
)
ONE_CALL = st.tuples(
    st.integers(0, 3 * 86_400), st.sampled_from(["", "ann", "bob"]), st.booleans(),
    st.lists(ONE_WAIT, max_size=2), st.lists(ONE_VISIT, max_size=4),
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=st.lists(ONE_CALL, max_size=12), goal=st.sampled_from([0.0, 20.0, 33.5]))
def test_any_calls_against_a_slow_recount(engine: Engine, drawn: list[Any], goal: float) -> None:
    generated = []
    for nth, (offset, caller, annoyed, waiting, stays) in enumerate(drawn):
        one = call(f"c{nth:02d}", "2026-11-02", None, caller_key=caller, annoyed=annoyed)
        began = one.call["began"] + offset
        row = {**one.call, "began": began, "ended": began + 9.0, "contained": not waiting}
        one = GeneratedCall(row, [], [])
        for waited, outcome, queue, told, talk in waiting:
            served = outcome == "answered"
            wait(one, waited, outcome, queue=queue, expected=told,
                 talked=talk if served else None, agent="wang" if served else "")  # fmt: skip
        for number, (node, tenths, nomatches) in enumerate(stays):
            last = number == len(stays) - 1
            visit(one, node, tenths / 10, nomatches=nomatches, last=last)
        generated.append(one)
    replaced(engine, generated)
    window = window_of("2026-11-02", "2026-11-05", "", 0.0, SHANGHAI)
    agrees(make_report(engine, window, Rules(goal=goal)), generated)


def agrees(report: Report, generated: list[GeneratedCall], queue: str = "") -> None:
    slow = Recount(generated, report.window, report.rules, queue)
    volume = report.total.volume
    assert volume.calls == len(slow.calls)
    assert volume.contained == sum(c["contained"] for c in slow.calls)
    assert volume.annoyed == sum(c["annoyed"] for c in slow.calls)
    by_day = {day: one.volume.calls for day, one in report.days.items() if one.volume.calls}
    assert by_day == slow.by_day()
    by_hour = {hour: one.volume.calls for hour, one in report.hours.items() if one.volume.calls}
    assert by_hour == slow.by_hour()
    for hour, expected in slow.hour_of_waits().items():
        same(report.hours[hour].service, expected, report.rules)
    queues = slow.queues()
    assert set(report.queues) == set(queues)
    for name, expected in queues.items():
        same(report.queues[name], expected, report.rules)
    agents = slow.agents()
    assert {one.agent for one in report.agents} == set(agents)
    for one in report.agents:
        number, talk, answer = agents[one.agent]
        assert (one.calls, one.talk, one.answer) == (
            number, None if talk is None else pytest.approx(talk), pytest.approx(answer),
        )  # fmt: skip
    told, bias, error = slow.errors()
    assert (report.accuracy.calls, report.accuracy.median_error) == (told, error)
    assert report.accuracy.bias == (None if bias is None else pytest.approx(bias, abs=1e-6))
    assert sum(band.calls for band in report.accuracy.bands) == told
    found = report.repeats
    assert (found.calls, found.callers, found.repeaters, found.again) == slow.repeats()
    nodes = slow.nodes()
    assert {(one.flow, one.node) for one in report.nodes} == set(nodes)
    for node in report.nodes:
        expected = nodes[node.flow, node.node]
        assert node.median == pytest.approx(expected.pop("median"))
        assert dict(node.left_by) == expected.pop("left_by")
        assert {name: getattr(node, name) for name in expected} == expected


def same(found: Service, expected: dict[str, Any], rules: Rules) -> None:
    for name, value in expected.items():
        mine = found.aht(rules.wrap_up) if name == "aht" else getattr(found, name)
        assert mine == (pytest.approx(value) if isinstance(value, float) else value), name
