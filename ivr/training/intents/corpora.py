"""Corpora: Banking77 and CLINC150, the public test collections of intents, as published.

Banking77 is a CSV of text and category (PolyAI). CLINC150 is a JSON object whose keys train, val,
test, oos_train, oos_val and oos_test hold [text, intent] pairs (clinc/oos-eval).
"""

import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.dialogue.intents.reading import OUT_OF_SCOPE
from ivr.errors import SettingsError
from ivr.training.intents.examples import Example
from ivr.training.intents.examples_file import read_csv, read_text

CLINC_NONE = frozenset({"oos", "out_of_scope", ""})
DEV_SHARE = 0.1
DEV_SEED = 77
NAMES = ("banking77", "clinc150")
_FILES = {"banking77": "train.csv", "clinc150": "train_val.json"}

Examples = tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A training part and the part that results are measured on."""

    name: str
    train: Examples
    test: Examples
    tested_on: str
    """In words, for the report."""


def load_corpus(name: str, data: Path, test: Path | None = None, limit: int = 0) -> Corpus:
    """One of `NAMES` from a folder of corpora; without `test` its dev part is measured.

    The dev part of Banking77 is a tenth of each category's training questions, by a fixed seed;
    that of CLINC150 is its val and oos_val. With a `test` file, all public parts are trained on,
    except sentences that the test file has too.
    `limit` takes so many intents only, for a quick look.

    Raises:
        SettingsError: for an unknown name, or files that are absent or not in the known form.
    """
    if name not in NAMES:
        raise SettingsError(f"no corpus {name!r}; known: {', '.join(NAMES)}")
    path = data / name / _FILES[name]
    if name == "banking77":
        train, dev = split(read_csv(path))
    else:
        parts = read_clinc(path)
        train, dev = parts["train"] + parts["oos_train"], parts["val"] + parts["oos_val"]
    told = f"{name} dev"
    if test is not None:
        public, dev, told = train + dev, tuple(read_test(test)), str(test)
        train = without(public, dev)
        if len(train) < len(public):
            told += f" ({len(public) - len(train)} of its sentences left out of the training part)"
    return _limited(Corpus(name, train, dev, told), limit)


def without(examples: Examples, tests: Sequence[Example]) -> Examples:
    """Examples whose sentence, whatever its letters' case, is not one of the tests."""
    asked = {one.text.casefold() for one in tests}
    return tuple(one for one in examples if one.text.casefold() not in asked)


def read_test(path: Path) -> list[Example]:
    """The test sentences of a CSV file, or of a CLINC150 JSON: test and oos_test, else val.

    Raises:
        SettingsError: if it is neither.
    """
    if path.suffix.lower() != ".json":
        return read_csv(path)
    parts = read_clinc(path)
    found = parts["test"] + parts["oos_test"] or parts["val"] + parts["oos_val"]
    if not found:
        raise SettingsError(f"{path}: holds none of test, oos_test, val, oos_val")
    return list(found)


def corpus_of(test: Path) -> str:
    """The corpus that a test file's form belongs to."""
    return "clinc150" if test.suffix.lower() == ".json" else "banking77"


def read_clinc(path: Path) -> defaultdict[str, Examples]:
    """The parts of a CLINC150 file; parts it lacks are empty.

    Raises:
        SettingsError: if it is not such a file.
    """
    try:
        content = json.loads(read_text(path))
    except ValueError as error:
        raise SettingsError(f"{path}: not valid JSON: {error}") from error
    if isinstance(content, list):
        content = {"test": content}
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected an object with lists of [text, intent]")
    parts: defaultdict[str, Examples] = defaultdict(tuple)
    for key, pairs in content.items():
        if not isinstance(pairs, list):
            raise SettingsError(f"{path}: {key}: expected a list of [text, intent]")
        parts[key] = tuple(_pair(pair, f"{path}: {key}[{at}]") for at, pair in enumerate(pairs))
    return parts


def _pair(pair: object, place: str) -> Example:
    match pair:
        case [str(text), str(intent)]:
            return Example(text, OUT_OF_SCOPE if intent in CLINC_NONE else intent)
    raise SettingsError(f"{place}: expected [text, intent]")


def split(
    examples: Sequence[Example], share: float = DEV_SHARE, seed: int = DEV_SEED
) -> tuple[Examples, Examples]:
    """A training and a dev part, the same share of each intent, always the same ones."""
    chance = random.Random(seed)
    by_intent: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_intent[example.intent].append(example)
    train: list[Example] = []
    dev: list[Example] = []
    for intent in sorted(by_intent):
        own = by_intent[intent]
        chance.shuffle(own)
        count = max(1, round(len(own) * share))
        dev += own[:count]
        train += own[count:]
    return tuple(train), tuple(dev)


def _limited(corpus: Corpus, limit: int) -> Corpus:
    if not limit:
        return corpus
    names = sorted({one.intent for one in corpus.train if one.is_ours})[:limit]
    kept = {*names, OUT_OF_SCOPE}
    train, test = (
        tuple(one for one in part if one.intent in kept) for part in (corpus.train, corpus.test)
    )
    return Corpus(corpus.name, train, test, f"{corpus.tested_on}, {limit} intents")
