from dataclasses import replace
from typing import Any

import pytest

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.records import record_of
from ivr.errors import SettingsError
from ivr.flow.need import Need
from ivr.routing.experiment import Setup, play
from ivr.routing.journalled import queued_calls, to_simulate
from ivr.routing.scenario import CallClass
from ivr.routing.skills import Team
from ivr.routing.what_if import changed
from tests.routing.teams import make

LOANS = Need({"loans": 3})
URGENT = replace(LOANS, issue="funds_at_risk")
TEAM = Team((make("wang", loans=5, zh=5), make("li", loans=4, zh=5)))
SETUP = Setup(tuple(CallClass(n, need, "zh", 0.0, 0.0) for n, need in
                    (("zh-loans.3", LOANS), ("urgent", URGENT))), TEAM)  # fmt: skip


def journal(
    call: str, at: float, waited: float, talked: float, agent: str = "wang", need: Need = LOANS
) -> list[dict[str, Any]]:
    """The records of one call that began at `at` seconds past noon and was queued at once."""
    start = record_of(StartTransfer(1, need, "zh"))
    now = f"2026-03-01T12:{int(at // 60):02d}:{int(at % 60):02d}+00:00"
    end = waited + talked

    def record(at: float, kind: str, **data: Any) -> dict[str, Any]:
        return {"at": at, "call": call, "what": "note", "kind": kind, "data": data}

    records = [
        record(0.0, "CallStarted", now=now),
        record(0.0, "StartTransfer", **{k: v for k, v in start.items() if k != "is"}),
        record(0.0, "QueueChosen", queue="zh-loans.3", why="", facts={}),
    ]
    if agent:
        records.append(record(waited, "AgentAnswered", agent=agent, waited=int(waited)))
    outcome = "answered" if agent else "abandoned"
    return [*records, record(end, "TransferEnded", serial=1, outcome=outcome)]


def test_what_journals_say_of_waiting() -> None:
    (answered,) = queued_calls(journal("1", 30.0, 12.0, 60.0))
    assert (answered.queue, answered.waited, answered.talked, answered.agent) == (
        "zh-loans.3", 12.0, 60.0, "wang",
    )  # fmt: skip
    assert answered.need.skills == {"loans": 3, "language.zh": 3}
    (gave_up,) = queued_calls(journal("2", 0.0, 25.0, 0.0, agent=""))
    first, second = to_simulate([answered, gave_up])
    assert (first.arrives, first.patience, first.service) == (0.0, 25.0, 60.0)
    assert (second.arrives, second.patience, second.service) == (30.0, 60.0, 60.0)
    assert queued_calls(journal("3", 0.0, 1.0, 1.0)[:-1]) == []


def test_another_staffing_changes_what_happens() -> None:
    calls = to_simulate(
        call for n in range(4) for call in queued_calls(journal(str(n), n, 0.0, 30.0))
    )
    as_was = play(SETUP, iter(calls))
    other = play(changed(SETUP, "without=li"), iter(calls))
    assert sum(result.waited for result in other) > sum(result.waited for result in as_was)
    assert {result.agent for result in other} <= {"wang", ""}


def test_each_setting() -> None:
    assert changed(SETUP, "weights.issues.funds_at_risk=0").weights.issues["funds_at_risk"] == 0
    assert changed(SETUP, "weights.tiers.vip=7").weights.tiers["vip"] == 7
    assert changed(SETUP, "weights.most_besides=50").weights.most_besides == 50
    assert changed(SETUP, "wrap_up=15").wrap_up == 15
    assert changed(SETUP, "within=30").within == 30
    assert [step.begins for step in changed(SETUP, "steps=5,10,15").steps] == [0, 5, 10, 15]
    assert [step.begins for step in changed(SETUP, "steps=").steps] == [0]


@pytest.mark.parametrize(
    "change",
    ["", "x", "weights=1", "weights.issues.a=-1", "weights.issues.=1", "wrap_up=long", "within=nan",
     "steps=20,10", "steps=x", "without=nobody", "weights.other.a=1"],
)  # fmt: skip
def test_a_change_that_cannot_be_made_is_told(change: str) -> None:
    with pytest.raises(SettingsError, match="--set"):
        changed(SETUP, change)
