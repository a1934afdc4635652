"""Teaching: by which sentences the shipped student is taught, and by which it is not."""

import json
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="scikit-learn and scipy are only needed for training")

from ivr.training.intents.corpora import load_corpus
from ivr.training.intents.teaching import public_sentences


def test_it_is_taught_by_training_parts_and_by_nothing_of_the_dev_parts(tmp_path: Path) -> None:
    bank = [f"question {at} about a card" for at in range(20)]
    # A sentence may stand in a corpus twice: in its training part, and in its dev part.
    rows = "".join(f"{text},card\n" for text in (*bank, *bank[:3]))
    parts = {
        "train": [["play a song", "music"], ["Boil an Egg", "cook"]],
        "val": [["boil an egg", "cook"], ["dev only", "music"]],
        "oos_train": [["who am i", "oos"]],
        "oos_val": [["what is this", "oos"]],
    }
    for name, file, text in (
        ("banking77", "train.csv", "text,category\n" + rows),
        ("clinc150", "train_val.json", json.dumps(parts)),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text, encoding="utf-8")
    given = public_sentences(tmp_path)
    dev = {
        one.text for name in ("banking77", "clinc150") for one in load_corpus(name, tmp_path).test
    }
    assert {"dev only", "what is this"} <= dev and not dev & set(given)
    assert {"play a song", "who am i"} <= set(given) and "Boil an Egg" not in given
    assert {*bank} - dev <= set(given) and len(set(given)) == len(given)
