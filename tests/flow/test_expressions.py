"""Expressions: what they mean, and which faults are found before a call."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.evaluate import evaluate
from ivr.dialogue.state import State, Value
from ivr.flow.expression_types import Scope, type_of
from ivr.flow.expressions import parse
from ivr.flow.library import read_texts

FLOW = read_texts(
    {
        "f": """
flow: f
languages: [zh]
start: z
variables: {tries: 2, vip: true, card: "6222", price: 1.5, none: ""}
calendars: {office: {hours: {mon-sun: "00:00-24:00"}}}
nodes: {z: {kind: hangup}}
"""
    }
)[0]["f"]
SCOPE = Scope({"tries": "number", "vip": "flag", "card": "text", "price": "number", "none": "text"},
              {"office"})  # fmt: skip
STATE = State("f", "v", "zh", now="2026-01-05T10:00:00+08:00", slots={"card": "1234"})


def value(text: str) -> Value:
    return evaluate(parse(text), FLOW, STATE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-tries + 5", 3),
        ("7 / 2", 3.5),
        ("7 / 0", 0),
        ("price * 2", 3),
        ("tries < 3 and vip", True),
        ("not vip or tries == 2", True),
        ("not (vip or tries == 3)", False),
        ("not not vip", True),
        ('card == "1234"', True),
        ("card + '!'", "1234!"),
        ("last(card, 2)", "34"),
        ("first(card, 2)", "12"),
        ("last(card, 0)", ""),
        ("length(card) >= 4", True),
        ('starts(card, "12")', True),
        ('card in ["1", "1234"]', True),
        ("tries in [1, 3]", False),
        ("known(card)", True),
        ("known(none)", False),
        ('text(tries) + "x"', "2x"),
        ('call.language == "zh"', True),
        ('open("office")', True),
        ('hour("office")', 10),
        ("1 - 2 - 3", -4),
        ("8 / 4 / 2", 1),
        ("999999999999999 * 999999999999999", 10**15),
    ],
)
def test_values(text: str, expected: object) -> None:
    faults: list[tuple[str, str, str]] = []
    type_of(parse(text), SCOPE, faults)
    assert faults == []
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "ends too early"),
        ("1 +", "ends too early"),
        ("(1", '"\\)" was expected'),
        ("1 2", '"2" was not expected'),
        ("a = b", "not understood"),
        ("1 < 2 < 3", "join comparisons"),
        ("card.", "not understood"),
        ("__import__('os')", "not understood"),
        ("x[0]", "not expected"),
        ("in", "not expected"),
        ("(" * 50 + "1" + ")" * 50, "nested"),
        ("[" * 50, "nested"),
        ("1+" * 300 + "1", "at most 500"),
        ("and and", "not expected"),
    ],
)
def test_what_is_no_expression(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("card + 1", "wrong-type"),
        ("card < 3", "wrong-type"),
        ("card == 3", "wrong-type"),
        ("tries and vip", "wrong-type"),
        ("not tries", "wrong-type"),
        ("-card", "wrong-type"),
        ("length(tries)", "wrong-type"),
        ("length(card, 1)", "wrong-type"),
        ("tries in 3", "wrong-type"),
        ("known(1)", "wrong-type"),
        ("eval(card)", "unknown-function"),
        ("crad == card", "unknown-name"),
        ('open("offfice")', "unknown-calendar"),
        ("open(card)", "unknown-calendar"),
    ],
)
def test_faults_found_before_a_call(text: str, code: str) -> None:
    faults: list[tuple[str, str, str]] = []
    type_of(parse(text), SCOPE, faults)
    assert [fault[0] for fault in faults] == [code]


TOKENS = ["1", "2.5", '"x"', "tries", "vip", "card", "none", "+", "-", "*", "/", "<", "==", "and",
          "or", "not", "in", "(", ")", "[", "]", ",", "last", "known", "text", "true"]  # fmt: skip


@given(st.lists(st.sampled_from(TOKENS), max_size=12), st.one_of(st.none(), st.text(max_size=3)))
def test_what_passes_the_checks_never_fails(tokens: list[str], card: str | None) -> None:
    try:
        expression = parse(" ".join(tokens))
    except ValueError:
        return
    faults: list[tuple[str, str, str]] = []
    kind = type_of(expression, SCOPE, faults)
    if faults:
        return
    result = evaluate(expression, FLOW, replace(STATE, slots={"card": card}))
    kinds = {"text": str, "number": (int, float), "flag": bool, "list": type(None)}
    assert isinstance(result, kinds[kind])
