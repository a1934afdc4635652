"""Spoken values: digits and amounts as people say them."""

import pytest

from ivr.dialogue.spoken_values import digit_words, spoken_amount, spoken_digits


@pytest.mark.parametrize(
    ("text", "language", "digits"),
    [
        ("一 二 三 四", "zh", "1234"),
        ("幺 两 三 洞", "zh", "1230"),
        ("一二三四", "zh", "1234"),
        ("尾号 是 五 六 七 八", "zh", "5678"),
        ("我的 卡号 后四位 是 九 零 零 九", "zh", "9009"),
        ("1234", "zh", "1234"),
        ("嗯 一 二 三 四", "zh", "1234"),
        ("one two three four", "en", "1234"),
        ("it's oh five zero nine", "en", "0509"),
        ("my card number is 12 34", "en", "1234"),
    ],
)
def test_digits(text: str, language: str, digits: str) -> None:
    found = spoken_digits(text, language)
    assert (found.value, found.rest) == (digits, "")


def test_what_is_no_digit_is_told() -> None:
    assert spoken_digits("一 二 苹果", "zh").rest == "苹果"
    assert spoken_digits("one banana", "en").rest == "banana"


@pytest.mark.parametrize(
    ("text", "language", "amount"),
    [
        ("三千五", "zh", "3500"),
        ("三千 五百 块", "zh", "3500"),
        ("一百二", "zh", "120"),
        ("一百零二", "zh", "102"),
        ("十五", "zh", "15"),
        ("二十", "zh", "20"),
        ("两万块钱", "zh", "20000"),
        ("一万二", "zh", "12000"),
        ("十二万三千四百五十六", "zh", "123456"),
        ("1万2", "zh", "12000"),
        ("3500元", "zh", "3500"),
        ("五块", "zh", "5"),
        ("a hundred and twenty", "en", "120"),
        ("two grand", "en", "2000"),
        ("three thousand five hundred yuan", "en", "3500"),
        ("1,200", "en", "1200"),
        ("twenty five", "en", "25"),
        ("zero", "en", "0"),
    ],
)
def test_amounts(text: str, language: str, amount: str) -> None:
    found = spoken_amount(text, language)
    assert found is not None and found.value == amount


@pytest.mark.parametrize(
    ("text", "language"), [("苹果", "zh"), ("", "zh"), ("万", "zh"), ("a", "en")]
)
def test_no_amount(text: str, language: str) -> None:
    assert spoken_amount(text, language) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_digit_word_is_understood(language: str) -> None:
    for word in digit_words(language):
        assert len(spoken_digits(word, language).value) == 1
