"""Word pieces: the longest known pieces from the left, as BERT's uncased tokeniser cuts."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.intents.wordpiece import MAX_PIECES, pieces

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "i", "lost", "my", "card", "##s", "un", "##lock"]
WORDS += ["'", "t", "can", "?", "卡", "cafe", "_"]
VOCABULARY = {word: at for at, word in enumerate(WORDS)}


def cut(text: str) -> list[str]:
    return [WORDS[at] for at in pieces(text, VOCABULARY)[1:-1]]


def test_words_are_cut_into_the_longest_pieces() -> None:
    assert cut("I lost my CARDS") == ["i", "lost", "my", "card", "##s"]
    assert cut("unlock can't?") == ["un", "##lock", "can", "'", "t", "?"]
    assert cut("Café卡卡 _") == ["cafe", "卡", "卡", "_"]


def test_a_word_that_cannot_be_cut_is_unknown_as_a_whole() -> None:
    assert cut("cardx lost") == ["[UNK]", "lost"] and cut("x" * 101) == ["[UNK]"]


@given(st.text(max_size=600))
def test_any_text_gives_a_bounded_row_between_its_marks(text: str) -> None:
    found = pieces(text, VOCABULARY)
    assert 2 <= len(found) <= MAX_PIECES and found[0] == 2 and found[-1] == 3
    assert 2 not in found[1:] and 3 not in found[:-1]
