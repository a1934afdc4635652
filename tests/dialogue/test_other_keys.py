"""Keys of the menu behind a greeting, pressed during the greeting."""

import pytest

from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from tests.dialogue.talks import STARTED, Stepper

FLOW = """
flow: f
languages: [zh]
start: hello
commands: {operator: {goto: desk}}
nodes:
  hello:
    kind: menu
    prompt: 您好。英语请按 8。
    other_keys: main
    choices: {english: {key: 8, phrases: 英语, goto: bye}}
  main:
    kind: menu
    prompt: 查余额请按 1。
    choices: {balance: {key: 1, phrases: 查余额, goto: card}}
  card: {kind: collect, slot: card, type: digits, length: 4, prompt: 请输入卡号后四位。, goto: bye}
  desk: {kind: transfer, prompt: 转, skills: [general], exits: {otherwise: bye}}
  bye: {kind: hangup, prompt: 再见。}
"""
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")


@pytest.mark.parametrize(
    ("keys", "node"),
    [("1", "card"), ("12345", "bye"), ("8", "bye"), ("0", "desk"), ("5", "main")],
)
def test_a_key_counts_where_it_means_something(keys: str, node: str) -> None:
    call = Stepper("f", BOOK)
    call.take(STARTED)
    call.keys(keys)
    assert call.state.node == node


def test_a_key_that_means_nothing_there_either_is_a_nomatch_there() -> None:
    call = Stepper("f", BOOK)
    call.take(STARTED)
    call.keys("5")
    assert (call.state.node, call.state.nomatches, call.state.typed) == ("main", 1, "")


def test_the_node_must_be_there() -> None:
    issues = read_texts({"f": FLOW.replace("other_keys: main", "other_keys: mian")})[1]
    assert ("unknown-node", "hello") in [(one.code, one.node) for one in issues]
