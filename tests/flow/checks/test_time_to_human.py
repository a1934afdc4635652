"""Time to a human: known prompts of one second each give known routes."""

from ivr.flow.checks.durations import PromptSeconds, estimate
from ivr.flow.checks.time_to_human import TimeToHuman, time_to_human
from ivr.flow.library import read_texts
from ivr.flow.prompt import PromptSegment
from ivr.flow.prompts import Prompt

HEAD = "flow: f\nlanguages: [zh, en]\nstart: a\n"
OPERATOR = "commands: {operator: {goto: desk}, repeat: off, back: off, help: off}\n"
NODES = """nodes:
  a:
    kind: menu
    prompt: {zh: %s, en: welcome}
    input: {timeout: 5}
    choices:
      x: {key: 1, phrases: {zh: 贷款, en: loans}, goto: b}
      e: {key: 8, phrases: {zh: 英语, en: English}, language: en, goto: b}
  b:
    kind: menu
    prompt: {zh: 活期请按 1, en: %s}
    choices:
      x: {key: 1, phrases: {zh: 活期, en: current}, goto: %s}
  desk:
    kind: transfer
    prompt: {zh: 转接, en: connecting}
    skills: {general: 3}
    exits: {otherwise: end}
  end: {kind: hangup}
"""


def seconds(prompt: Prompt | None, language: str) -> float:
    return 10.0 if prompt is not None else 0.0


def measured(text: str, took: PromptSeconds = seconds) -> TimeToHuman:
    flows, issues = read_texts({"f": text})
    assert [str(issue) for issue in issues if issue.severity == "error"] == []
    return time_to_human(flows["f"], flows, took)


def test_the_typical_caller_asks_at_the_first_question() -> None:
    found = measured(HEAD + OPERATOR + NODES % ("您好", "for an agent press 0", "end")).typical
    assert found is not None
    assert (found.seconds, found.keys) == (21.0, 1)  # prompt, reaction, connecting
    assert [name for name, _ in found.steps] == ["a", "desk"]


def test_the_worst_caller_asks_once_told_how() -> None:
    told_at_once = measured(
        HEAD + OPERATOR + NODES % ("找人工请按 0", "for an agent press 0", "end")
    ).worst
    assert told_at_once is not None
    assert (told_at_once.language, told_at_once.seconds) == ("en", 32.0)
    never_told = measured(HEAD + OPERATOR + NODES % ("您好", "for current press 1", "end")).worst
    assert never_told is not None  # nobody says so: silence brings a person at last
    assert never_told.seconds > 60


def test_silence_climbs_the_ladder() -> None:
    found = measured(HEAD + OPERATOR + NODES % ("您好", "hello", "end")).silent
    assert found is not None
    # question; twice 5 s of silence, an apology and the question; 5 s; connecting
    assert found.seconds == 10 + 2 * (5 + 10 + 10) + 5 + 10
    assert found.keys == 0


def test_without_an_operator_the_menus_must_lead_there() -> None:
    found = measured(HEAD + NODES % ("您好", "hello", "desk"))
    assert found.typical is not None
    assert (found.typical.seconds, found.typical.keys) == (32.0, 2)
    assert found.silent is None


def test_nobody_there() -> None:
    found = measured("flow: f\nlanguages: [zh]\nstart: a\nnodes:\n  a: {kind: hangup}\n")
    assert found == TimeToHuman(None, None, None)


def test_what_callers_do_not_decide_goes_the_slowest_way() -> None:
    text = """flow: f
languages: [zh]
start: a
variables: {vip: false}
nodes:
  a: {kind: branch, cases: [{when: vip, goto: desk}], otherwise: b}
  b: {kind: say, prompt: 请稍等, goto: desk}
  desk: {kind: transfer, skills: {general: 3}, exits: {otherwise: end}}
  end: {kind: hangup}
"""
    found = measured(text)
    assert found.typical is not None and found.worst is not None
    assert (found.typical.seconds, found.worst.seconds) == (0.0, 10.0)


def test_through_a_sub_flow() -> None:
    outer = """flow: f
languages: [zh]
start: a
nodes:
  a: {kind: subflow, flow: inner, goto: desk}
  desk: {kind: transfer, skills: {general: 3}, exits: {otherwise: end}}
  end: {kind: hangup}
"""
    inner = """flow: inner
languages: [zh]
start: s
nodes:
  s: {kind: say, prompt: 请稍等, goto: r}
  r: {kind: return}
"""
    flows, _ = read_texts({"f": outer, "inner": inner})
    found = time_to_human(flows["f"], flows, seconds).worst
    assert found is not None
    assert found.seconds == 10.0
    assert [name for name, _ in found.steps] == ["a", "s", "r", "desk"]


def test_the_estimate_is_near_the_voice() -> None:
    # Measured from the offline voice: 4.9 s and 3.6 s.
    assert 2.0 < estimate(PromptSegment("您好, 这里是示范银行。", "zh")) < 3.5
    assert (
        3.0
        < estimate(PromptSegment("I am connecting you to an agent, one moment please.", "en"))
        < 4.5
    )
