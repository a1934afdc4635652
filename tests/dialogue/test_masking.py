"""Masking: what is hidden on supervisors' screens, in reasons, and for the agent."""

import pytest

from ivr.dialogue.masking import (
    last_digits,
    reason_without_digits,
    without_digits,
    without_long_numbers,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("6688", "••••"),
        ("六六八八", "••••"),
        ("幺三两零", "••••"),
        ("查余额", "查余额"),
        ("zero", "zero"),
        ("三〇五", "•••"),
    ],
)
def test_digits_are_hidden(text: str, shown: str) -> None:
    assert without_digits(text) == shown


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (
            '"六六" is card 6688, certainty 0.97: accept',
            '"••" is card ••••, certainty 0.97: accept',
        ),
        ('"转一百" is amount 100: accept', '"转•百" is amount •••: accept'),
        ("4 digits keyed: card", "4 digits keyed: card"),
        ("noinput 1: silence for 12 s", "noinput 1: silence for 12 s"),
        ("noinput 1: silence for 0.6 s", "noinput 1: silence for 0.6 s"),
        ("card is 6688.", "card is ••••."),
    ],
)
def test_reasons_keep_our_figures_and_hide_the_caller_s(reason: str, shown: str) -> None:
    assert reason_without_digits(reason) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("尾号 6688", "尾号 6688"),
        ("6222021234567890", "************7890"),
        ("6222 0212 3456 7890", "************7890"),
        ("我的号码是一三八一二三四五六七八。", "我的号码是*******五六七八。"),
        ("11010119900307001X", "**************001X"),
        ("三点半", "三点半"),
    ],
)
def test_long_numbers_are_hidden_but_for_their_end(text: str, shown: str) -> None:
    assert without_long_numbers(text) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "*******5678"),
        ("138 1234-5678", "*******5678"),
        ("5678", "****"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_of_a_number_the_end_is_shown_but_never_all(number: str, shown: str) -> None:
    assert last_digits(number) == shown
