"""Learning: examples -> IntentModel, by linear classifiers over n-grams, made into one.

With the backend "minilm" the vector of a pretrained sentence encoder stands beside the n-grams;
with "static" that of a small network that learnt from the encoder to answer as it does: the one
that ships with the project, or one taught by the examples.

A support vector machine and a logistic regression are trained on the same n-grams; the sum of
their scores, each divided by its spread, is linear again, so that the running hotline needs one
table of weights. Probabilities and the limit for "none of these" are fitted to scores of
sentences that the scoring classifiers had not seen (cross-validation).
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from ivr.dialogue.intents.encoder import NAME, SentenceEncoder
from ivr.dialogue.intents.encoder_file import load_encoder
from ivr.dialogue.intents.features import ANALYSERS
from ivr.dialogue.intents.model import FACTS, Block, Dense, IntentModel, Scope, scope_facts
from ivr.dialogue.intents.reading import OUT_OF_SCOPE
from ivr.dialogue.intents.student import NAME as STUDENT
from ivr.dialogue.intents.student import SentenceStudent
from ivr.errors import SettingsError
from ivr.training.intents.distillation import Shape
from ivr.training.intents.examples import ExampleSet
from ivr.training.intents.teaching import teach, vectors_of

LEAST_EXAMPLES = 4
"""An intent with fewer cannot be judged by cross-validation."""

BACKENDS = ("linear", STUDENT, NAME)

TEMPERATURES = np.geomspace(0.3, 12, 40)

Matrix = NDArray[np.float64]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train.

    A `logistic_c` of 0 leaves the logistic regression out.

    `refused` is the share of foreign sentences that the limit is set to refuse; `rare` the number
    of examples an n-gram must be in; `folds` of the cross-validation.
    """

    analysers: tuple[str, ...] = ("words", "letters")
    svm_c: float = 1.0
    logistic_c: float = 10.0
    folds: int = 3
    rare: int = 1
    refused: float = 0.8
    backend: str = "linear"
    student: Shape = field(default_factory=Shape)
    """How large a network is that the backend "static" teaches itself."""


FOR_SPEECH = Recipe(analysers=("words", "letters", "spoken"), folds=5)
"""For a flow: what is recognised may be another word of the same sound."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it does on sentences it had not seen, by cross-validation.

    `closed` is the share of ours whose intent is the likeliest one, `in_scope` of those that are
    accepted as well, `refused` the share of foreign sentences refused (None without any).
    """

    model: IntentModel
    closed: float
    in_scope: float
    refused: float | None


@dataclass(frozen=True, slots=True)
class _Scorer:
    """Weights and offsets of one trained classifier over given features."""

    weights: Matrix
    offsets: Matrix

    def scores(self, features: Any) -> Matrix:
        return np.asarray(features @ self.weights + self.offsets)


def train(
    given: ExampleSet,
    recipe: Recipe | None = None,
    progress: Progress = lambda _: None,
    student: SentenceStudent | None = None,
) -> Trained:
    """Train a model. Pure computation of seconds to minutes; nothing is drawn by chance.

    The backend "static" takes the `student`; without one it teaches its own by the examples,
    for which the encoder must be installed.

    Raises:
        SettingsError: if there are too few intents, or too few examples of one.
        ModelError: if the encoder is needed and not installed.
    """
    recipe = recipe or Recipe()
    names = given.intents
    _check(given, names, recipe)
    place = {name: at for at, name in enumerate((*names, OUT_OF_SCOPE))}
    labels = np.array([place[one.intent] for one in given.examples])
    texts = [one.text for one in given.examples]

    encoder = _encoder(texts, recipe, student, progress)
    vectors: Any = None if encoder is None else vectors_of(encoder, texts, progress)
    mean = None if vectors is None else vectors.mean(axis=0)
    dense = None if vectors is None else vectors - mean
    progress("learning")
    vectorisers = _vectorisers(texts, recipe)
    parts = _classifiers(_features(vectorisers, texts, dense), labels, recipe)
    unseen = _unseen(texts, dense, labels, recipe, progress)
    shares = [1 / float(scores.std()) for scores in unseen]
    weights = _sum([part.weights for part in parts], shares).astype(np.float16).astype(np.float32)
    grams = len(weights) - (0 if dense is None else dense.shape[1])
    model = IntentModel(
        names=names,
        infos=dict(given.infos),
        blocks=_blocks(vectorisers, recipe),
        weights=weights[:grams],
        offsets=_sum([part.offsets for part in parts], shares).astype(np.float32),
        temperature=1.0,
        scope=Scope((0.0,) * FACTS, 9.0, 0.0),
        has_none=len(names) in labels,
        trained_on=given.digest,
        sentences=given.sentences,
        dense=None if encoder is None or mean is None else Dense(encoder, mean, weights[grams:]),
    )
    return _calibrated(model, _sum(unseen, shares), labels, recipe.refused)


def _sum(parts: Sequence[Matrix], shares: Sequence[float]) -> Matrix:
    total: Matrix = np.zeros_like(parts[0])
    for part, share in zip(parts, shares, strict=True):
        total = total + part * share
    return total


def _calibrated(model: IntentModel, scores: Matrix, labels: Any, refused: float) -> Trained:
    """The model with its temperature and its limit fitted to scores of unseen sentences."""
    ours = labels < len(model.names)
    columns = scores[:, : len(model.names)]
    right = columns[ours].argmax(axis=1) == labels[ours]
    model = replace(model, temperature=_temperature(columns[ours], labels[ours]))
    if not model.has_none:
        return Trained(model, float(right.mean()), float(right.mean()), None)
    scope, likely = _scope(scope_facts(scores, model.has_none), ours, refused)
    accepted = likely >= scope.threshold
    return Trained(
        replace(model, scope=scope),
        closed=float(right.mean()),
        in_scope=float((right & accepted[ours]).mean()),
        refused=float(1 - accepted[~ours].mean()),
    )


def _check(given: ExampleSet, names: Sequence[str], recipe: Recipe) -> None:
    if len(names) < 2:
        raise SettingsError("at least two intents with examples are needed")
    least = max(LEAST_EXAMPLES, recipe.folds)
    counts = dict.fromkeys(names, 0)
    for one in given.examples:
        if one.is_ours:
            counts[one.intent] += 1
    few = [f"{name} ({count})" for name, count in counts.items() if count < least]
    if few:
        raise SettingsError(f"too few examples, at least {least} are needed: {', '.join(few)}")


def _vectorisers(texts: Sequence[str], recipe: Recipe) -> list[Any]:
    made = []
    for name in recipe.analysers:
        vectoriser = TfidfVectorizer(
            analyzer=ANALYSERS[name], sublinear_tf=True, min_df=recipe.rare, dtype=np.float32
        )
        try:
            made.append(vectoriser.fit(texts))
        except ValueError:  # no text has a feature of this kind: Mandarin only has no letters
            made.append(None)
    return made


def _encoder(
    texts: Sequence[str], recipe: Recipe, student: SentenceStudent | None, progress: Progress
) -> SentenceEncoder | SentenceStudent | None:
    """What makes vectors by the recipe's backend; without a given student one is taught first."""
    if recipe.backend not in (NAME, STUDENT):
        return None
    if recipe.backend == NAME:
        return load_encoder()
    return student or teach(texts, load_encoder(), recipe.student, progress)


def _features(vectorisers: Sequence[Any], texts: Sequence[str], dense: Any = None) -> Any:
    """N-grams side by side, and the encoder's vectors last."""
    present = [one.transform(texts) for one in vectorisers if one is not None]
    if dense is not None:
        present.append(sparse.csr_matrix(dense))
    return sparse.hstack(present).tocsr()


def _classifiers(features: Any, labels: Any, recipe: Recipe) -> tuple[_Scorer, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        svm = LinearSVC(C=recipe.svm_c, random_state=0).fit(features, labels)
        if not recipe.logistic_c:
            return (_scorer(svm),)
        logistic = LogisticRegression(C=recipe.logistic_c, max_iter=40, tol=1e-3)
        logistic.fit(features, labels)
    return _scorer(svm), _scorer(logistic)


def _scorer(classifier: Any) -> _Scorer:
    weights, offsets = classifier.coef_, classifier.intercept_
    if len(weights) == 1:  # two classes are told apart by one row
        weights, offsets = np.vstack([-weights, weights]), np.hstack([-offsets, offsets])
    return _Scorer(np.ascontiguousarray(weights.T, np.float64), offsets.astype(np.float64))


def _unseen(
    texts: Sequence[str], dense: Any, labels: Any, recipe: Recipe, progress: Progress
) -> list[Matrix]:
    """Each sentence's scores by classifiers of each kind that had not seen it."""
    size = (len(texts), len(set(labels.tolist())))
    scores = [np.zeros(size) for _ in range(2 if recipe.logistic_c else 1)]
    folds = StratifiedKFold(recipe.folds, shuffle=True, random_state=0)
    for number, (seen, left) in enumerate(folds.split(np.zeros(len(texts)), labels), 1):
        progress(f"cross-validating {number}/{recipe.folds}")
        own = [texts[at] for at in seen]
        vectorisers = _vectorisers(own, recipe)
        near, far = (None, None) if dense is None else (dense[seen], dense[left])
        parts = _classifiers(_features(vectorisers, own, near), labels[seen], recipe)
        features = _features(vectorisers, [texts[at] for at in left], far)
        for kind, part in zip(scores, parts, strict=True):
            kind[left] = part.scores(features)
    return scores


def _temperature(scores: Matrix, labels: Any) -> float:
    """The factor under which the right intents are the most probable."""

    def surprise(factor: float) -> float:
        scaled = scores * factor
        top = scaled.max(axis=1)
        total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
        return float((total - scaled[np.arange(len(labels)), labels]).mean())

    return float(min(TEMPERATURES, key=surprise))


def _scope(facts: Matrix, ours: Any, refused: float) -> tuple[Scope, Matrix]:
    """When a sentence is ours, and how probably each of these is."""
    fitted = LogisticRegression(C=10, class_weight="balanced", max_iter=500).fit(facts, ours)
    likely: Matrix = fitted.predict_proba(facts)[:, 1]
    threshold = float(np.quantile(likely[~ours], refused))
    weights = tuple(float(one) for one in fitted.coef_[0])
    return Scope(weights, float(fitted.intercept_[0]), threshold), likely


def _blocks(vectorisers: Sequence[Any], recipe: Recipe) -> tuple[Block, ...]:
    blocks, first = [], 0
    for name, one in zip(recipe.analysers, vectorisers, strict=True):
        if one is None:
            continue
        ordered = sorted(one.vocabulary_.items(), key=lambda item: item[1])
        rows = {gram: first + int(at) for gram, at in ordered}
        blocks.append(Block(name, rows, one.idf_.astype(np.float32), first))
        first += len(rows)
    return tuple(blocks)
