"""Completing: how far an answer has come, by phrases, values, polite words and unknown speech."""

import pytest

from ivr.dialogue.completing import completing
from ivr.dialogue.grammar import Completion, Grammar
from ivr.dialogue.spoken_values import amount_words, digit_words

OPEN, LATER, DONE = Completion.INCOMPLETE, Completion.EXTENDABLE, Completion.COMPLETE

MENU = Grammar("zh", ("查余额", "(请)帮我查余额", "转账", "转账限额", "转人工"))
ENGLISH = Grammar("en", ("check my balance", "transfer", "transfer limit", "lost card"))


def number(kind: str, least: int, most: int, language: str = "zh") -> Grammar:
    return Grammar(language, ("转人工",), digit_words(language), least, most, kind)


CARD = number("card_number", 13, 19)
AMOUNT = Grammar("zh", ("转人工",), amount_words("zh"), 1, 16, "amount")


@pytest.mark.parametrize(
    ("grammar", "text", "found"),
    [
        (MENU, "", OPEN),
        (MENU, "查", OPEN),
        (MENU, "查 余额", DONE),
        (MENU, "我 想 查 余额", DONE),
        (MENU, "嗯 那个 查 余额 吧", DONE),
        (MENU, "我 想", OPEN),
        (MENU, "转账", LATER),
        (MENU, "我 要 转账", LATER),
        (MENU, "转账 限额", DONE),
        (MENU, "查 余额 查 余额", LATER),
        (MENU, "余额 转人工", LATER),
        (MENU, "[unk]", OPEN),
        (MENU, "[unk] 查 余额", DONE),
        (MENU, "[unk] [unk] 转账 限额", DONE),
        (MENU, "查 余额 [unk]", LATER),
        (MENU, "查 [unk] 余额", LATER),
        (MENU, "[unk] 查", OPEN),
        (ENGLISH, "i'd like to", OPEN),
        (ENGLISH, "i'd like to check my balance please", DONE),
        (ENGLISH, "check my", OPEN),
        (ENGLISH, "transfer", LATER),
        (ENGLISH, "transfer limit", DONE),
        (ENGLISH, "[unk] lost card", DONE),
        (number("digits", 4, 4), "一 二 三", OPEN),
        (number("digits", 4, 4), "一 二 三 四", DONE),
        (number("digits", 4, 6), "一 二 三 四", LATER),
        (number("digits", 4, 4), "转人工", DONE),
        (number("rating", 1, 1), "五", DONE),
        (number("phone", 11, 11), "幺 三 八 零 零 一 三 八", OPEN),
        (number("phone", 11, 11), "幺 三 八 零 零 一 三 八 零 零 零", DONE),
        (number("digits", 4, 4, "en"), "one two three", OPEN),
        (number("digits", 4, 4, "en"), "one two three four", DONE),
        (CARD, "四 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺", OPEN),
        (CARD, "四 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺 幺", DONE),
        (CARD, "四 幺 幺 幺 幺 幺 [unk] 幺 幺 幺 幺 幺 幺 幺 幺 幺", LATER),
        (CARD, "四 幺 幺 [unk] 幺 幺 幺 幺", OPEN),
        (number("digits", 4, 4), "一 [unk] 三 四", LATER),
        (CARD, "六 二 二 八 四 八 零 四 零 二 五 六 四 八 九 一", LATER),
        (AMOUNT, "三 千 五", LATER),
        (AMOUNT, "三 千 五 百 块钱", DONE),
        (AMOUNT, "转", OPEN),
        (Grammar("zh"), "随便", LATER),
        (Grammar("zh"), "", OPEN),
        (Grammar("zh", (), ("一", "二"), 2, 2), "一 二", DONE),
    ],
)
def test_completing(grammar: Grammar, text: str, found: Completion) -> None:
    assert completing(grammar, text) is found
