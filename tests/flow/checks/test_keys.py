"""Which keys a text mentions, and whether the key is said last."""

import pytest

from ivr.flow.checks.keys import mentions


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("查余额请按 1, 转账请按 2, 找人工请按 0。", "120"),
        ("查余额请按1，转账请按２号键", "1"),
        ("返回请按星号键, 结束请按井号键", "*#"),
        ("转账请按二, 请按键选择, 按时还款", "2"),
        ("请按 12 个月", ""),
    ],
)
def test_mandarin(text: str, keys: str) -> None:
    assert "".join(mention.key for mention in mentions(text, "zh")) == keys


def test_english() -> None:
    text = "For your balance press 1, a transfer press two, then press the pound key. Press 12."
    assert "".join(mention.key for mention in mentions(text, "en")) == "12#"


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("请按 1 查余额", "zh", True),
        ("查余额请按 1", "zh", False),
        ("对请按 1, 不对请按 2", "zh", False),
        ("请说对, 或者按 1", "zh", False),
        ("Press 1 for your balance", "en", True),
        ("For your balance press 1", "en", False),
        ("To end the call press 2 or just hang up", "en", False),
    ],
)
def test_the_key_comes_last(text: str, language: str, first: bool) -> None:
    assert [mention.first for mention in mentions(text, language)][:1] == [first]
