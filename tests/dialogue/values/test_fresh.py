"""Spoken values: rows written before the parser was tried on them (three quarters were right)."""

from pathlib import Path

import pytest
import yaml

from ivr.dialogue.values import parse
from tests.dialogue.values.test_tables import RIGHT, TODAY, table, told

HERE = Path(__file__).parent / "fresh"
LEAST = {"zh": 150, "en": 80}


def fresh(language: str) -> list[tuple[str, str, str]]:
    text = (HERE / f"{language}.yaml").read_text(encoding="utf-8")
    kinds = yaml.load(text, Loader=yaml.BaseLoader)
    return [(kind, said, normal) for kind, rows in kinds.items() for said, normal in rows.items()]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_people_say_once_more(language: str) -> None:
    """With the older tables together at least 99 in 100; of the fresh rows alone, 97."""
    rows = fresh(language)
    misses = []
    for kind, text, normal in rows:
        # A flow always says how many digits it wants; that tells a number begun twice.
        length = (len(normal), len(normal)) if kind == "digits" else None
        heard = told(parse(kind, text, language, today=TODAY, length=length))
        if heard != normal:
            misses.append(f"{kind}: {text!r} is {normal!r}, understood as {heard!r}")
    print(f"{language}: {len(rows) - len(misses)} of {len(rows)} right", *misses, sep="\n  ")
    assert len(rows) >= LEAST[language]
    assert len(misses) <= 0.03 * len(rows), "\n".join(misses)
    assert len(misses) <= (1 - RIGHT) * (len(rows) + len(table(language)))
