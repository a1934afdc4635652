"""Collecting values: dates, times, yes or no, long numbers in parts, keys that take over."""

from dataclasses import replace

import pytest

from ivr.dialogue import actions, events
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from tests.dialogue.talks import STARTED, Stepper, utterance

FLOW = """
flow: f
languages: [zh]
start: which
commands: {operator: {goto: z}}
variables: {sum: 0}
nodes:
  which:
    kind: collect
    slot: wish
    prompt: 日期请按 1, 时间请按 2, 是否请按 3, 卡号请按 4, 金额请按 5
    choices:
      day: {key: 1, phrases: 日期}
      hour: {key: 2, phrases: 时间}
      sure: {key: 3, phrases: 是否, label: 是否}
      card: {key: 4, phrases: 卡号}
      sum: {key: 5, phrases: 金额}
    goto: split
  split:
    kind: branch
    cases:
      - {when: 'wish == "day"', goto: day}
      - {when: 'wish == "hour"', goto: hour}
      - {when: 'wish == "sure"', goto: sure}
      - {when: 'wish == "card"', goto: card}
    otherwise: sum
  day: {kind: collect, type: date, slot: day, prompt: 哪一天, confirm: "{day}, 对吗", goto: z}
  hour: {kind: collect, type: time, slot: hour, prompt: 几点, goto: z}
  sure: {kind: collect, type: yes_no, slot: agreed, prompt: 同意吗, goto: z}
  card:
    kind: collect
    type: card_number
    slot: card
    prompt: 卡号
    input: {speech_timeout: 1.5, hints: {zh: 我的卡号}}
    goto: z
  sum: {kind: collect, type: amount, slot: sum, prompt: 多少, goto: z}
  z: {kind: hangup, prompt: "{wish} {day} {hour} {agreed|yes_no} {sum}"}
"""
FLOWS, ISSUES = read_texts({"f": FLOW})
BOOK = FlowBook(FLOWS, "v")


def at(key: str) -> Stepper:
    call = Stepper("f", BOOK)
    call.take(STARTED)  # a Monday, 5 January 2026
    call.keys(key)
    return call


def test_the_flow_is_clean() -> None:
    assert [str(issue) for issue in ISSUES] == []


def test_a_free_choice_is_kept_by_name() -> None:
    call = Stepper("f", BOOK)
    call.take(STARTED)
    call.says("时间")
    assert call.state.slots["wish"] == "hour" and call.state.node == "hour"
    assert call.state.intent == ""


@pytest.mark.parametrize(
    ("said", "day"),
    [("下 周 三", "2026-01-14"), ("明天", "2026-01-06"), ("十 二 月 三 号", "2026-12-03")],
)
def test_dates_by_voice(said: str, day: str) -> None:
    call = at("1")
    call.says(said)
    assert "月" in call.said, "it is read back as people say dates"
    call.keys("1")
    assert call.state.slots["day"] == day


def test_dates_by_keys() -> None:
    call = at("1")
    call.keys("20261203")
    call.keys("1")
    assert call.state.slots["day"] == "2026-12-03"


@pytest.mark.parametrize("keys", ["20260230", "20261301", "00000000"])
def test_days_that_are_none(keys: str) -> None:
    call = at("1")
    call.keys(keys)
    assert call.state.node == "day" and call.state.nomatches == 1


@pytest.mark.parametrize(("said", "time"), [("下午 三 点 半", "15:30"), ("早上 八 点", "08:00")])
def test_times_by_voice(said: str, time: str) -> None:
    call = at("2")
    call.says(said)
    assert call.state.slots["hour"] == time


def test_times_by_keys() -> None:
    call = at("2")
    call.keys("2561")
    assert call.state.nomatches == 1
    call.keys("1530")
    assert call.state.slots["hour"] == "15:30" and "下午三点半" in call.said


@pytest.mark.parametrize(
    ("said", "agreed"), [("同意", True), ("不 同意", False), ("没问题", True), ("不用了", False)]
)
def test_yes_or_no_by_voice(said: str, agreed: bool) -> None:
    call = at("3")
    call.says(said)
    assert call.state.slots["agreed"] is agreed


@pytest.mark.parametrize(("key", "agreed", "told"), [("1", True, "是的"), ("2", False, "不是")])
def test_yes_or_no_by_key(key: str, agreed: bool, told: str) -> None:
    call = at("3")
    call.keys(key)
    assert call.state.slots["agreed"] is agreed and told in call.said


def test_an_amount_may_have_cents() -> None:
    call = at("5")
    call.says("三 块 五")
    assert call.state.slots["sum"] == 3.5


# -- long numbers in parts ---------------------------------------------------------------------

FIRST, REST = "四 一 一 一 一 一 一 一 一 一 一 一", "一 一 一 一"


def test_only_the_missing_part_is_asked_for() -> None:
    call = at("4")
    call.says(FIRST)
    assert call.said == "已听到 12 位, 还差 4 位"
    assert call.state.nomatches == 0
    call.prompt_ends()
    call.says(REST)
    assert call.state.slots["card"] == "4" + "1" * 15


def test_keys_take_over_in_the_middle() -> None:
    call = at("4")
    call.says(FIRST)
    call.keys("1111")
    call.timer_rings()
    assert call.state.slots["card"] == "4" + "1" * 15


def test_the_star_begins_the_value_again() -> None:
    call = at("4")
    call.says(FIRST)
    call.keys("*")
    assert call.state.held == "" and call.said == "卡号"


def test_nothing_new_is_a_nomatch() -> None:
    call = at("4")
    call.says(FIRST)
    call.prompt_ends()
    call.says("嗯")
    assert call.state.nomatches == 1 and call.state.held, "but what was heard stands"


def test_the_whole_number_said_again_counts_once() -> None:
    call = at("4")
    call.says(FIRST)
    call.prompt_ends()
    call.says(f"{FIRST} {REST}")
    assert call.state.slots["card"] == "4" + "1" * 15


# -- settings ----------------------------------------------------------------------------------


def test_speech_timeout_and_hints_reach_the_recogniser() -> None:
    call = at("4")
    (listen,) = [one for one in call.actions if isinstance(one, actions.Listen)]
    ends = listen.endpointing
    assert (ends.complete_ms, ends.extendable_ms, ends.incomplete_ms) == (1500, 1500, 1500)
    assert "我的卡号" in listen.grammar.phrases


def test_a_check_digit_chooses_among_the_guesses_and_the_caller_is_asked() -> None:
    call = at("4")
    said = "六二二二零二零零零零零零零零零二"  # the last digit was misheard
    guesses = (said, said[:-1] + "三", said[:-1] + "七")
    call.take(events.SpeechBegan(), events.Heard(replace(utterance(said), alternatives=guesses)))
    assert call.state.node == "card" and "card" not in call.state.slots and call.state.pending
    call.says("是")
    assert call.state.slots["card"] == "6222020000000007"


def test_a_command_is_not_taken_for_a_guess() -> None:
    call = at("4")
    heard = replace(utterance("人工"), alternatives=("六二二二零二零零零零零零零零零七",))
    call.take(events.SpeechBegan(), events.Heard(heard))
    assert call.state.node == "z" and "card" not in call.state.slots
