"""Homophone test: at 20 % misheard syllables the menu is still found, and strangers are not let in.

The simulator confuses more pairs than the matcher's table forgives, and picks any common
character of the wrong syllable.
"""

import pytest

from tests.dialogue.matching.homophones import (
    Candidates,
    bank_menus,
    city_hall,
    false_accepts,
    misheard_menus,
    sentences,
    telecom,
)

LEAST_RIGHT = 0.97
MOST_FALSE_ACCEPTS = 0.02


@pytest.mark.parametrize(
    "menus", [bank_menus(), city_hall(), telecom()], ids=["bank", "city_hall", "telecom"]
)
def test_misheard_phrases_still_find_their_choice(menus: dict[str, Candidates]) -> None:
    outcome = misheard_menus(menus, rate=0.2, rounds=2, seed=11)
    assert outcome.total >= 60
    assert outcome.right / outcome.total >= LEAST_RIGHT, outcome.failures


def test_the_simulator_does_hurt() -> None:
    """Without the sense of sound two thirds would be found: the errors are real ones."""
    from random import Random

    from ivr.training.mishearing import mishear

    chance = Random(3)
    phrases = [p for menu in city_hall().values() for one in menu for p in one.phrases]
    changed = sum(mishear(phrase, 0.2, chance) != phrase for phrase in phrases)
    assert changed / len(phrases) > 0.4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_unrelated_sentences_are_refused(language: str) -> None:
    texts = sentences(language)
    assert len(texts) >= {"zh": 200, "en": 100}[language]
    menus = bank_menus(language) | city_hall(language)
    taken = false_accepts(menus, texts, language)
    assert len(taken) / (len(texts) * len(menus)) <= MOST_FALSE_ACCEPTS, taken


def test_phrases_of_another_menu_are_refused() -> None:
    main = {"main": bank_menus()["main"]}
    foreign = [p for menu in city_hall().values() for one in menu for p in one.phrases]
    taken = [
        text
        for text in false_accepts(main, foreign)
        if not any(word in text for word in ("余额", "贷款"))  # they do name a choice of the bank
    ]
    assert len(taken) / len(foreign) <= MOST_FALSE_ACCEPTS, taken
