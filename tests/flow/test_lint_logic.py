"""Lint of what flows compute, and of flows that call one another."""

from pathlib import Path

import pytest

from ivr.flow.library import read_texts

DATA = Path(__file__).parents[1] / "dialogue" / "data"
TEXTS = {n: (DATA / f"{n}.yaml").read_text(encoding="utf-8") for n in ("pharmacy", "order")}


def codes(name: str, old: str, new: str) -> list[str]:
    assert old in TEXTS[name]
    issues = read_texts(TEXTS | {name: TEXTS[name].replace(old, new, 1)})[1]
    return [issue.code for issue in issues if issue.code != "unused-variable"]


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("pharmacy", "tries + 1", "trys + 1", ["unknown-name"]),
        ("pharmacy", "tries + 1", "name", ["wrong-type"]),
        ("pharmacy", "{tries: tries + 1", "{trys: tries + 1", ["unknown-name"]),
        ("pharmacy", "when: tries > 2", "when: tries + 2", ["wrong-type"]),
        ("pharmacy", "when: tries > 2", "when: tries >", ["bad-expression"]),
        ("pharmacy", 'open("counter")', 'open("conter")', ["unknown-calendar"]),
        ("pharmacy", "when: vip", "when: name", ["wrong-type"]),
        ("pharmacy", "lookup: customer", "lookup: costumer", ["unknown-lookup"]),
        ("pharmacy", "take: {name: name, ", "take: {nam: name, ", ["unknown-name"]),
        ("pharmacy", "take: {name: name, ", "take: {name: nome, ", ["unknown-name"]),
        ("pharmacy", "otherwise: desk}\n  arm", "failed: desk}\n  arm", ["missing-exit"]),
        ("pharmacy", "url: https", "url: ftp", ["bad-value"]),
        ("pharmacy", "flow: order", "flow: ordre", ["no-escape", "unknown-flow"]),
        ("pharmacy", "with: {hello:", "with: {helo:", ["unknown-name"]),
        ("pharmacy", "with: {hello: name}", "with: {hello: 3}", ["wrong-type"]),
        ("pharmacy", "take: {wish: code}", "take: {wish: cod}", ["unknown-name"]),
        ("pharmacy", "take: {wish: code}", "take: {price: code}", ["wrong-type"]),
        ("pharmacy", "{done: thanks, otherwise: menu}", "{done: thanks}", ["missing-exit"]),
        ("pharmacy", "{done: thanks, oth", "{don: thanks, oth", ["unknown-exit"]),
        ("pharmacy", "Asia/Shanghai", "Asia/Shanghi", ["bad-value"]),
        ("pharmacy", "mon-fri:", "fri-mon:", ["bad-value"]),
        ("pharmacy", '"10:00-12:00"', '"12:00-10:00"', ["bad-value"]),
        ("pharmacy", "2026-01-06: closed", "2026-13-06: closed", ["bad-value"]),
        ("pharmacy", "holidays: china", "holidays: chine", ["bad-value"]),
        ("order", "parameters: [hello]", "parameters: [hallo]", ["unknown-name", "unknown-name"]),
        ("order", "exit: away}", "exit: lost}", []),
    ],
)  # fmt: skip
def test_faults(name: str, old: str, new: str, found: list[str]) -> None:
    seen = codes(name, old, new)
    assert [code for code in seen if code not in ("unreachable", "unknown-slot")] == found, seen


def test_a_flow_that_calls_itself() -> None:
    text = TEXTS["order"].replace(
        "  back: {kind", "  again: {kind: subflow, flow: pharmacy, goto: back}\n  back: {kind"
    )
    found = [i for i in read_texts(TEXTS | {"order": text})[1] if i.code == "circle"]
    assert len(found) == 2 and "calls itself" in found[0].message


def test_an_unused_variable_is_a_warning() -> None:
    found = [i for i in read_texts(TEXTS)[1] if i.code == "unused-variable"]
    assert [(i.message, i.severity) for i in found] == [
        ('variable "price" is never used', "warning")
    ]
