"""The term library: one place for all the names of a thing."""

from pathlib import Path

import pytest

from ivr.flow.library import load_book, read_texts
from ivr.flow.nodes.menu import Menu

TERMS = """\
lpr: [LPR, 贷款市场报价利率, (贷款)?基准利率]
ecny: [数字人民币, 电子人民币]
"""
FLOW = """\
flow: f
languages: [zh]
start: m
commands: {operator: {goto: z}}
nodes:
  m:
    kind: menu
    prompt: 请选择
    choices:
      rate: {key: 1, goto: z, phrases: (查)?<lpr>}
      coins: {key: 2, goto: z, phrases: [<ecny>怎么用, 钱包]}
  z: {kind: hangup}
"""


def test_a_term_stands_for_all_its_names() -> None:
    flows, issues = read_texts({"a/f.yaml": FLOW, "a/terms.yaml": TERMS})
    assert [str(issue) for issue in issues] == []
    menu = flows["f"].nodes["m"]
    assert isinstance(menu, Menu)
    assert menu.choices[0].phrases["zh"] == (
        "LPR", "贷款市场报价利率", "基准利率", "贷款基准利率",
        "查LPR", "查贷款市场报价利率", "查基准利率", "查贷款基准利率",
    )  # fmt: skip
    assert menu.choices[1].phrases["zh"][-2:] == ("电子人民币怎么用", "钱包")


def test_it_is_found_beside_the_flows_and_part_of_the_version(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "terms.yaml").write_text(TERMS, encoding="utf-8")
    first = load_book(tmp_path)
    assert list(first.flows) == ["f"]
    (tmp_path / "terms.yaml").write_text(TERMS + "x: [y]\n", encoding="utf-8")
    assert load_book(tmp_path).version != first.version


def test_an_unknown_term_is_told_with_what_was_meant() -> None:
    issues = read_texts({"f.yaml": FLOW.replace("<lpr>", "<lrp>"), "terms.yaml": TERMS})[1]
    found = [i for i in issues if i.code == "unknown-term"]
    assert len(found) == 1 and found[0].hint == "lpr" and found[0].line == 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- a", "bad-value"),
        ("lpr: [a", "yaml-syntax"),
        ("lpr: (a", "bad-phrase"),
        ("lpr: []", "bad-value"),
        ("LPR: a", "bad-name"),
        ("lpr: {a: b}", "bad-value"),
        ("lpr: a\nlpr: b", "duplicate-key"),
    ],
)
def test_faults_of_the_library(text: str, code: str) -> None:
    issues = read_texts({"terms.yaml": text})[1]
    assert code in [issue.code for issue in issues]
    assert all(issue.file == "terms.yaml" for issue in issues)
