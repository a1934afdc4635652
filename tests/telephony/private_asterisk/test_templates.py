import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.templates import fill, placeholders


def test_values_and_blocks_are_filled_in() -> None:
    text = fill("port = {{port}}\n{{queues}}\n", {"port": 5060}, {"queues": "[a]\n[b]"})
    assert text == "port = 5060\n[a]\n[b]\n"


def test_an_unknown_placeholder_is_an_error() -> None:
    with pytest.raises(AsteriskError, match="no value for port"):
        fill("port = {{port}}", {})


def test_a_value_nobody_asks_for_is_an_error() -> None:
    with pytest.raises(AsteriskError, match="nothing asks for prot"):
        fill("port = {{port}}", {"port": 1, "prot": 2})


@pytest.mark.parametrize("bad", ["a\nsecret = x", "a\rb", "a\0b"])
def test_a_value_cannot_begin_a_line_of_its_own(bad: str) -> None:
    with pytest.raises(AsteriskError, match="the value of name"):
        fill("name = {{name}}", {"name": bad})


def test_a_comment_asks_for_nothing() -> None:
    text = "; `{{name}}` is filled in\nport = {{port}}\n"
    assert placeholders(text) == {"port"}
    assert fill(text, {"port": 1}) == "; `{{name}}` is filled in\nport = 1\n"


def test_a_value_is_not_filled_again() -> None:
    assert fill("{{a}} {{b}}", {"a": "{{b}}", "b": 2}) == "{{b}} 2"
