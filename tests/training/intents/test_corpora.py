"""Corpora and example files: the published forms are read, others give one clear error."""

import json
from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.flow.library import load_book
from ivr.training.intents.corpora import corpus_of, load_corpus, read_test, split, without
from ivr.training.intents.examples import Example
from ivr.training.intents.examples_file import read_examples
from ivr.training.intents.flow_examples import with_phrases

ROOT = Path(__file__).resolve().parents[3]
BANK = ROOT / "flows" / "bank"
DATA = ROOT.parent / "shared" / "data" / "text"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no public corpora in ../shared/data")


def test_the_bank_has_enough_examples_of_every_intent() -> None:
    given = read_examples(BANK / "intents.yaml")
    assert len(given.intents) == 32 and len({i.group for i in given.infos.values()}) == 8
    for intent in given.intents:
        own = [one for one in given.examples if one.intent == intent]
        assert sum(one.language == "zh" for one in own) >= 25, intent
        assert sum(one.language == "en" for one in own) >= 10, intent
    assert sum(not one.is_ours for one in given.examples) >= 100
    texts = [one.text for one in given.examples]
    assert len(texts) == len(set(texts))


def test_phrases_of_the_flow_are_examples_too() -> None:
    given = read_examples(BANK / "intents.yaml")
    more = with_phrases(given, load_book(BANK))
    assert len(more.examples) > len(given.examples)
    assert any(one.intent == "balance" and one.text == "账户余额" for one in more.examples)


def test_csv_and_json_tests(tmp_path: Path) -> None:
    table = tmp_path / "test.csv"
    table.write_text('text,category\n"where, please, is it?",card_arrival\n', encoding="utf-8")
    assert read_test(table) == [Example("where, please, is it?", "card_arrival")]
    assert corpus_of(table) == "banking77"
    parts = {
        "test": [["hi there", "greeting"]],
        "oos_test": [["what is art", "oos"]],
        "val": [["x", "y"]],
    }
    clinc = tmp_path / "test.json"
    clinc.write_text(json.dumps(parts), encoding="utf-8")
    assert read_test(clinc) == [Example("hi there", "greeting"), Example("what is art", "")]
    assert corpus_of(clinc) == "clinc150"
    clinc.write_text(json.dumps({"val": [["a", "b"]], "oos_val": []}), encoding="utf-8")
    assert read_test(clinc) == [Example("a", "b")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", "question,label\nx,y\n", "columns"),
        ("a.csv", "text,category\n", "no examples"),
        ("a.csv", "text,category\n,y\n", ":2: expected a text"),
        ("a.json", "{", "not valid JSON"),
        ("a.json", '{"test": [["x"]]}', r"test\[0\]: expected"),
        ("a.json", '{"train": [["x", "y"]]}', "holds none of"),
        ("a.json", "3", "expected an object"),
    ],
)
def test_other_forms_give_one_clear_error(
    tmp_path: Path, name: str, content: str, why: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=why):
        read_test(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("a: [", "not valid YAML"),
        ("flow: bank", "classes"),
        ("classes: {a: {intents: {b: 3}}}", "intents"),
        ("classes: {a: {intents: {b: {urgency: extreme, zh: x}}}}", "urgency"),
        ("classes: {a: {intents: {b: {zh: [1]}}}}", "one example a line"),
        ("classes: {a: {intents: {b: {zh: x}}}, c: {intents: {b: {zh: y}}}}", "written twice"),
    ],
)
def test_a_bad_catalogue_gives_one_clear_error(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "intents.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=why):
        read_examples(path)


def test_the_split_holds_out_the_same_tenth_of_every_intent() -> None:
    examples = [Example(f"{name} {n}", name) for name in "ab" for n in range(20)]
    train, dev = split(examples)
    assert len(dev) == 4 and {one.intent for one in dev} == {"a", "b"}
    assert not set(train) & set(dev) and split(examples) == (train, dev)


def test_sentences_of_the_test_are_not_trained_on() -> None:
    known = (Example("Where is my card?", "arrival"), Example("lost card", "loss"))
    assert without(known, [Example("where is my CARD?", "other")]) == known[1:]


@needs_data
def test_a_few_intents_of_the_public_corpora_are_learnt() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")
    from ivr.training.intents.benchmark import RECIPES
    from ivr.training.intents.evaluation import evaluate
    from ivr.training.intents.examples import ExampleSet
    from ivr.training.intents.learning import train

    for name in ("banking77", "clinc150"):
        corpus = load_corpus(name, DATA, limit=8)
        model = train(ExampleSet(corpus.train), RECIPES[name]).model
        result = evaluate(model.read_one, corpus.test)
        assert result.closed >= 0.95, name
        assert result.refused is None or result.refused >= 0.6


@needs_data
def test_with_a_test_file_every_public_part_is_trained_on(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"
    path.write_text("text,category\nwhere is my card,card_arrival\n", encoding="utf-8")
    corpus = load_corpus("banking77", DATA, path)
    assert len(corpus.train) == 10_003 and len(corpus.test) == 1
