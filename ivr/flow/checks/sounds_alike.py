"""Sounds alike: phrases of one question that mean different things and are easily misheard."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from ivr.flow.checks.english_sounds import english_key
from ivr.flow.checks.findings import finding
from ivr.flow.checks.mandarin_sounds import mandarin_key
from ivr.flow.checks.ways import met
from ivr.flow.issues import Issue, Place
from ivr.flow.lint import understood_here
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode, Phrases

SHORTEST_NEAR_HAN = 4
SHORTEST_NEAR_LATIN = 5
"""Keys shorter than this are alike only when they are the same: one sign is too much of them."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_PIECES = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True, slots=True)
class _Said:
    """One phrase of one choice or command; `leads` tells meanings apart."""

    phrase: str
    owner: str
    leads: str
    place: Place


@lru_cache(maxsize=65_536)
def sound_key(phrase: str) -> str:
    """How a phrase sounds, as one short text; phrases with the same key cannot be told apart."""
    pieces = _PIECES.findall(phrase)
    return "".join(
        mandarin_key(piece) if _HAN.match(piece) else english_key(piece) for piece in pieces
    )


def alike(one: str, other: str) -> bool:
    """Whether two keys are the same, or differ in one sound of several."""
    if one == other:
        return True
    if max(len(one), len(other)) < _shortest_near(one + other):
        return False
    return Levenshtein.distance(one, other, score_cutoff=1) <= 1


def _shortest_near(key: str) -> int:
    return SHORTEST_NEAR_LATIN if key.isascii() else SHORTEST_NEAR_HAN


def check_sounds(flow: Flow) -> Iterator[Issue]:
    reached = met(flow)
    for node in flow.nodes.values():
        if isinstance(node, AskingNode) and node.name in reached:
            for language in flow.languages:
                yield from _at(flow, node, language)


def _at(flow: Flow, node: AskingNode, language: str) -> Iterator[Issue]:
    told: set[tuple[str, str]] = set()
    for one, other in _pairs(_said(flow, node, language)):
        names = (min(one.owner, other.owner), max(one.owner, other.owner))
        if names not in told:
            told.add(names)
            message = f'"{other.phrase}" ({other.owner}) sounds like "{one.phrase}" ({one.owner})'
            yield finding("sounds-alike", other.place, message, node.name)


def _said(flow: Flow, node: AskingNode, language: str) -> Iterator[_Said]:
    for choice in understood_here(flow, node):
        leads = f"{choice.goto.node} {choice.language}"
        yield from _each(choice.phrases, language, choice.name, leads, choice.place)
    for command in flow.commands:
        leads = f"{command.goto.node if command.goto else command.name} {command.language}"
        yield from _each(command.phrases, language, command.name, leads, command.place)


def _each(phrases: Phrases, language: str, owner: str, leads: str, place: Place) -> Iterator[_Said]:
    for phrase in phrases.get(language, ()):
        yield _Said(phrase, owner, leads, place)


def _pairs(said: Iterable[_Said]) -> Iterator[tuple[_Said, _Said]]:
    """Pairs that sound alike. Keys within one change share a form with one sign left out."""
    shelves: dict[str, list[tuple[str, _Said]]] = {}
    for one in said:
        key = sound_key(one.phrase)
        if not key:
            continue
        met_already: set[int] = set()
        for form in _forms(key):
            shelf = shelves.setdefault(form, [])
            for other_key, other in shelf:
                different = other.owner != one.owner and other.leads != one.leads
                if different and id(other) not in met_already and other.phrase != one.phrase:
                    met_already.add(id(other))
                    if alike(key, other_key):
                        yield other, one
            shelf.append((key, one))


@lru_cache(maxsize=65_536)
def _forms(key: str) -> tuple[str, ...]:
    """The key itself and, if it is long enough to be nearly alike, with any one sign left out."""
    if len(key) < _shortest_near(key) - 1:
        return (key,)
    return tuple(dict.fromkeys((key, *(key[:at] + key[at + 1 :] for at in range(len(key))))))
