"""The homophone test: menus, simulated recogniser errors, and how many still find their choice."""

import random
from dataclasses import dataclass
from pathlib import Path

import yaml

from ivr.dialogue.understanding import Candidate, choose
from ivr.flow.library import load_book
from ivr.flow.nodes.menu import Menu
from ivr.ports import Utterance, Word
from ivr.training.mishearing import mishear

DATA = Path(__file__).parent / "data"
BANK = Path(__file__).resolve().parents[3] / "flows" / "bank"

Candidates = tuple[Candidate, ...]


@dataclass(frozen=True)
class Outcome:
    right: int
    wrong: int
    refused: int
    failures: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return self.right + self.wrong + self.refused


def bank_menus(language: str = "zh") -> dict[str, Candidates]:
    """The choices and commands that each menu of the bank listens for."""
    flow = load_book(BANK).flow("bank")
    commands = tuple(Candidate(c.name, c.phrases.get(language, ())) for c in flow.commands)
    return {
        node.name: tuple(
            Candidate(choice.name, choice.phrases.get(language, ())) for choice in node.choices
        )
        + commands
        for node in flow.nodes.values()
        if isinstance(node, Menu)
    }


def telecom() -> dict[str, Candidates]:
    """One menu of a telephone company, which nothing was tuned on."""
    return _vocabulary("telecom", "zh")


def city_hall(language: str = "zh") -> dict[str, Candidates]:
    """One menu with every choice of the city hall."""
    return _vocabulary("city_hall", language)


def _vocabulary(name: str, language: str) -> dict[str, Candidates]:
    choices = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))[language]
    return {name: tuple(Candidate(name, tuple(said)) for name, said in choices.items())}


def sentences(language: str) -> list[str]:
    return (DATA / f"unrelated_{language}.txt").read_text(encoding="utf-8").splitlines()


def utterance(text: str, language: str = "zh") -> Utterance:
    return Utterance(tuple(Word(w, 1.0, 0.0, 0.3) for w in text.split()), language)


def understood(text: str, candidates: Candidates, language: str = "zh") -> str:
    return choose(utterance(text, language), candidates, reject=0.35, accept=0.6).name


def misheard_menus(menus: dict[str, Candidates], rate: float, rounds: int, seed: int) -> Outcome:
    """Every phrase of every menu, `rounds` times, with syllables misheard at this rate."""
    chance = random.Random(seed)
    right = wrong = refused = 0
    failures = []
    for candidates in menus.values():
        for candidate in candidates:
            for phrase in candidate.phrases * rounds:
                heard = mishear(phrase, rate, chance)
                name = understood(heard, candidates)
                right += name == candidate.name
                wrong += bool(name) and name != candidate.name
                refused += not name
                if name != candidate.name:
                    failures.append(f"{phrase} -> {heard}: {name or 'refused'}")
    return Outcome(right, wrong, refused, tuple(failures))


def false_accepts(
    menus: dict[str, Candidates], texts: list[str], language: str = "zh"
) -> list[str]:
    """Sentences that some menu takes for a choice, with what they were taken for."""
    return [
        f"{text} ({menu}): {name}"
        for menu, candidates in menus.items()
        for text in texts
        if (name := understood(text, candidates, language))
    ]
