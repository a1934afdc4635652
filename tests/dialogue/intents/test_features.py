"""Features: n-grams of words, letters and sounds, the same for training and running."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.intents.clauses import clauses
from ivr.dialogue.intents.features import ANALYSERS, MAX_CHARACTERS, letters, spoken, tokens, words


def test_words_alone_and_in_pairs() -> None:
    assert words("Check my PIN?") == ["check", "my", "check my", "pin", "my pin", "?", "pin ?"]


def test_mandarin_characters_alone_and_in_pairs() -> None:
    assert words("查 余额") == ["查", "余", "额", "查余", "余额"]


def test_polite_filling_is_no_feature() -> None:
    assert words("你好我想查余额") == words("查余额")


def test_letters_stay_within_words() -> None:
    assert "n b" not in letters("in bed") and " in" in letters("in bed")
    assert letters("余额") == []


def test_words_of_one_sound_share_their_spoken_features() -> None:
    assert spoken("挂失") == spoken("挂是")
    assert spoken("loan") == spoken("lone")
    assert spoken("挂失") != spoken("贷款")


def test_a_dialect_of_scripts_in_one_sentence() -> None:
    assert tokens("查一下LPR利率") == ["查一下", "lpr", "利率"]


@given(st.text(max_size=2 * MAX_CHARACTERS))
def test_any_text_has_features(text: str) -> None:
    for analyse in ANALYSERS.values():
        assert all(isinstance(gram, str) and gram for gram in analyse(text))
    assert len(clauses(text)) <= 4


def test_sentences_are_cut_where_two_wishes_meet() -> None:
    assert clauses("我的卡丢了顺便查一下余额") == ["我的卡丢了", "查一下余额"]
    assert clauses("block my card and also check my balance") == [
        "block my card",
        "check my balance",
    ]
    assert clauses("查余额") == ["查余额"]
