"""Language: English examples are told from others by what they name, or by their words."""

import pytest

from ivr.training.intents.examples import Example
from ivr.training.intents.language import are_english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("i lost my card, what can i do", True),
        ("how do i boil an egg", True),
        ("he perdido mi tarjeta y quiero bloquearla ahora", False),
        ("ich habe meine karte verloren was kann ich tun", False),
        ("j'ai perdu ma carte, que dois-je faire", False),
        ("我的卡丢了怎么办", False),
        ("12345", False),
    ],
)
def test_by_the_words(text: str, english: bool) -> None:
    assert are_english([Example(text, "loss")]) is english


def test_by_the_language_that_is_named() -> None:
    assert are_english([Example("card lost", "loss", "en"), Example("gone", "loss", "en")])
    assert not are_english([Example("card lost", "loss", "en"), Example("挂失", "loss", "zh")])
    assert not are_english([Example("i lost my card", "loss", "fr")])
