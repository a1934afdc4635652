"""Spoken values over several turns: what is missing, n-best lists, when a turn is over."""

import pytest

from ivr.dialogue.grammar import Completion
from ivr.dialogue.values import KINDS, Partial, Value, completion, grammar_words, parse, read_back

ID = "一一零一零五 一九四九 一二三一 零零二 叉"


def test_what_is_missing_is_told() -> None:
    found = parse("card_number", "四一一一 一一一一 一一一一", "zh")
    assert isinstance(found, Partial)
    assert found.tell("zh") == "已听到 12 位, 还差 4 位"
    assert found.tell("en") == "I heard 12, and 4 more digits are missing"


def test_only_the_rest_need_be_said() -> None:
    first = parse("card_number", "四一一一 一一一一 一一一一", "zh")
    assert isinstance(first, Partial)
    whole = parse("card_number", "后面是一一一一", "zh", held=first)
    assert isinstance(whole, Value) and whole.normal == "4111111111111111"


def test_a_caller_may_begin_again_when_asked_for_the_rest() -> None:
    first = parse("phone", "一三八 零零", "zh")
    assert isinstance(first, Partial) and first.missing == 6
    whole = parse("phone", "一三八 零零一三 八零零零", "zh", held=first)
    assert isinstance(whole, Value) and whole.normal == "13800138000"


@pytest.mark.parametrize(
    ("text", "problem", "missing"),
    [("一二三", "short", 1), ("一二三四", "", 0), ("一二三四五", "long", -1)],
)
def test_lengths(text: str, problem: str, missing: int) -> None:
    found = parse("digits", text, "zh", length=(4, 4))
    if not problem:
        assert isinstance(found, Value)
    else:
        assert isinstance(found, Partial) and (found.problem, found.missing) == (problem, missing)


def test_the_length_chooses_among_numbers() -> None:
    found = parse("digits", "我有 两张 卡 要查 尾号 五六七八 那张 分机 八零二", "zh", length=(4, 4))
    assert isinstance(found, Value) and found.normal == "5678"


@pytest.mark.parametrize(
    ("kind", "heard", "others", "normal"),
    [
        (
            "card_number",
            "四二四二 四二四二 四二四二 四二四三",
            ["四二四二 四二四二 四二四二 四二四二"],
            "4242424242424242",
        ),
        (
            "id_number",
            "一七零一零五 一九四九 一二三一 零零二 叉",
            ["一一零一零五 一九四九 一二三一 零零二 叉"],
            "11010519491231002X",
        ),
        ("phone", "一三八零零一三八零零", ["一三八零零一三八零零零"], "13800138000"),
    ],
)
def test_the_check_digit_chooses_among_guesses(
    kind: str, heard: str, others: list[str], normal: str
) -> None:
    assert isinstance(parse(kind, heard, "zh"), Partial)
    found = parse(kind, heard, "zh", alternatives=others)
    assert isinstance(found, Value) and found.normal == normal


def test_a_failed_check_and_a_birth_date_are_told_apart() -> None:
    check = parse("id_number", "110105194912310021", "zh")
    birth = parse("id_number", "110105194913310021", "zh")
    assert isinstance(check, Partial) and check.problem == "check"
    assert isinstance(birth, Partial) and birth.problem == "birth"


@pytest.mark.parametrize(
    ("kind", "text", "language", "expected"),
    [
        ("id_number", ID, "zh", Completion.COMPLETE),
        ("id_number", ID[:-2], "zh", Completion.INCOMPLETE),
        ("card_number", "四一一一 一一一一 一一一一 一一一一", "zh", Completion.COMPLETE),
        ("card_number", "六二零零 零零零零 零零零零 零零零五", "zh", Completion.EXTENDABLE),
        ("card_number", "四一一一", "zh", Completion.INCOMPLETE),
        ("phone", "一三八零零一三八零零零", "zh", Completion.COMPLETE),
        ("phone", "八八八八六六六六", "zh", Completion.EXTENDABLE),
        ("digits", "一二三四", "zh", Completion.COMPLETE),
        ("digits", "一二三", "zh", Completion.INCOMPLETE),
        ("digits", "一二三四 不对", "zh", Completion.INCOMPLETE),
        ("amount", "我想", "zh", Completion.INCOMPLETE),
        ("amount", "三千", "zh", Completion.EXTENDABLE),
        ("amount", "三千元", "zh", Completion.COMPLETE),
        ("amount", "三千 嗯", "zh", Completion.INCOMPLETE),
        ("date", "下周三", "zh", Completion.COMPLETE),
        ("date", "下周", "zh", Completion.INCOMPLETE),
        ("time", "下午三点", "zh", Completion.EXTENDABLE),
        ("time", "下午三点半", "zh", Completion.COMPLETE),
        ("yes_no", "是", "zh", Completion.EXTENDABLE),
        ("yes_no", "是的", "zh", Completion.COMPLETE),
        ("span", "上个月", "zh", Completion.EXTENDABLE),
        ("amount", "I want", "en", Completion.INCOMPLETE),
        ("amount", "two hundred", "en", Completion.EXTENDABLE),
        ("time", "three pm", "en", Completion.COMPLETE),
        ("yes_no", "no", "en", Completion.COMPLETE),
    ],
)
def test_completion(kind: str, text: str, language: str, expected: Completion) -> None:
    assert completion(kind, text, language, length=(4, 4)) is expected


@pytest.mark.parametrize(
    ("kind", "text", "language", "words"),
    [
        ("phone", "138 0013 8000", "zh", "幺三八，零零幺三，八零零零"),
        ("amount", "大概三千块", "zh", "大约三千元"),
        ("amount", "三毛五", "zh", "三角五分"),
        ("amount", "两块零五分", "zh", "二元零五分"),
        ("amount", "about fifty bucks", "en", "about fifty dollars"),
        ("time", "下午三点半", "zh", "下午三点半"),
        ("percent", "三成五", "zh", "百分之三十五"),
        ("card_number", "4242424242424242", "en",
         "four two four two, four two four two, four two four two, four two four two"),
    ],
)  # fmt: skip
def test_read_back(kind: str, text: str, language: str, words: str) -> None:
    found = parse(kind, text, language)
    assert isinstance(found, Value) and read_back(found, language) == words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_grammar_words_are_words(kind: str, language: str) -> None:
    words = grammar_words(kind, language)
    assert len(words) == len(set(words)) > 5


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of spoken value"):
        parse("colour", "红", "zh")
    with pytest.raises(ValueError, match="today"):
        parse("date", "明天", "zh")
