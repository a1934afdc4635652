from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import FlowError, SettingsError
from ivr.flow.need import Need
from ivr.routing.recorded_calls import parse_calls
from ivr.routing.scenario import CallClass
from ivr.routing.scenario_file import check_scenario, parse_scenario
from ivr.routing.skills import Team

GOOD = """\
agents: ../agents.yaml
wrap_up: 15
within: 30
classes:
  cards:
    skills: {card_loss: 3}
    language: zh
    issue: funds_at_risk
    caller: vip
    priority: 2
    per_hour: 66
    service: 180
    patience: 90.5
  other:
    per_hour: 10
    service: 60
"""


def faults(text: str) -> list[str]:
    with pytest.raises(FlowError) as caught:
        parse_scenario(dedent(text), "day.yaml")
    return [str(issue) for issue in caught.value.issues]


def test_a_good_scenario() -> None:
    scenario = parse_scenario(GOOD, "day.yaml")
    need = Need({"card_loss": 3}, "funds_at_risk", "vip", 2)
    assert scenario.classes == (
        CallClass("cards", need, "zh", 66.0, 180.0, 90.5),
        CallClass("other", Need(), "", 10.0, 60.0, 0.0),
    )
    assert (scenario.agents, scenario.wrap_up, scenario.within) == ("../agents.yaml", 15.0, 30.0)


def test_every_fault_is_found_in_one_run() -> None:
    text = """\
        wrapup: 3
        within: soon
        classes:
          cards:
            per_hour: 0
            servce: 180
            skills: {card_loss: 7}
          loans: 3
          forex:
            per_hour: nan
            service: 1e9
            skills: all
        """
    assert faults(text) == [
        "day.yaml:1:1: unknown-setting no setting is called 'wrapup' (did you mean wrap_up?)",
        "day.yaml:2:9: bad-number `within:` expects a number from 0 to 86400",
        "day.yaml:5:5: missing no `service:`",
        "day.yaml:5:15: bad-number `per_hour:` expects a number from 0.001 to 100000",
        "day.yaml:6:5: unknown-setting no setting is called 'servce' (did you mean service?)",
        "day.yaml:7:25: bad-proficiency card_loss: 7 is not a proficiency: "
        "expected a whole number from 1 (learning) to 5 (master)",
        "day.yaml:8:10: scenario-shape expected per_hour, service and skills",
        "day.yaml:10:15: bad-number `per_hour:` expects a number from 0.001 to 100000",
        "day.yaml:11:14: bad-number `service:` expects a number from 0.001 to 86400",
        "day.yaml:12:13: scenario-shape expected skills, each with its level",
    ]


@pytest.mark.parametrize("text", ["", "- 1", "classes: {}", "classes: 3"])
def test_a_scenario_without_classes(text: str) -> None:
    assert len(faults(text)) == 1


def test_a_skill_that_no_agent_can_have() -> None:
    team = Team((), {"card_los": "", "language.zh": ""})
    with pytest.raises(FlowError) as caught:
        check_scenario(parse_scenario(GOOD, "day.yaml"), team)
    assert str(caught.value.issues[0]) == (
        "day.yaml:5:3: unknown-skill no skill is called 'card_loss' in the agents file "
        "(did you mean card_los?)"
    )


@given(st.text(max_size=200))
def test_no_text_does_worse_than_issues(text: str) -> None:
    with pytest.raises(FlowError):
        parse_scenario(text, "day.yaml")


CLASSES = parse_scenario(GOOD, "day.yaml").classes
HEADING = "arrives,class,patience,service"


def test_recorded_calls_are_sorted() -> None:
    calls = parse_calls([HEADING, "9.5,cards,,60", "1,other,20,30"], CLASSES, "c.csv")
    assert [(c.arrives, c.kind, c.patience, c.service) for c in calls] == [
        (1.0, "other", 20.0, 30.0),
        (9.5, "cards", float("inf"), 60.0),
    ]
    assert calls[1].need == CLASSES[0].need


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], r"c\.csv:1: expected the heading"),
        (["a,b"], r"c\.csv:1: expected the heading"),
        ([HEADING, "1,crads,,60"], r"c\.csv:2: no class is called 'crads'; there is cards, other"),
        ([HEADING, "1,cards,,60", "-1,cards,,60"], r"c\.csv:3: arrives is '-1'"),
        ([HEADING, "1,cards,,x"], "service is 'x'"),
        ([HEADING, "1,cards,nan,1"], "patience is 'nan'"),
        ([HEADING, "1"], "no class is called None"),
    ],
)
def test_recorded_calls_that_cannot_be_used(lines: list[str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse_calls(lines, CLASSES, "c.csv")
