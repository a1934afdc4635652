"""Grammar check: phrases in a model's words, and the words it lacks by name."""

from ivr.speech.grammar_check import check_phrases, missing_words
from ivr.speech.lexicon import Lexicon

LEXICON = Lexicon.of(["查", "余额", "挂", "失", "lost", "card", "[unk]"])


def test_phrases_are_cut_into_the_models_words() -> None:
    whole, cut = check_phrases(LEXICON, "zh", ["查余额", "挂失"])
    assert whole.said == ("查", "余额") and whole.re_segmented and not whole.missing
    assert cut.said == ("挂", "失") and not cut.unheard
    (english,) = check_phrases(LEXICON, "en", ["lost card"])
    assert not english.re_segmented


def test_missing_words_are_named_once() -> None:
    checked = check_phrases(LEXICON, "en", ["lost parcel", "parcel card", "parcel"])
    assert missing_words(checked) == ("parcel",)
    assert [one.unheard for one in checked] == [False, False, True]
    assert checked[0].said == ("lost", "[unk]")
