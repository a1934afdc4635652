import pytest

from ivr.training.digit_phones import DIGIT_PHONES, DIGITS, as_digit, with_digits
from ivr.training.phones import INDEX


def en(text: str) -> list[str]:
    return ["en:" + sound for sound in text.split()]


def test_every_digit_has_phones_of_its_own() -> None:
    assert len(DIGITS) == 10
    assert len(set(DIGIT_PHONES)) == len(DIGIT_PHONES)
    assert all(phone in INDEX for phone in DIGIT_PHONES)


@pytest.mark.parametrize(
    ("word", "sounds", "numbers"),
    [
        ("two", "T UW", [1, 2]),
        ("three", "S R IY", [1, 2, 3]),
        ("four", "F AO", [1, 2]),
        ("zero", "Z IY AX R OW1 OW2", [1, 2, 3, 4, 5]),
        ("nine", "N AY1 AY2 N", [1, 2, 3, 4]),
    ],
)
def test_ways_to_say_a_digit(word: str, sounds: str, numbers: list[int]) -> None:
    assert as_digit(word, en(sounds)) == tuple(f"en:{word}.{number}" for number in numbers)


@pytest.mark.parametrize(("word", "sounds"), [("two", "S IH K S"), ("to", "T UW")])
def test_what_is_no_such_digit_is_refused(word: str, sounds: str) -> None:
    with pytest.raises(ValueError, match="is not said as"):
        as_digit(word, en(sounds))


def test_digits_are_found_among_other_words_with_their_times() -> None:
    sounds = ["SIL", *en("OW1 OW2 F AO R F AO P EH N Z IY AX R OW1 OW2"), "SIL"]
    spans = [(sound, index / 10) for index, sound in enumerate(sounds)]
    named = with_digits(["oh", "four", "four", "pen", "zero"], spans)
    assert [time for _, time in named] == [time for _, time in spans]
    expected = (
        "SIL OW1 OW2 four.1 four.2 four.3 four.1 four.2 P EH N "
        "zero.1 zero.2 zero.2 zero.3 zero.4 zero.5 SIL"
    )
    assert " ".join(phone.removeprefix("en:") for phone, _ in named) == expected


def test_a_digit_that_was_not_said_is_an_error() -> None:
    with pytest.raises(ValueError, match="'six' is not among"):
        with_digits(["six"], [("SIL", 0.0), ("en:T", 0.1)])
