import pytest
from pypinyin import Style, pinyin

from ivr.training.phones import (
    GARBAGE_PDF,
    INDEX,
    PHONES,
    kaldi_phones,
    positioned,
    split_syllable,
)
from ivr.training.vocabulary_lists import vocabulary


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("zhuang", ("zh:zh", "zh:uang1", "zh:uang2")),
        ("yu", ("zh:v1", "zh:v2")),
        ("ju", ("zh:j", "zh:v1", "zh:v2")),
        ("xue", ("zh:x", "zh:ve1", "zh:ve2")),
        ("shi", ("zh:sh", "zh:i=1", "zh:i=2")),
        ("si", ("zh:s", "zh:i-1", "zh:i-2")),
        ("liu", ("zh:l", "zh:iou1", "zh:iou2")),
        ("bo", ("zh:b", "zh:uo1", "zh:uo2")),
        ("er", ("zh:er1", "zh:er2")),
    ],
)
def test_syllables_are_split_as_they_sound(syllable: str, phones: tuple[str, ...]) -> None:
    assert split_syllable(syllable) == phones


@pytest.mark.parametrize("text", ["", "x", "hello", "zzz", "bang5"])
def test_what_is_no_syllable_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a Mandarin syllable"):
        split_syllable(text)


def test_every_reading_of_common_hanzi_can_be_split() -> None:
    for hanzi in vocabulary().hanzi[:1500]:
        for reading in pinyin(hanzi, style=Style.NORMAL)[0]:
            if reading not in ("n", "ng", "hm", "hng", "m"):
                assert all(phone in INDEX for phone in split_syllable(reading))


def test_kaldi_numbers_phones_from_one_and_shares_outputs_over_positions() -> None:
    phones = kaldi_phones()
    assert [phone.identity for phone in phones] == list(range(1, len(phones) + 1))
    assert len(phones) == 1 + 4 * len(PHONES)
    assert {phone.pdf for phone in phones} == set(range(GARBAGE_PDF + 1))


def test_positions_in_words() -> None:
    assert positioned(["a"]) == [("a", "singleton")]
    assert [place for _, place in positioned("abc")] == ["begin", "internal", "end"]
