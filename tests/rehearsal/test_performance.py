"""Playing a conversation: what an `expect` sees, and how its failures read."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.actions import StartLookup
from ivr.dialogue.exits import traced
from ivr.dialogue.simulator import LookupAnswer
from ivr.flow.library import load_book, read_texts
from ivr.flow.model import FlowBook
from ivr.rehearsal.performance import mocked, perform, typed_stage
from ivr.rehearsal.script_reader import read_script
from tests.rehearsal.pieces import BOOK, conversation, played


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("{node: bye}", 'node: expected "bye", got "main"'),
        ("{text: 挂失}", 'text: expected "挂失", got'),
        ("挂失", 'text: expected "挂失", got'),
        ("{absent: 挂号}", 'absent: expected "挂号" not to be said'),
        ('{pattern: "^挂失"}', "pattern: expected"),
        ('{pattern: "(("}', "no pattern"),
        ("{ended: done}", 'ended: expected "done", got nothing'),
        ("{slots: {number: 1}}", 'slot number: expected "1", got nothing'),
        ("{language: en}", 'language: expected "en", got "zh"'),
        ("{intent: x}", 'intent: expected "x", got nothing'),
        ("{transfer: general}", "no transfer"),
        ("{queue: zh-general.3}", "no agents file"),
        ("{issue: x}", 'issue: expected "x", got nothing'),
        ("{whisper: x}", 'whisper: expected "x", got nothing'),
        ("{context: {a: b}}", 'context a: expected "b", got nothing'),
        ("{exit: main.book}", 'exit: expected "main.book"'),
        ("{why: because}", "why: expected"),
    ],
)
def test_what_is_otherwise_is_told_with_its_place(expected: str, told: str) -> None:
    done = played("caller: 再说一遍", f"expect: {expected}")
    (failure,) = done.failures
    assert told in str(failure) and str(failure).startswith("one.yaml:6: ")


def test_what_is_so_is_not_told() -> None:
    done = played(
        "expect: {node: main, language: zh}",
        "caller: 挂号",
        "expect: {node: number, exit: main.book, within_ms: 100, absent: 抱歉}",
        'dtmf: "1234#"',
        "caller: 对",
        "expect: {slots: {number: 1234}}",
    )
    assert not done.failures, done.failures


def test_text_counts_from_the_callers_last_step() -> None:
    first = played("expect: {text: 挂号}")
    assert not first.failures
    later = played("caller: 挂号", "expect: {absent: 请问}")
    assert not later.failures


def test_a_conversation_may_begin_in_another_language() -> None:
    one = replace(conversation("expect: {language: en}"), language="en")
    assert not perform(one, typed_stage(BOOK, one)).failures


def test_mocks_by_short_and_full_name() -> None:
    answer = LookupAnswer("ok", {"a": 1})
    asked = StartLookup(1, "bank.balance", {})
    assert mocked({"balance": answer}, asked) is answer
    assert mocked({"bank.balance": answer}, asked) is answer
    assert mocked({"other": answer}, asked).exit == "failed"


LOOKUP = """\
flow: shop
languages: [zh]
start: ask
variables: {stock: 0}
lookups:
  stock: {method: GET, url: "https://shop.invalid/stock", timeout: 2, answer: {count: count}}
nodes:
  ask:
    kind: lookup
    lookup: stock
    prompt: 请稍等。
    take: {stock: count}
    goto: said
    exits: {timeout: slow, otherwise: broken}
  said: {kind: say, prompt: "还有{stock}件。", goto: bye}
  slow: {kind: say, prompt: 系统很慢。, goto: bye}
  broken: {kind: say, prompt: 系统坏了。, goto: bye}
  bye: {kind: hangup, prompt: 再见。}
"""


@pytest.mark.parametrize(
    ("mock", "expected"),
    [
        ("{stock: {values: {count: 7}, after: 0.3}}", "{text: 还有 7 件, exit: ask.ok}"),
        ("{stock: {values: {count: many}}}", "{text: 系统坏了, exit: ask.otherwise}"),
        ("{stock: timeout}", "{text: 系统很慢, exit: ask.timeout}"),
        ("{stock: {after: 60}}", "{text: 系统很慢}"),
        ("{}", "{text: 系统坏了}"),
    ],
)
def test_lookups_give_what_is_written(tmp_path: Path, mock: str, expected: str) -> None:
    (tmp_path / "shop.yaml").write_text(LOOKUP, encoding="utf-8")
    book = traced(load_book(tmp_path))
    text = f"flow: shop\nmock: {mock}\nconversations:\n  - name: a\n    steps: [expect: {expected}]"
    (one,) = read_script(text, "t.yaml")
    done = perform(one, typed_stage(book, one))
    assert not done.failures, done.failures
    assert done.stage.state.outcome == "done"


KNOWN = """\
flow: desk
languages: [zh]
start: who
nodes:
  who:
    kind: branch
    cases: [{when: caller.tier == "vip", goto: vip}]
    otherwise: other
  vip: {kind: hangup, prompt: 贵宾您好。}
  other: {kind: hangup, prompt: 您好。}
"""


def test_what_is_known_of_a_caller_reaches_the_flow(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(KNOWN, encoding="utf-8")
    book = traced(load_book(tmp_path))
    for tier, way in (("vip", "case.1"), ("new", "otherwise")):
        text = f"""\
flow: desk
conversations:
  - {{name: a, as: {{tier: {tier}}}, steps: [expect: {{exit: who.{way}}}]}}
"""
        (one,) = read_script(text, "t.yaml")
        done = perform(one, typed_stage(book, one))
        assert not done.failures, done.failures


def test_a_fault_of_the_flow_fails_the_test_although_the_call_is_saved() -> None:
    circle = KNOWN.replace("goto: vip}]", "goto: who}]").replace('"vip"', '"new"')
    flows, _ = read_texts({"desk.yaml": circle})
    book = traced(FlowBook(flows, "x"))
    text = "flow: desk\nconversations:\n  - {name: a, as: {tier: new}, steps: []}\n"
    (one,) = read_script(text, "t.yaml")
    (failure,) = perform(one, typed_stage(book, one)).failures
    assert failure.what == "flow" and "FlowRanAway" in failure.got and failure.place.line == 3
