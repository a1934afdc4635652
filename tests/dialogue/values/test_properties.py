"""Spoken values: what is said is understood again; no text raises; every answer is bounded."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.values import KINDS, Partial, Value, grammar_words, parse, read_back, say
from ivr.dialogue.values.numbers_zh import plain
from ivr.dialogue.values.strings import id_check, id_problem, luhn

TODAY = date(2026, 7, 15)
LANGUAGES = st.sampled_from(["zh", "en"])
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
HERE = Path(__file__).parent


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def understood(kind: str, normal: str, language: str, unit: str = "") -> None:
    said = say(kind, normal, language, unit)
    found = parse(kind, said, language, today=TODAY)
    assert isinstance(found, Value), said
    assert (found.normal, found.unit) == (normal, unit), said


@given(digits(2, 20), LANGUAGES)
def test_digits(normal: str, language: str) -> None:
    understood("digits", normal, language)


@given(
    st.integers(0, 10**12 - 1), st.integers(0, 99), st.sampled_from(["", "CNY", "USD"]), LANGUAGES
)
def test_amounts(whole: int, cents: int, unit: str, language: str) -> None:
    if language == "en":
        whole %= 10**9
    understood("amount", plain(Decimal(whole) + Decimal(cents) / 100), language, unit)


@given(DAYS, LANGUAGES)
def test_dates(day: date, language: str) -> None:
    understood("date", day.isoformat(), language)


@given(DAYS, st.integers(0, 900), LANGUAGES)
def test_spans(first: date, length: int, language: str) -> None:
    last = min(first + timedelta(days=length), date(2099, 12, 31))
    understood("span", f"{first}/{last}", language)


@given(st.integers(0, 23), st.integers(0, 59), LANGUAGES)
def test_times(hour: int, minute: int, language: str) -> None:
    understood("time", f"{hour:02}:{minute:02}", language)


@given(st.integers(0, 100_000), LANGUAGES)
def test_percentages(hundredths: int, language: str) -> None:
    understood("percent", plain(Decimal(hundredths) / 100), language)


@given(DAYS, digits(6, 6), digits(3, 3), LANGUAGES)
def test_identity_numbers(born: date, region: str, order: str, language: str) -> None:
    born = min(born, TODAY)
    body = f"{region}{born:%Y%m%d}{order}"
    understood("id_number", body + id_check(body), language)


@given(digits(15, 15), LANGUAGES)
def test_cards(body: str, language: str) -> None:
    check = next(d for d in "0123456789" if luhn(body + d))
    understood("card_number", body + check, language)


@given(st.sampled_from("3456789"), digits(9, 9), LANGUAGES)
def test_mobiles(second: str, rest: str, language: str) -> None:
    understood("phone", f"1{second}{rest}", language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("normal", ["yes", "no"])
def test_yes_and_no(normal: str, language: str) -> None:
    understood("yes_no", normal, language)


@given(st.sampled_from("京沪粤浙川"), st.sampled_from("ABCDE"), digits(5, 6))
def test_plates(province: str, letter: str, rest: str) -> None:
    understood("plate", province + letter + rest, "zh")


WORDS = sorted(
    {word for kind in KINDS for lang in ("zh", "en") for word in grammar_words(kind, lang)}
)
TALK = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from([",", ".", "0", "12", "不是", "到"]),
        st.text(max_size=4),
    ),
    max_size=30,
)


@given(st.sampled_from(KINDS), TALK, LANGUAGES, st.sampled_from(["", " "]))
def test_no_talk_raises(kind: str, talk: list[str], language: str, blank: str) -> None:
    text = blank.join(talk)
    found = parse(kind, text, language, today=TODAY, length=(4, 6))
    if found is not None:
        assert 0 <= found.start <= found.end <= len(text)
    if isinstance(found, Value):
        assert read_back(found, language)
    if isinstance(found, Partial):
        assert found.tell(language)


@given(st.sampled_from(KINDS), st.text(max_size=300), LANGUAGES)
def test_garbage_never_raises(kind: str, text: str, language: str) -> None:
    parse(kind, text, language, today=TODAY)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "一" * 100_000,
        "不是" * 50_000,
        "one " * 50_000,
        "三个" * 9_000,
        "从到" * 9_000,
        "9" * 100_000,
        "十" * 9_000,
        "a and " * 9_000,
    ],
)
def test_long_talk_is_bounded(kind: str, text: str) -> None:
    for language in ("zh", "en"):
        began = perf_counter()
        parse(kind, text, language, today=TODAY)
        assert perf_counter() - began < 2.0


def test_fast_enough() -> None:
    rows = [
        (path.stem, text, language)
        for language in ("zh", "en")
        for path in (HERE / language).glob("*.yaml")
        for text in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    ]
    began = perf_counter()
    for kind, text, language in rows:
        parse(kind, text, language, today=TODAY)
    each = (perf_counter() - began) / len(rows)
    print(f"{each * 1e6:.0f} us a value")
    assert each < 0.005  # measured 0.1 ms; a busy machine may be far slower


@given(digits(17, 17))
def test_identity_problem_is_told(body: str) -> None:
    right = body + id_check(body)
    wrong = body + next(d for d in "0123456789" if d != id_check(body))
    assert id_problem(right) in ("", "birth")
    assert id_problem(wrong) in ("check", "birth")
