"""Nodes that decide: set, branch, split, lookup, subflow, and choices under a condition."""

from pathlib import Path

import pytest

from ivr.dialogue import actions, events
from ivr.dialogue.state import Waiting
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.ports import TransferOutcome
from tests.dialogue.talks import Stepper

DATA = Path(__file__).parent / "data"
TEXTS = {n: (DATA / f"{n}.yaml").read_text(encoding="utf-8") for n in ("pharmacy", "order")}
BOOK = FlowBook(read_texts(TEXTS)[0], "v")
OPEN = "2026-01-05T10:00:00+08:00"


def call(now: str = OPEN, caller: str = "13800000000") -> Stepper:
    stepper = Stepper("pharmacy", BOOK)
    stepper.take(events.CallStarted("c", caller, "95500", now))
    return stepper


def known(vip: bool = False) -> Stepper:
    stepper = call()
    answer = {"name": "王女士", "vip": vip}
    stepper.take(events.LookupEnded(stepper.state.errand, "ok", answer))
    assert stepper.state.node == "menu"
    return stepper


def test_the_flows_are_clean() -> None:
    assert [i.code for i in read_texts(TEXTS)[1]] == ["unused-variable"]


@pytest.mark.parametrize(
    ("now", "node"),
    [
        ("2026-01-05T10:00:00+08:00", "who"),
        ("2026-01-05T02:00:00+00:00", "who"),
        ("2026-01-05T12:30:00+08:00", "closed"),
        ("2026-01-05T17:00:00+08:00", "closed"),
        ("2026-01-06T10:00:00+08:00", "closed"),
        ("2026-01-10T10:30:00+08:00", "who"),
        ("2026-01-11T10:30:00+08:00", "closed"),
        ("2026-02-17T10:00:00+08:00", "closed"),
        ("2026-02-14T16:00:00+08:00", "who"),
        ("", "closed"),
        ("yesterday", "closed"),
    ],
)
def test_a_branch_by_the_calendar(now: str, node: str) -> None:
    """An exception day, Saturday hours, the Spring Festival, a make-up workday on a Saturday."""
    assert call(now).state.node == node


def test_a_lookup_asks_and_fills_variables() -> None:
    stepper = call()
    lookup = stepper.of(actions.StartLookup)[0]
    assert isinstance(lookup, actions.StartLookup)
    assert lookup.lookup == "pharmacy.customer" and lookup.arguments == {"number": "13800000000"}
    assert stepper.state.waiting is Waiting.LOOKUP
    assert stepper.said == "请稍等"
    stepper.take(events.LookupEnded(lookup.serial, "ok", {"name": "王女士", "vip": True}))
    assert stepper.state.slots["name"] == "王女士" and "王女士 您好" in stepper.said


@pytest.mark.parametrize(
    ("exit_", "values", "node"),
    [
        ("unknown", {}, "menu"),
        ("failed", {}, "desk"),
        ("ok", {"name": "x", "vip": "yes"}, "desk"),
        ("ok", {"name": None, "vip": True}, "desk"),
        ("ok", {}, "desk"),
        ("ok", {"name": 7, "vip": False}, "menu"),
    ],
)
def test_a_lookup_that_fails_has_its_exit(exit_: str, values: dict[str, object], node: str) -> None:
    stepper = call()
    stepper.take(events.LookupEnded(stepper.state.errand, exit_, values))
    assert stepper.state.node == node


def test_a_lookup_that_never_answers_times_out_and_comes_too_late() -> None:
    stepper = call()
    serial = stepper.state.errand
    timers = [a.seconds for a in stepper.actions if isinstance(a, actions.SetTimer)]
    assert timers == [6.0], "two tries of two seconds, and two more"
    stepper.timer_rings()
    assert stepper.state.node == "desk"
    assert stepper.take(events.LookupEnded(serial, "ok", {"name": "x", "vip": True})) == ()


def test_a_choice_is_there_only_while_its_condition_holds() -> None:
    assert "贵宾服务" not in _phrases(known(vip=False))
    plain, vip = known(vip=False), known(vip=True)
    assert "贵宾服务" in _phrases(vip)
    plain.keys("2")
    assert plain.state.node == "menu" and plain.state.nomatches == 1
    vip.says("贵宾服务")
    assert vip.state.node == "desk"


def _phrases(stepper: Stepper) -> tuple[str, ...]:
    listen = stepper.of(actions.Listen)[0]
    assert isinstance(listen, actions.Listen)
    return listen.grammar.phrases


def test_a_split_keeps_callers_apart_and_is_sticky() -> None:
    def arm(caller: str) -> str:
        stepper = call(caller=caller)
        stepper.take(events.LookupEnded(stepper.state.errand, "unknown"))
        why = [a for a in stepper.actions if isinstance(a, actions.Explain) and "arm" in a.facts]
        return str(why[0].facts["arm"])

    arms = [arm(f"138{number:08}") for number in range(200)]
    assert arms == [arm(f"138{number:08}") for number in range(200)]
    assert 70 < arms.count("warm") < 130


def test_a_subflow_takes_parameters_and_gives_values_back() -> None:
    stepper = known()
    stepper.keys("1")
    assert (stepper.state.flow, stepper.state.node) == ("order", "ask")
    assert stepper.actions[-2] and "王女士" in stepper.said
    assert any(a == actions.EnterNode("order.ask") for a in stepper.actions)
    stepper.says("一 二 三")
    assert (stepper.state.flow, stepper.state.node) == ("pharmacy", "thanks")
    assert stepper.state.slots["wish"] == "123" and "1 2 3" in stepper.said
    assert stepper.state.frames == () and "code" not in stepper.state.slots


def test_another_exit_of_the_subflow() -> None:
    stepper = known()
    stepper.keys("1923")
    assert stepper.state.node == "menu"


def test_the_operator_is_reached_from_inside_with_all_that_was_learned() -> None:
    stepper = known()
    stepper.keys("1")
    stepper.says("人工")
    assert (stepper.state.flow, stepper.state.node) == ("pharmacy", "desk")
    start = stepper.of(actions.StartTransfer)[0]
    assert isinstance(start, actions.StartTransfer)
    assert start.context["name"] == "王女士" and start.context["hello"] == "王女士"
    stepper.take(events.TransferEnded(stepper.state.errand, TransferOutcome.BUSY))
    assert stepper.state.node == "closed"


def test_a_counter_ends_a_circle() -> None:
    stepper = known()
    for _ in range(2):
        stepper.keys("3")
        if stepper.state.waiting is Waiting.LOOKUP:
            stepper.take(events.LookupEnded(stepper.state.errand, "unknown"))
    assert stepper.state.node == "desk" and stepper.state.slots["tries"] == 3


def test_keys_typed_during_a_lookup_count_afterwards() -> None:
    stepper = call()
    stepper.keys("1")
    stepper.take(events.LookupEnded(stepper.state.errand, "unknown"))
    assert stepper.state.flow == "order"


def test_a_supervisor_sends_a_caller_out_of_a_subflow() -> None:
    stepper = known()
    stepper.keys("1")
    stepper.take(events.OrderGiven("goto", "thanks"))
    assert (stepper.state.flow, stepper.state.node) == ("pharmacy", "thanks")
    assert stepper.state.frames == ()
