"""Spoken values: the tables of how people talk, at least 99 in 100 of them right."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ivr.dialogue.values import Partial, Result, parse

TODAY = date(2026, 7, 15)
HERE = Path(__file__).parent
LEAST = {"zh": 400, "en": 200}
RIGHT = 0.99


def table(language: str) -> list[tuple[str, str, str]]:
    """(kind, spoken text, normal form) of every row; all are strings."""
    rows = []
    for path in sorted((HERE / language).glob("*.yaml")):
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        rows += [(path.stem, text, normal) for text, normal in entries.items()]
    return rows


def told(result: Result) -> str:
    """A result as the tables write it."""
    if result is None:
        return "none"
    if isinstance(result, Partial):
        if result.kind == "date":
            return f"partial {result.heard}".strip()
        return f"partial {result.heard} missing {result.missing}"
    about = "~" if result.approximate else ""
    others = "".join(f" or {other}" for other in result.others) if result.kind == "time" else ""
    return f"{about}{result.normal}{others} {result.unit}".strip()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_people_say(language: str) -> None:
    rows = table(language)
    misses = []
    for kind, text, normal in rows:
        heard = told(parse(kind, text, language, today=TODAY))
        if heard != normal:
            misses.append(f"{kind}: {text!r} is {normal!r}, understood as {heard!r}")
    print(f"{language}: {len(rows) - len(misses)} of {len(rows)} right", *misses, sep="\n  ")
    assert len(rows) >= LEAST[language]
    assert len(misses) <= (1 - RIGHT) * len(rows), "\n".join(misses)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_span_bounds_what_was_said(language: str) -> None:
    for kind, text, _ in table(language):
        found = parse(kind, text, language, today=TODAY)
        if found is not None:
            assert 0 <= found.start < found.end <= len(text), (kind, text, found)
