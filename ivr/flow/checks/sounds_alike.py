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


Shelves = dict[str, list[tuple[str, _Said]]]
"""Keys and phrases by each form of the key."""


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
    asking = [n for n in flow.nodes.values() if isinstance(n, AskingNode) and n.name in reached]
    if not asking:
        return
    for language in flow.languages:
        everywhere: Shelves = {}
        _told(_pairs(_commands(flow, language), everywhere, {}), "")  # only to fill the shelves
        for node in asking:
            said = _choices(flow, node, language)
            yield from _told(_pairs(said, {}, everywhere), node.name)


def _told(pairs: Iterable[tuple[_Said, _Said]], node: str) -> list[Issue]:
    """One finding for each pair of choices, however many of their phrases are alike."""
    issues: dict[tuple[str, str], Issue] = {}
    for one, other in pairs:
        names = (min(one.owner, other.owner), max(one.owner, other.owner))
        if names not in issues:
            message = f'"{other.phrase}" ({other.owner}) sounds like "{one.phrase}" ({one.owner})'
            issues[names] = finding("sounds-alike", other.place, message, node)
    return list(issues.values())


def _choices(flow: Flow, node: AskingNode, language: str) -> Iterator[_Said]:
    for choice in understood_here(flow, node):
        leads = f"{choice.goto.node} {choice.language}"
        yield from _each(choice.phrases, language, choice.name, leads, choice.place)


def _commands(flow: Flow, language: str) -> Iterator[_Said]:
    for command in flow.commands:
        leads = f"{command.goto.node if command.goto else command.name} {command.language}"
        yield from _each(command.phrases, language, command.name, leads, command.place)


def _each(phrases: Phrases, language: str, owner: str, leads: str, place: Place) -> Iterator[_Said]:
    for phrase in phrases.get(language, ()):
        yield _Said(phrase, owner, leads, place)


def _pairs(
    said: Iterable[_Said], shelves: Shelves, everywhere: Shelves
) -> Iterator[tuple[_Said, _Said]]:
    """Pairs that sound alike, within `said` and with what stands on the shelves already.

    Keys within one change of each other share a form with one sign left out.
    """
    for one in said:
        key = sound_key(one.phrase)
        compared: set[int] = set()
        for form in _forms(key) if key else ():
            for other_key, other in (*shelves.get(form, ()), *everywhere.get(form, ())):
                if id(other) not in compared and _differ(one, other):
                    compared.add(id(other))
                    if alike(key, other_key):
                        yield other, one
            shelves.setdefault(form, []).append((key, one))


def _differ(one: _Said, other: _Said) -> bool:
    return other.owner != one.owner and other.leads != one.leads and other.phrase != one.phrase


@lru_cache(maxsize=65_536)
def _forms(key: str) -> tuple[str, ...]:
    """The key itself and, if it is long enough to be nearly alike, with any one sign left out."""
    if len(key) < _shortest_near(key) - 1:
        return (key,)
    return tuple(dict.fromkeys((key, *(key[:at] + key[at + 1 :] for at in range(len(key))))))
