"""Benchmark: public collections of intents, read by plain string likeness and by the classifier."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from ivr.dialogue.intents.encoder_file import encoder_folder
from ivr.dialogue.intents.model import IntentModel
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.dialogue.intents.reading import Guess, IntentReading
from ivr.dialogue.intents.student import NAME as STUDENT
from ivr.dialogue.intents.student import SentenceStudent
from ivr.dialogue.intents.student_file import digest_of
from ivr.errors import ModelError
from ivr.training.intents.corpora import NAMES, Corpus, load_corpus
from ivr.training.intents.evaluation import Reader, Result, evaluate
from ivr.training.intents.examples import Example, ExampleSet
from ivr.training.intents.learning import Progress, Recipe, train

RECIPE_VERSION = 1
"""Raised when features or training change, so that kept models are made anew."""

RECIPES = {
    "banking77": Recipe(folds=3),
    "clinc150": Recipe(folds=3, rare=2, logistic_c=0.0, refused=0.85),
}
"""Chosen on the dev parts. The hundred foreign sentences of CLINC150's training part are more
alike than those of its other parts: to refuse 80 % there, the limit is set for more here."""

MINILM = {
    "banking77": replace(RECIPES["banking77"], logistic_c=0.0, backend="minilm"),
    "clinc150": replace(RECIPES["clinc150"], refused=0.92, backend="minilm"),
}
"""The same with the sentence encoder, which leaves room for a stricter limit on CLINC150."""

STATIC = {
    "banking77": replace(RECIPES["banking77"], backend="static"),
    "clinc150": replace(MINILM["clinc150"], backend="static"),
}
"""The same with the English student; the limit is that of MiniLM."""

OF_BACKEND = {"linear": RECIPES, "static": STATIC, "minilm": MINILM}

FUZZY_QUERIES = 400
"""String likeness is slow (every example is compared): so many queries are measured, evenly."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    corpus: str
    method: str
    result: Result


def table(
    data: Path, cache: Path, limit: int, progress: Progress, student: SentenceStudent | None
) -> Iterator[Row]:
    """Every corpus by every method; `limit` takes so many intents only (0: all).

    The row of the `student` is left out if there is none, that of the encoder where that is not
    installed.

    Raises:
        SettingsError: if the folder lacks the corpora.
    """
    for name in NAMES:
        corpus = load_corpus(name, data, limit=limit)
        few = corpus.test[:: max(1, len(corpus.test) // FUZZY_QUERIES)]
        progress(f"{name}: string likeness")
        yield Row(name, "rapidfuzz, nearest", evaluate(nearest(corpus.train), few))
        progress(f"{name}: learning")
        methods = {"linear": "linear: n-grams"}
        if student is not None:
            methods["static"] = "static: and student"
        if encoder_folder() is not None:
            methods["minilm"] = "minilm: and encoder"
        for backend, told in methods.items():
            model = trained_for(corpus, cache, progress, backend, student)
            yield Row(name, told, evaluate(model.read_one, corpus.test))


def trained_for(
    corpus: Corpus,
    cache: Path,
    progress: Progress,
    backend: str = "linear",
    student: SentenceStudent | None = None,
) -> IntentModel:
    """The model of a corpus' training part: the kept one, or a new one that is kept."""
    given = ExampleSet(tuple(dict.fromkeys(corpus.train)))
    of = f"{backend}-{RECIPE_VERSION}" if backend != "linear" else f"{RECIPE_VERSION}"
    if backend == STUDENT and student is not None:
        of += f"-{digest_of(student)}"
    kept = cache / f"{corpus.name}-{given.digest}-{of}.npz"
    recipe = OF_BACKEND[backend][corpus.name]
    try:
        return load_model(kept)
    except ModelError:
        model = train(given, recipe, progress, student).model
        save_model(model, kept)
        return model


def nearest(examples: tuple[Example, ...]) -> Reader:
    """Reads a sentence as its nearest example by token_sort_ratio, the best of its scorers."""
    texts = [one.text.casefold() for one in examples]

    def read(text: str) -> IntentReading:
        found = process.extractOne(text.casefold(), texts, scorer=fuzz.token_sort_ratio)
        assert found is not None
        name, score = examples[found[2]].intent, found[1] / 100
        return IntentReading(name, score, (Guess(name, 1.0),))

    return read
