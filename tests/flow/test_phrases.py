"""Phrases: what a pattern stands for, and what is no pattern."""

import pytest

from ivr.flow.phrases import MAX_SENTENCES, sentences


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("挂失", ("挂失",)),
        ("(我要)?挂失", ("挂失", "我要挂失")),
        ("(我要|我想)挂失", ("我要挂失", "我想挂失")),
        ("查(一下)?(余额|账)", ("查余额", "查账", "查一下余额", "查一下账")),
        ("(check)? my  balance", ("my balance", "check my balance")),
        ("a|b", ("a", "b")),
        ("((a)?b)?c", ("c", "bc", "abc")),
    ],
)
def test_sentences(pattern: str, said: tuple[str, ...]) -> None:
    assert sentences(pattern) == said


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "not closed"),
        ("a)", "closes nothing"),
        ("", "something to say"),
        ("(a)?", "something to say"),
        ("。", "something to say"),
        ("a\nb\x00", "control"),
        ("x" * 81, "at most 80"),
        ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", f"at most {MAX_SENTENCES}"),
        ("(" * 100 + "a" + ")" * 100, "at most 20 groups"),
    ],
)
def test_faults(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sentences(pattern)
