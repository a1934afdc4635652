import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ModelError
from ivr.speech.lexicon import MAX_PHRASE_CHARS, UNKNOWN, Lexicon, Segmentation

ZH = Lexicon.of(
    [
        *("我要", "我", "要", "查", "余额", "查余额", "余", "额", "挂失", "信用卡", "信用", "卡"),
        *("一", "幺", "二", "三", "零", "<eps>", "#0", UNKNOWN),
    ]
)
EN = Lexicon.of(["check", "my", "balance", "i", "i'd", "one", "two", "zero", "oh", "ATM", "like"])


def said(lexicon: Lexicon, phrase: str, language: str) -> list[str]:
    return [" ".join(variant) for variant in lexicon.segment(phrase, language).variants]


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("查余额", ["查余额"]),
        ("我要查余额", ["我要 查余额"]),
        ("信用卡挂失", ["信用卡 挂失"]),
        ("我要，查 余额！", ["我要 查 余额"]),
        ("卡1", ["卡 一", "卡 幺"]),
        ("１３", ["一 三", "幺 三"]),
        ("2", ["二"]),
        ("", []),
        ("！？", []),
    ],
)
def test_mandarin(phrase: str, words: list[str]) -> None:
    assert said(ZH, phrase, "zh") == words


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("Check my BALANCE.", ["check my balance"]),
        ("I\u2019d like", ["i'd like"]),
        ("atm", ["ATM"]),
        ("10", ["one zero", "one oh"]),
        ("check-my-balance", ["check my balance"]),
    ],
)
def test_english(phrase: str, words: list[str]) -> None:
    assert said(EN, phrase, "en-US") == words


def test_languages_in_one_phrase() -> None:
    both = Lexicon.of(["查", "余额", "my", "balance"])
    assert said(both, "查my balance余额", "zh") == ["查 my balance 余额"]


def test_missing_words_are_named_once_and_in_order() -> None:
    assert ZH.segment("我要转账转", "zh") == Segmentation(
        (("我要", UNKNOWN, UNKNOWN, UNKNOWN),), ("转", "账")
    )
    assert EN.segment("check 3 loans", "en").missing == ("3", "loans")


@pytest.mark.parametrize("word", ["<eps>", "#0", UNKNOWN, "", "a b", 'a"', "a\\", "a\0", "!SIL"])
def test_words_of_the_machinery_are_no_words(word: str) -> None:
    assert word not in Lexicon(lambda _: True)


def test_fewest_missing_goes_before_fewest_words() -> None:
    lexicon = Lexicon.of(["北京", "京东", "北"])
    assert said(lexicon, "北京东", "zh") == ["北 京东"]


def test_too_long_a_phrase() -> None:
    with pytest.raises(ModelError, match="shorten it to 200"):
        ZH.segment("我" * (MAX_PHRASE_CHARS + 1), "zh")


@given(st.text(max_size=MAX_PHRASE_CHARS), st.sampled_from(["zh", "en", "fr", ""]))
def test_only_words_of_the_model_come_out(phrase: str, language: str) -> None:
    for lexicon in (ZH, EN):
        result = lexicon.segment(phrase, language)
        words = {word for variant in result.variants for word in variant}
        assert all(word == UNKNOWN or word in lexicon for word in words)
        assert bool(result.missing) == (UNKNOWN in words)


@given(st.lists(st.sampled_from(["我要", "查", "余额", "挂失", "信用卡"]), min_size=1, max_size=20))
def test_cutting_loses_no_character(words: list[str]) -> None:
    (variant,) = ZH.segment("".join(words), "zh").variants
    assert "".join(variant) == "".join(words)
    assert len(variant) <= len(words)
