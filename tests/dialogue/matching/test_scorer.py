"""Scorer: what sounds alike, how probably, and the reason given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.matching import SoundMatcher, matcher_for
from ivr.dialogue.matching.alignment import align, cost
from ivr.dialogue.matching.confusions import distance
from ivr.dialogue.matching.english import phones
from ivr.dialogue.matching.likelihood import probabilities
from ivr.dialogue.matching.reasons import reason
from ivr.dialogue.matching.sounds import sounds

MENU = SoundMatcher(
    [
        ("card_loss", ("挂失", "我的卡丢了")),
        ("balance", ("查余额", "卡里还有多少钱")),
        ("loans", ("贷款", "loan", "home loan")),
    ]
)
HANZI = st.text(st.sampled_from("挂失是余额鱼恶贷款带宽转账我的卡丢了查"), max_size=12)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("挂是", "card_loss"),
        ("查鱼鹅", "balance"),
        ("卡里海有多少前", "balance"),
        ("喂我要查一下鱼额", "balance"),
        ("带宽", "loans"),
        ("lone", "loans"),
        ("home lone", "loans"),
    ],
)
def test_what_sounds_alike_is_found(said: str, name: str) -> None:
    best = MENU.read(said)[0]
    assert best.name == name and best.probability > 0.8


@pytest.mark.parametrize("said", ["今天天气不错", "苹果多少钱一斤", "happy birthday", "", "?!"])
def test_what_does_not_is_improbable(said: str) -> None:
    assert all(reading.probability < 0.2 for reading in MENU.read(said))


def test_the_reason_names_the_sounds() -> None:
    assert reason("挂是", "挂失", 0.93) == "挂失 ~ 挂是: 声母 sh/sh, 韵母 i/i, 声调 1/4, 分数 0.93"
    assert reason("钻脏", "转账", 0.9) == "转账 ~ 钻脏: 声母 zh/z, 声母 zh/z, 分数 0.90"
    assert reason("银情", "银行", 0.5).startswith("银行 ~ 银情: 声母 h/q, 韵母 ang/ing")
    assert reason("lone", "loan", 1.0) == "loan ~ lone: same sounds, score 1.00"
    assert "少账" in reason("转", "转账", 0.1)


def test_accents_cost_less_than_other_errors() -> None:
    def apart(one: str, other: str) -> float:
        return distance(sounds(one)[0], sounds(other)[0])

    for one, other in ("知资", "吃疵", "诗思", "拿拉", "发哈", "热乐", "音英", "根耕", "班帮"):
        assert apart(one, other) < 0.3, (one, other)
    assert apart("知", "大") > 0.8
    assert apart("诗", "诗") == 0 < apart("诗", "师") < apart("诗", "是") < apart("诗", "思")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("loan", "lone"),
        ("night", "knight"),
        ("weight", "wait"),
        ("their", "there"),
        ("sale", "sail"),
    ],
)
def test_english_words_of_one_sound_have_one_key(one: str, other: str) -> None:
    assert phones(one) == phones(other)


@pytest.mark.parametrize(("one", "other"), [("loan", "alone"), ("card", "cash"), ("pin", "fine")])
def test_english_words_of_other_sounds_do_not(one: str, other: str) -> None:
    assert phones(one) != phones(other)


def test_abbreviations_are_spelled_out() -> None:
    assert phones("SMS") == phones("essemess")


@given(HANZI, HANZI)
def test_cost_is_the_cost_of_the_alignment_and_symmetric(one: str, other: str) -> None:
    said, phrase = sounds(one), sounds(other)
    whole = cost(said, phrase)
    assert whole == pytest.approx(align(said, phrase).cost)
    assert whole == pytest.approx(cost(phrase, said))
    assert cost(said, said) == 0
    assert cost(said, phrase, free_ends=True) <= whole + 1e-9


@given(st.text(max_size=60))
def test_any_text_has_readings_of_sound_mind(text: str) -> None:
    readings = MENU.read(text)
    assert sum(reading.probability for reading in readings) <= 1 + 1e-9
    assert [r.probability for r in readings] == sorted(r.probability for r in readings)[::-1]
    for reading in readings:
        assert 0 <= reading.likeness <= 1 and reading.why


def test_two_equally_alike_share_the_probability() -> None:
    assert probabilities([3.0, 3.0]) == pytest.approx([0.4878, 0.4878], abs=1e-3)
    assert probabilities([]) == []


def test_a_set_of_phrases_is_prepared_once() -> None:
    menu = (("a", ("挂失",)),)
    assert matcher_for(menu) is matcher_for(menu)
