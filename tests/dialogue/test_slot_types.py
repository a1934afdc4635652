"""Slot types and surveys: what is taken, what is refused, by keys and by voice."""

import pytest

from ivr.dialogue.slot_types import TYPES, wrong_card, wrong_id, wrong_phone
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.flow.slot_types import SLOT_TYPES
from tests.dialogue.talks import STARTED, Stepper

FLOW = """
flow: f
languages: [zh, en]
start: kind
commands: {operator: {goto: z}}
nodes:
  kind:
    kind: menu
    slot: chosen
    prompt: 办什么
    choices:
      id: {key: 1, goto: id, phrases: 身份证}
      card: {key: 2, goto: card, phrases: 银行卡}
      phone: {key: 3, goto: phone, phrases: 手机}
      rate: {key: 4, goto: rate, phrases: 评分}
  id: {kind: collect, type: id_number, slot: id, prompt: 请说身份证号, goto: z}
  card: {kind: collect, type: card_number, slot: card, prompt: 请说卡号, goto: z}
  phone: {kind: collect, type: phone, slot: phone, prompt: 请说手机号, goto: z}
  rate: {kind: survey, slot: stars, prompt: 请打分, goto: z}
  z: {kind: hangup, prompt: "{chosen} {stars}"}
"""
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")
GOOD_ID = "11010519491231002X"
GOOD_CARD = "4111111111111111"


def at(key: str) -> Stepper:
    call = Stepper("f", BOOK)
    call.take(STARTED)
    call.keys(key)
    return call


def test_each_type_of_the_language_is_known_to_the_dialogue() -> None:
    assert TYPES.keys() == SLOT_TYPES.keys()


@pytest.mark.parametrize(
    ("value", "right"),
    [(GOOD_ID, True), ("110105194912310021", False), ("1101051949123100", False), ("", False)],
)
def test_identity_numbers(value: str, right: bool) -> None:
    assert (wrong_id(value) == "") == right


@pytest.mark.parametrize(("value", "right"), [(GOOD_CARD, True), ("4111111111111112", False)])
def test_cards(value: str, right: bool) -> None:
    assert (wrong_card(value) == "") == right


@pytest.mark.parametrize(
    ("value", "right"), [("13800138000", True), ("12800138000", False), ("23800138000", False)]
)
def test_phones(value: str, right: bool) -> None:
    assert (wrong_phone(value) == "") == right


def test_an_identity_number_by_keys_ends_in_a_star() -> None:
    call = at("1")
    call.keys(GOOD_ID[:17] + "*")
    assert call.state.slots["id"] == GOOD_ID and call.state.node == "z"


def test_an_identity_number_by_voice() -> None:
    call = at("1")
    call.says("一 一 零 一 零 五 一 九 四 九 一 二 三 一 零 零 二 x")
    assert call.state.slots["id"] == GOOD_ID


def test_a_wrong_check_digit_is_asked_again_and_the_reason_is_told() -> None:
    call = at("2")
    call.keys("4111111111111112#")
    assert call.state.node == "card" and call.state.nomatches == 1
    assert any("check digit" in getattr(action, "text", "") for action in call.actions)
    call.keys(GOOD_CARD + "#")
    assert call.state.slots["card"] == GOOD_CARD


def test_a_phone_number_is_taken_at_its_last_digit() -> None:
    call = at("3")
    call.keys("13800138000")
    assert call.state.slots["phone"] == "13800138000"


def test_a_menu_keeps_its_choice() -> None:
    assert at("3").state.slots["chosen"] == "phone"


@pytest.mark.parametrize(
    ("said", "stars"), [("五", 5), ("四 分", 4), ("我 给 三", None), ("九", None)]
)
def test_a_rating_by_voice(said: str, stars: int | None) -> None:
    call = at("4")
    call.says(said)
    assert call.state.slots.get("stars") == stars


def test_a_rating_by_key_and_none_at_all() -> None:
    call = at("4")
    call.keys("5")
    assert call.state.slots["stars"] == 5 and call.said == "评分 5"
    call = at("4")
    call.prompt_ends()
    call.timer_rings()
    assert call.state.node == "z" and "stars" not in call.state.slots
    call = at("4")
    call.keys("88")
    assert call.state.node == "z"


@pytest.mark.parametrize(
    "change",
    [
        ("type: phone,", "type: phone, length: 9,"),
        ("type: phone,", "type: fone,"),
        ("slot: stars,", "slot: stars, lowest: 6,"),
        ("slot: stars,", ""),
    ],
)
def test_faults(change: tuple[str, str]) -> None:
    issues = read_texts({"f": FLOW.replace(*change)})[1]
    assert [i.severity for i in issues].count("error") >= 1  # type: ignore[comparison-overlap]


def test_a_value_confirmed_only_when_unsure() -> None:
    text = FLOW.replace("slot: phone,", 'slot: phone, confirm: "{phone} 对吗", confirm_if: unsure,')
    call = Stepper("f", FlowBook(read_texts({"f": text})[0], "v"))
    call.take(STARTED)
    call.keys("3")
    spoken = "一 三 八 零 零 一 三 八 零 零 零"
    call.says(spoken, confidence=0.5)
    assert call.state.pending is not None and "对吗" in call.said
    call.says("不对")
    call.says(spoken)
    assert call.state.slots["phone"] == "13800138000"
