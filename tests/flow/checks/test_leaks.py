"""Secrets in texts are found by what they are; ordinary numbers are not."""

import pytest

from ivr.flow.checks.leaks import luhn_holds, secret_in


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("卡号 6222 0212 3456 7894。", "a card number"),
        ("Your card 4111-1111-1111-1111.", "a card number"),
        ("身份证 11010519491231002X", "an ID number"),
        ("密码是 abc12345", "a password"),
        ("The PIN is 4711", "a password"),
        ("use sk-abcdefghijklmnop1234", "a token"),
        ("key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", "a token"),
    ],
)
def test_secrets(text: str, what: str) -> None:
    assert secret_in(text) == what


@pytest.mark.parametrize(
    "text",
    [
        "客服电话 4008888888888", "订单号 6222021234567891", "请输入密码", "您的密码是六位数字",
        "Please say your password is lost", "电话 01012345678", "0000000000000000",
        "工作日九点到五点",
    ],
)  # fmt: skip
def test_no_secrets(text: str) -> None:
    assert secret_in(text) == ""


def test_luhn() -> None:
    assert luhn_holds("79927398713")
    assert not luhn_holds("79927398710")
