"""Understanding: what is meant, what is refused, and the reason given."""

import pytest

from ivr.dialogue.understanding import Band, Candidate, Match, choose
from tests.dialogue.talks import utterance

BANK = (
    Candidate("balance", ("查余额", "账户余额", "还有多少钱")),
    Candidate("transfer", ("转账", "给别人转钱")),
    Candidate("card_loss", ("挂失", "我的卡丢了", "银行卡丢了")),
    Candidate("operator", ("人工", "人工服务")),
)
ENGLISH = (
    Candidate("balance", ("balance", "check my balance")),
    Candidate("card_loss", ("i lost my card", "lost card")),
    Candidate("loans", ("loan", "home loan")),
)
ANSWERS = (Candidate("yes", ("是", "是的", "对", "好的")), Candidate("no", ("不", "不是", "不对")))


def match(text: str, among: tuple[Candidate, ...] = BANK, confidence: float = 1.0) -> Match:
    return choose(utterance(text, confidence), among, reject=0.4, accept=0.65)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("查余额", "balance"),
        ("查 余额", "balance"),
        ("我想 查 余额", "balance"),
        ("请 帮我 查 一下 余额", "balance"),
        ("那个 我要 挂失 一下 吧", "card_loss"),
        ("喂 你好 我的 卡 丢了 啊", "card_loss"),
        ("我的 卡 丢了 怎么办", "card_loss"),
        ("[unk] 挂失", "card_loss"),
        ("挂失 [unk]", "card_loss"),
        ("挂失 挂失", "card_loss"),
        ("人工 服务", "operator"),
        ("查余额 查余额", "balance"),
    ],
)
def test_what_people_say_in_mandarin(text: str, name: str) -> None:
    found = match(text)
    assert (found.name, found.band) == (name, Band.ACCEPT), found.why


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("check my balance", "balance"),
        ("I want to check my balance please", "balance"),
        ("i lost my card", "card_loss"),
        ("hello i lost my card yesterday", "card_loss"),
        ("i'd like a loan", "loans"),
        ("home loan", "loans"),
    ],
)
def test_what_people_say_in_english(text: str, name: str) -> None:
    found = match(text, ENGLISH)
    assert (found.name, found.band) == (name, Band.ACCEPT), found.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no words"),
        ("[unk]", "outside the grammar"),
        ("[unk] [unk]", "outside the grammar"),
        ("查余额 转账", "mixes phrases of balance, transfer"),
        ("挂失 多少钱", "mixes"),
        ("今天 天气 不错", "no phrase"),
        ("丢了 余额", "no phrase"),
        ("还有", "no phrase"),
    ],
)
def test_what_is_refused_and_why(text: str, why: str) -> None:
    found = match(text)
    assert found.name == "" and found.band is Band.REJECT
    assert why in found.why


@pytest.mark.parametrize(
    ("confidence", "band"), [(1.0, Band.ACCEPT), (0.5, Band.CONFIRM), (0.2, Band.REJECT)]
)
def test_confidence_bands(confidence: float, band: Band) -> None:
    found = match("挂失", confidence=confidence)
    assert found.band is band
    assert found.certainty == pytest.approx(confidence)
    assert (found.name == "") == (band is Band.REJECT)


def test_a_close_phrase_is_found_and_the_closeness_is_told() -> None:
    found = match("我的卡掉了")
    assert found.name == "card_loss" and found.facts["how"] == "is close to"
    assert found.facts["score"] == pytest.approx(0.8)


def test_as_close_to_two_is_neither() -> None:
    found = match("开卡", (Candidate("a", ("开卡一",)), Candidate("b", ("开卡二",))))
    assert found.name == "" and "as close to" in found.why


@pytest.mark.parametrize(
    ("text", "name"),
    [("是", "yes"), ("是的", "yes"), ("不是", "no"), ("不对 不对", "no"), ("对 对", "yes")],
)
def test_yes_and_no_are_not_taken_for_each_other(text: str, name: str) -> None:
    assert match(text, ANSWERS).name == name


def test_the_facts_hold_what_the_decision_was_made_of() -> None:
    facts = match("[unk] 挂失", confidence=0.9).facts
    assert facts["heard"] == "挂失" and facts["phrase"] == "挂失"
    assert facts["unknown_words"] == 1 and facts["confidence"] == pytest.approx(0.9)
