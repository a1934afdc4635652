import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import ModelError
from ivr.speech.lexicon import UNKNOWN, Lexicon
from ivr.speech.vosk_grammar import MAX_PHRASES, compile_grammar

WITH = Lexicon.of(["查", "余额", "挂失", "check", "my", "balance", "三", UNKNOWN])
WITHOUT = Lexicon.of(["查", "余额", "挂失"])


def test_phrases_and_unknown() -> None:
    grammar = compile_grammar(WITH, "zh", ["查余额", "挂失", "查余额", "check my balance", "3"])
    assert json.loads(grammar.text) == ["查 余额", "挂失", "check my balance", "三", UNKNOWN]
    assert grammar.missing == ()


def test_text_is_not_escaped_for_ascii() -> None:
    assert "余额" in compile_grammar(WITH, "zh", ["余额"]).text


def test_a_missing_word_is_unknown_within_its_phrase() -> None:
    grammar = compile_grammar(WITH, "zh", ["查账", "转账"])
    assert json.loads(grammar.text) == [f"查 {UNKNOWN}", UNKNOWN]
    assert grammar.missing == ("账", "转")


def test_a_model_without_unknown_hears_whole_phrases_only() -> None:
    grammar = compile_grammar(WITHOUT, "zh", ["查账", "挂失"])
    assert json.loads(grammar.text) == ["挂失"]
    with pytest.raises(ModelError, match="knows none of the words of 1 phrases"):
        compile_grammar(WITHOUT, "zh", ["转账"])


def test_too_many_phrases() -> None:
    with pytest.raises(ModelError, match="2001 phrases"):
        compile_grammar(WITH, "zh", ["查"] * (MAX_PHRASES + 1))


@given(st.lists(st.text(max_size=40), max_size=20))
def test_never_empty_never_anything_but_known_words(phrases: list[str]) -> None:
    texts = json.loads(compile_grammar(WITH, "zh", phrases).text)
    assert texts[-1] == UNKNOWN
    assert len(set(texts)) == len(texts)
    assert all(word == UNKNOWN or word in WITH for text in texts for word in text.split(" "))
