"""Learning: small sets of examples become models that understand, refuse, and say how well."""

import pytest

from ivr.errors import SettingsError
from ivr.training.intents.evaluation import confusions, evaluate
from ivr.training.intents.examples import Example, ExampleSet

pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")

from ivr.training.intents.learning import Recipe, train

LOSS = ["i lost my card", "my card is gone", "card stolen", "lost card", "my card was stolen"]
MONEY = ["what is my balance", "how much money", "check balance", "my balance", "balance please"]
NONE = ["tell me a joke", "what a nice day", "play some music", "who are you", "good weather"]


def example_set(*, foreign: bool = True) -> ExampleSet:
    named = {"loss": LOSS, "money": MONEY, "": NONE if foreign else []}
    return ExampleSet(tuple(Example(t, name) for name, texts in named.items() for t in texts))


def test_a_small_set_is_learnt_and_strangers_are_refused() -> None:
    trained = train(example_set(), Recipe(folds=2))
    read = trained.model.read_one
    assert read("someone stole my card").name == "loss"
    assert read("the balance of my account").name == "money"
    assert read("play a nice song of music").name == ""
    assert read("zzz qqq").name == "" and read("").name == ""
    assert 0 <= trained.in_scope <= trained.closed <= 1 and trained.refused is not None


def test_without_foreign_examples_nothing_is_refused_that_has_a_known_word() -> None:
    trained = train(example_set(foreign=False), Recipe(folds=2))
    assert trained.refused is None and not trained.model.has_none
    assert trained.model.read_one("card").name == "loss"


def test_training_is_the_same_every_time() -> None:
    first, second = (train(example_set(), Recipe(folds=2)).model for _ in range(2))
    assert (first.weights == second.weights).all() and first.scope == second.scope


def test_an_svm_alone() -> None:
    model = train(example_set(), Recipe(folds=2, logistic_c=0)).model
    assert model.read_one("my card is lost").name == "loss"


@pytest.mark.parametrize("few", [1, 3])
def test_too_few_examples_are_named(few: int) -> None:
    given = ExampleSet(tuple(Example(text, "loss") for text in LOSS[:few]))
    with pytest.raises(SettingsError, match="at least"):
        train(given.with_examples([Example(text, "money") for text in MONEY]))


def test_evaluation_counts_what_it_says() -> None:
    model = train(example_set(), Recipe(folds=2)).model
    tests = [Example("i lost my card", "loss"), Example("my balance", "loss"), Example("zzz", "")]
    result = evaluate(model.read_one, tests)
    assert result.sentences == 3 and result.accuracy == pytest.approx(2 / 3)
    assert result.in_scope == result.closed == 0.5 and result.refused == 1.0
    assert confusions(model.read_one, tests) == [("loss", "money", 1)]
