"""The reader: every fault of a text, in one run, where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow.library import read_texts
from ivr.flow.nodes.collect import Collect
from ivr.flow.nodes.confirm import Confirm
from ivr.flow.nodes.menu import Menu
from ivr.flow.nodes.transfer import Transfer
from ivr.flow.read_nodes import KINDS
from ivr.flow.reader import read_flow

GOOD = """\
flow: shop
languages: [zh, en]
start: main
input: {timeout: 7, bargein: false}
commands: {operator: {goto: desk}}
nodes:
  main:
    kind: menu
    prompt: {zh: 请选择, en: please choose}
    input: {timeout: 3}
    choices:
      buy: {key: 1, goto: number, phrases: {zh: [(我要)?买], en: buy}}
  number:
    kind: collect
    slot: count
    min: 1
    max: 3
    prompt: {zh: 多少, en: how many}
    goto: ask
  ask:
    kind: confirm
    prompt: {zh: "{count|digits} 个, 对吗", en: "{count}, right?"}
    yes: desk
    no: {goto: number, key: 5}
  desk:
    kind: transfer
    skills: {sales: 2}
    exits: {busy: main, otherwise: bye}
  bye: {kind: hangup}
"""


def faults(text: str) -> list[str]:
    """Each fault's code, and the text that stands at its place."""
    lines = text.splitlines()
    issues = read_texts({"f.yaml": text})[1]
    return [f"{i.code} @ {lines[i.line - 1][i.column - 1 :]}" for i in issues]


def told(text: str) -> list[str]:
    return [str(issue) for issue in read_texts({"f.yaml": text})[1]]


def test_a_good_flow() -> None:
    flow, issues = read_flow(GOOD, "shop.yaml")
    assert flow is not None and not issues and not told(GOOD)
    main, number, ask, desk = (flow.nodes[n] for n in ("main", "number", "ask", "desk"))
    assert isinstance(main, Menu) and isinstance(number, Collect)
    assert isinstance(ask, Confirm) and isinstance(desk, Transfer)
    assert (main.place.line, main.place.column) == (8, 5)
    assert main.choices[0].phrases == {"zh": ("买", "我要买"), "en": ("buy",)}
    assert (main.input.timeout, main.input.bargein) == (3, False)
    assert (number.input.timeout, number.shortest, number.longest) == (7, 1, 3)
    assert (ask.yes.key, ask.no.key) == ("1", "5")
    assert {k: g.node for k, g in desk.ways.items()} == {
        "busy": "main",
        "no_answer": "bye",
        "failed": "bye",
    }
    assert flow.slot_types == {"count": "digits"}
    assert [name for name, _ in main.exits] == ["buy"]


def test_recordings_have_stable_names() -> None:
    flow, _ = read_flow(GOOD, "shop.yaml")
    assert flow is not None
    names = [segment.recording for p in flow.prompts.values() for segment in p.statics]
    assert {"shop.main.prompt", "shop.main.buy.label", "shop.ask.prompt.1"} <= set(names)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("kind: menu", "kind: meny"), ["unknown-kind @ meny"]),
        (("goto: number, phr", "goto: numbr, phr"), ["unknown-node @ numbr", "unreachable @ "]),
        (("choices:", "choises:"), ["missing-key @ kind: menu", "unknown-key @ choises:"]),
        (("slot: count", "slot: Count"), ["bad-name @ Count"]),
        (("min: 1", "min: 9"), ["bad-value @ 9"]),
        (("min: 1", "min: few"), ["bad-value @ few"]),
        (("key: 1,", "key: 11,"), ["bad-value @ 11"]),
        (("timeout: 3", "timeout: -3"), ["bad-value @ -3"]),
        (("start: main", "start: mian"), ["unknown-node @ mian"]),
        (("flow: shop\n", ""), ["missing-key @ languages"]),
        (("{count}, right", "{cout}, right"), ["unknown-slot @ {zh"]),
        (("{count}, right", "{count, right"), ["bad-prompt @ "]),
        (("en: buy", "fr: buy"), ["unknown-language @ fr"]),
        (("(我要)?买", "(我要?买"), ["bad-phrase @ [(我要"]),
        (("busy: main, otherwise: bye", "busy: main"), ["missing-exit @ {busy"] * 2),
        (("skills: {sales: 2}", "skills: {sales: 9}"), ["bad-value @ 9"]),
        (("bye: {kind: hangup}", "bye: hangup"), ["bad-value @ bye: hangup"]),
        (("prompt: {zh: 多少, en: how many}", "prompt:"), ["missing-key @ kind: collect"]),
        (("[zh, en]\nstart", "[zh, english]\nstart"), ["bad-value @ english"]),
        (("  bye:", "  main: {kind: hangup}\n  bye:"), ["duplicate-key @ main: {kind"]),
        (("  desk:", " desk:"), ["yaml-syntax @ desk"]),
        (("{operator: {goto: desk}}", "{operater: {}}"), ["bad-command @ {}"]),
    ],
    ids=lambda value: value[1][:30] if isinstance(value, tuple) else "",
)
def test_each_fault_where_it_stands(change: tuple[str, str], found: list[str]) -> None:
    assert change[0] in GOOD
    seen = faults(GOOD.replace(*change, 1))
    for expected in found:
        assert any(one.startswith(expected) for one in seen), seen
        seen.remove(next(one for one in seen if one.startswith(expected)))
    follow_on = ("unreachable", "unknown-slot", "unknown-language", "no-escape", "missing-tr")
    assert all(one.startswith(follow_on) for one in seen), seen


def test_many_faults_come_in_one_run_with_what_was_meant() -> None:
    text = GOOD.replace("kind: confirm", "kind: confrim").replace("max: 3", "maks: 3")
    text = text.replace("busy: main", "bussy: main")
    assert told(text) == [
        'f.yaml:17:5: unknown-key unknown key "maks" (did you mean max?)',
        'f.yaml:21:11: unknown-kind there is no kind "confrim"; known: '
        + ", ".join(KINDS)
        + " (did you mean confirm?)",
        'f.yaml:28:13: unknown-key unknown key "bussy" (did you mean busy?)',
    ]


def test_words_that_yaml_takes_for_something_else_stay_words() -> None:
    flow, issues = read_flow(GOOD.replace("en: buy", "en: [no, on, 1_0]"), "f.yaml")
    assert flow is not None and not issues
    main = flow.nodes["main"]
    assert isinstance(main, Menu) and main.choices[0].phrases["en"] == ("no", "on", "1_0")


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 8)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)
"""Eight to the seventh values once its anchors are followed."""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "flow",
        "a: [",
        "a: \x00",
        "a: &x [*x]",
        "[" * 100,
        "<<: {a: 1}",
        "? [a]: b",
        "!!python/object/apply:os.system ['true']",
        BOMB,
    ],
)
def test_what_is_no_flow_is_told_and_never_raises(text: str) -> None:
    assert any(issue.severity == "error" for issue in read_texts({"f.yaml": text})[1])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3), st.integers(0, 6))
def test_any_damage_is_told_or_harmless(at: int, put: str, cut: int) -> None:
    """Whatever is done to a flow file, reading it gives issues, never an exception."""
    read_texts({"f.yaml": GOOD[:at] + put + GOOD[at + cut :]})
