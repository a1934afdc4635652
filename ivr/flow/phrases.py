"""Phrases as designers write them -> every sentence they stand for.

`(我想|我要)?挂失(一下)?` is six sentences: round brackets group, `|` separates alternatives, a
question mark after a group makes it optional.
"""

import re
from collections.abc import Mapping

MAX_PHRASE_CHARACTERS = 80
MAX_PATTERN_CHARACTERS = 2000
MAX_GROUPS = 20
MAX_SENTENCES = 64
"""Sentences one written phrase may stand for."""

Terms = Mapping[str, tuple[str, ...]]
"""The ways to say each term of a term library (`ivr.flow.terms`), whatever the language."""

_USE = re.compile(r"<([^<>]*)>")
_BAD = re.compile(r"[\x00-\x1f\x7f{}\[\]<>]")


def sentences(pattern: str) -> tuple[str, ...]:
    """All sentences of a pattern, without repetition; the first leaves every option out.

    Raises:
        ValueError: if brackets do not match, nothing is left to say, or there are too many.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS or _BAD.search(pattern):
        raise ValueError("a phrase is short and holds no control characters or brackets like [ {")
    if pattern.count("(") > MAX_GROUPS:
        raise ValueError(f"a phrase has at most {MAX_GROUPS} groups")
    found, rest = _sequence(pattern, 0)
    if rest != len(pattern):
        raise ValueError('a bracket ")" closes nothing')
    clean = tuple(dict.fromkeys(" ".join(one.split()) for one in found))
    if not all(any(c.isalnum() for c in one) for one in clean):
        raise ValueError("a phrase must leave something to say")
    if any(len(one) > MAX_PHRASE_CHARACTERS for one in clean):
        raise ValueError(f"a phrase holds at most {MAX_PHRASE_CHARACTERS} characters")
    return clean


def with_terms(pattern: str, terms: Terms) -> str:
    """A phrase with its `<term>`s written out as alternatives.

    Raises:
        KeyError: with the name of a term that is not in the library.
    """
    return _USE.sub(lambda use: f"({'|'.join(terms[use[1].strip()])})", pattern)


def _sequence(pattern: str, at: int) -> tuple[list[str], int]:
    """Alternatives up to the end of the text or of a group."""
    done: list[str] = []
    open_ends = [""]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "(":
            inner, at = _group(pattern, at + 1)
            open_ends = [left + right for left in open_ends for right in inner]
        elif pattern[at] == "|":
            done += open_ends
            open_ends, at = [""], at + 1
        else:
            open_ends, at = [left + pattern[at] for left in open_ends], at + 1
        if len(done) + len(open_ends) > MAX_SENTENCES:
            raise ValueError(f"a phrase stands for at most {MAX_SENTENCES} sentences")
    return done + open_ends, at


def _group(pattern: str, at: int) -> tuple[list[str], int]:
    inner, at = _sequence(pattern, at)
    if at >= len(pattern):
        raise ValueError('a bracket "(" is not closed')
    at += 1
    if at < len(pattern) and pattern[at] == "?":
        return ["", *inner], at + 1
    return inner, at
