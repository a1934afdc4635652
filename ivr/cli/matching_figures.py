"""The table of `ivr bench matching`: misheard phrases found, and strangers let in."""

import json
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

RATES = (0.0, 0.1, 0.2, 0.3, 0.4)
SEED = 2024


def show_matching(homophones: Any, rounds: int, as_json: bool) -> None:
    """Measure with `homophones`, the module tests.dialogue.matching.homophones.

    Each phrase of each menu is misheard `rounds` times at every rate.
    """
    vocabularies: dict[str, Callable[[], Any]] = {
        "bank": homophones.bank_menus,
        "city hall": homophones.city_hall,
        "telecom": homophones.telecom,
    }
    rows = []
    for name, menus in vocabularies.items():
        for rate in RATES:
            began = time.perf_counter()
            found = homophones.misheard_menus(menus(), rate, rounds, SEED)
            rows.append(
                {
                    "vocabulary": name,
                    "misheard": rate,
                    "utterances": found.total,
                    "right": found.right / found.total,
                    "wrong": found.wrong / found.total,
                    "refused": found.refused / found.total,
                    "microseconds": 1e6 * (time.perf_counter() - began) / found.total,
                }
            )
    strangers = [_strangers(homophones, name, language) for name in ("bank", "city hall")
                 for language in ("zh", "en")]  # fmt: skip
    if as_json:
        print(json.dumps({"misheard": rows, "strangers": strangers}, indent=2))
        return
    _print(rows, strangers)


def _strangers(homophones: Any, name: str, language: str) -> dict[str, Any]:
    menus = (homophones.bank_menus if name == "bank" else homophones.city_hall)(language)
    texts = homophones.sentences(language)
    taken = homophones.false_accepts(menus, texts, language)
    asked = len(texts) * len(menus)
    return {
        "vocabulary": name,
        "language": language,
        "asked": asked,
        "accepted": len(taken),
        "share": len(taken) / asked,
    }


def _print(rows: list[dict[str, Any]], strangers: list[dict[str, Any]]) -> None:
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("vocabulary")
    for name in ("syllables misheard", "utterances", "right", "wrong", "refused", "us each"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row["vocabulary"], f"{row['misheard']:.0%}", str(row["utterances"]),
            *(f"{row[name]:.1%}" for name in ("right", "wrong", "refused")),
            f"{row['microseconds']:.0f}",
        )  # fmt: skip
    console.print(table)
    for row in strangers:
        console.print(
            f"unrelated sentences, {row['vocabulary']}, {row['language']}:"
            f" {row['accepted']} of {row['asked']} accepted ({row['share']:.1%})"
        )
