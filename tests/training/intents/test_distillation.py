"""Distillation: a student learns to answer as a given encoder does, order of words included."""

from types import MappingProxyType

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")

from ivr.dialogue.intents.encoder import SIZE
from ivr.dialogue.intents.student import SPECIAL
from ivr.training.intents import learning
from ivr.training.intents.distillation import Shape, distil, kept_pieces
from ivr.training.intents.examples import Example, ExampleSet

Array = NDArray[np.float32]

WORDS = ("card", "lost", "money", "more", "phone", "home", "tea", "six")
KEPT = {piece: at for at, piece in enumerate((*SPECIAL, *WORDS))}
LOSS = ["i lost my card", "my card is gone", "card stolen", "my card was stolen"]
MONEY = ["what is my balance", "how much money have i", "check balance", "my balance"]
NONE = ["tell me a joke", "what a nice day", "play some music", "who are you"]
SMALL = Shape(width=6, filters=24, size=4, epochs=1, rate=1e-2)


def sentences(count: int, seed: int) -> list[str]:
    chance = np.random.default_rng(seed)
    return [" ".join(chance.choice(WORDS, chance.integers(2, 6))) for _ in range(count)]


def teacher(text: str) -> Array:
    """Answers by the words and by whether "card lost" stands in that order."""
    told = text.split()
    means = np.mean([[len(one), one in ("money", "more"), one < "m"] for one in told], axis=0)
    return np.array([*means, 2 * ("card lost" in text)], np.float32)


def test_a_student_answers_unseen_sentences_nearly_as_its_teacher() -> None:
    seen, unseen = sentences(600, 1), sentences(200, 2)
    answers = np.stack([teacher(text) for text in seen])
    of_pieces = np.random.default_rng(3).normal(size=(len(KEPT), 8)).astype(np.float32)
    made = distil(seen, answers, KEPT, of_pieces, SMALL)
    # Its directions are turned; distances between sentences are not.
    wanted = np.stack([teacher(text) for text in unseen])
    given = np.stack([made.vector(text) for text in unseen])
    far = np.linalg.norm(wanted[1:] - wanted[:-1], axis=1)
    told = np.linalg.norm(given[1:] - given[:-1], axis=1)
    assert np.corrcoef(far, told)[0, 1] > 0.9
    ordered, turned = (made.vector(text) for text in ("card lost tea", "lost card tea"))
    assert np.linalg.norm(ordered - turned) > 1
    again = distil(seen, answers, KEPT, of_pieces, SMALL)
    assert np.array_equal(again.table, made.table) and np.array_equal(again.out, made.out)


def test_kept_are_the_special_pieces_and_the_commonest_plain_ones() -> None:
    vocabulary = {
        one: at for at, one in enumerate(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[", "é", "a", "##b"))
    }
    kept = kept_pieces(vocabulary, 5)
    assert kept == {"[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[": 4, "a": 6}


class WordEncoder:
    """Stands in for the published encoder, which takes minutes to ask for every piece."""

    vocabulary = MappingProxyType(
        {
            one: at
            for at, one in enumerate(
                dict.fromkeys((*SPECIAL, *" ".join(LOSS + MONEY + NONE).split()))
            )
        }
    )
    meanings = np.random.default_rng(5).normal(size=(100, SIZE)).astype(np.float32)

    def of_piece(self, number: int) -> Array:
        answer: Array = self.meanings[number]
        return answer

    def vector(self, text: str) -> Array:
        told = np.stack([self.of_piece(self.vocabulary[one]) for one in text.split()])
        return np.asarray(told.mean(axis=0), np.float32)


def test_a_static_model_is_trained_by_an_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "load_encoder", WordEncoder)
    named = {"loss": LOSS, "money": MONEY, "": NONE}
    given = ExampleSet(tuple(Example(t, name) for name, texts in named.items() for t in texts))
    shape = Shape(width=8, filters=16, size=8, epochs=1)
    model = learning.train(given, learning.Recipe(folds=2, backend="static", student=shape)).model
    assert model.backend == "static" and model.dense is not None
    assert model.dense.weights.shape == (8, 3)
    assert model.read("my card is lost").guesses[0].name == "loss"
    assert model.read("the balance of my money").guesses[0].name == "money"
