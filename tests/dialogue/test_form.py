"""Forms: several slots from one sentence, the rest asked for."""

import pytest

from ivr.dialogue import actions
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from tests.dialogue.talks import DATA, STARTED, Stepper

FLOW = (DATA / "cards.yaml").read_text(encoding="utf-8")
ISSUES = read_texts({"f": FLOW})[1]
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")


def opened() -> Stepper:
    call = Stepper("cards", BOOK)
    call.take(STARTED)
    return call


def test_it_is_clean() -> None:
    assert [str(issue) for issue in ISSUES] == []


def test_one_sentence_fills_two_slots_and_the_third_is_asked_for() -> None:
    call = opened()
    call.says("查 一下 信用卡 余额")
    assert call.state.slots == {"what": "balance", "card": "credit"}
    assert call.state.node == "ask.last" and call.said == "请说后四位"
    call.keys("1234")
    assert call.said == "查尾号 1 2 3 4 的 信用卡 的 余额 对吗"
    call.says("对")
    assert call.state.node == "z" and call.state.slots["last"] == "1234"
    assert call.state.intent == "", "a value is no intent"


def test_the_missing_slot_in_the_middle() -> None:
    call = opened()
    call.says("账单")
    assert call.state.node == "ask.card"
    call.says("借记卡")
    assert call.state.node == "ask.last" and call.state.slots["card"] == "debit"


@pytest.mark.parametrize("how", ["silence", "nonsense", "key"])
def test_without_an_answer_it_asks_for_one_thing_after_another(how: str) -> None:
    call = opened()
    if how == "silence":
        call.prompt_ends()
        call.timer_rings()
    elif how == "nonsense":
        call.says("今天 天气 不错")
    else:
        call.keys("5")
    assert call.state.node == "ask.what" and call.said == "余额请按 1"
    call.keys("2")
    call.keys("1")
    assert call.state.slots == {"what": "bill", "card": "credit"}


def test_no_begins_again_empty() -> None:
    call = opened()
    call.says("储蓄卡 余额")
    call.keys("1234")
    call.keys("2")
    assert call.state.node == "ask" and call.state.slots == {}


def test_two_values_for_one_slot_leave_it_open() -> None:
    call = opened()
    call.says("信用卡 账单 余额")
    assert call.state.slots == {"card": "credit"} and call.state.node == "ask.what"


def test_the_opening_listens_for_every_value() -> None:
    call = opened()
    listen = call.of(actions.Listen)[0]
    assert isinstance(listen, actions.Listen)
    assert {"余额", "信用卡", "借记卡", "人工"} <= set(listen.grammar.phrases)


def test_commands_work_in_a_form() -> None:
    call = opened()
    call.says("人工")
    assert call.state.node == "z"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("last: {length: 4", "last: {lenght: 4"), "unknown-key"),
        (("    goto: z\n", ""), "missing-key"),
        (("{card}的", "{crad}的"), "unknown-slot"),
        (("      last: {length: 4", "      Last: {length: 4"), "bad-value"),
        (("bill: {key: 2", "bill: {key: 1"), "key-clash"),
    ],
)  # fmt: skip
def test_faults(change: tuple[str, str], code: str) -> None:
    assert code in [issue.code for issue in read_texts({"f": FLOW.replace(*change)})[1]]
