"""Grammar: whether what was heard so far can be all of it."""

import pytest

from ivr.dialogue.grammar import Completion, Grammar

MENU = Grammar("zh", ("挂失", "挂失银行卡", "查余额", "check my balance"))
CARD = Grammar("zh", ("人工",), ("一", "二", "三"), 3, 4)


@pytest.mark.parametrize(
    ("grammar", "text", "completion"),
    [
        (MENU, "", Completion.INCOMPLETE),
        (MENU, "查", Completion.INCOMPLETE),
        (MENU, "查 余额", Completion.COMPLETE),
        (MENU, "挂失", Completion.EXTENDABLE),
        (MENU, "挂失 银行卡", Completion.COMPLETE),
        (MENU, "check my", Completion.INCOMPLETE),
        (MENU, "Check my balance", Completion.COMPLETE),
        (MENU, "[unk]", Completion.INCOMPLETE),
        (MENU, "[unk] 查 余额", Completion.EXTENDABLE),
        (MENU, "别的", Completion.INCOMPLETE),
        (CARD, "一 二", Completion.INCOMPLETE),
        (CARD, "一 二 三", Completion.EXTENDABLE),
        (CARD, "一 二 三 一", Completion.COMPLETE),
        (CARD, "人工", Completion.COMPLETE),
        (Grammar("zh"), "一", Completion.INCOMPLETE),
    ],
)
def test_completion(grammar: Grammar, text: str, completion: Completion) -> None:
    assert grammar.completion(text) is completion


def test_the_same_phrase_twice_does_not_keep_a_turn_open() -> None:
    assert Grammar("zh", ("挂失", "挂 失")).completion("挂失") is Completion.COMPLETE
