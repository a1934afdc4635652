"""Student: its arithmetic, what it refuses, and its way through a model file."""

from pathlib import Path

import numpy as np
import pytest

from ivr.dialogue.intents.model import FACTS, Block, Dense, IntentModel, Scope
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.dialogue.intents.student import SPAN, SPECIAL, SentenceStudent
from ivr.errors import ModelError

VOCABULARY = {piece: at for at, piece in enumerate((*SPECIAL, "card", "lost", "money"))}
WIDTH, FILTERS, SIZE = 4, 5, 3


def drawn(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    chance = np.random.default_rng(sum(shape))
    return chance.normal(0, 1, shape).astype(np.float16).astype(np.float32)


def student(filters: int = FILTERS) -> SentenceStudent:
    return SentenceStudent(
        vocabulary=VOCABULARY,
        table=np.round(30 * drawn(len(VOCABULARY), WIDTH)).astype(np.int8),
        steps=np.full(WIDTH, 0.03125, np.float32),
        filters=drawn(SPAN * WIDTH, filters),
        offsets=drawn(FILTERS),
        out=drawn(2 * FILTERS + WIDTH, SIZE),
        out_offsets=drawn(SIZE),
    )


def test_a_vector_is_what_the_formula_says() -> None:
    made = student()
    rows = made.table[[3, 4, 5]] * made.steps
    none = np.zeros(WIDTH, np.float32)
    spans = [(none, rows[0], rows[1]), (rows[0], rows[1], rows[2]), (rows[1], rows[2], none)]
    heard = [np.maximum(np.concatenate(one) @ made.filters + made.offsets, 0) for one in spans]
    facts = np.concatenate([np.max(heard, 0), np.mean(heard, 0), np.mean(rows, 0)])
    wanted = facts @ made.out + made.out_offsets
    assert np.allclose(made.vector("card lost money"), wanted, atol=1e-4)


def test_the_order_of_words_counts_and_every_text_has_a_vector() -> None:
    made = student()
    assert not np.allclose(made.vector("card lost money"), made.vector("money lost card"))
    assert all(made.vector(text).shape == (SIZE,) for text in ("", "??", "卡" * 500))


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        student(filters=FILTERS + 1)


def model() -> IntentModel:
    return IntentModel(
        names=("loss", "money"),
        infos={},
        blocks=(Block("words", {"card": 0, "money": 1}, np.ones(2, np.float32), 0),),
        weights=np.eye(2, dtype=np.float32),
        offsets=np.zeros(2, np.float32),
        temperature=1.0,
        scope=Scope((0.0,) * FACTS, 9.0, 0.0),
        has_none=False,
        dense=Dense(student(), drawn(SIZE), drawn(SIZE, 2)),
    )


def test_a_model_read_back_is_the_same_and_needs_no_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ivr.dialogue.intents import model_file

    monkeypatch.delattr(model_file, "load_encoder")
    save_model(model(), tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.backend == "static"
    text = "i lost my card"
    assert np.allclose(again.scores(text)[0], model().scores(text)[0], atol=1e-2)
    assert not np.allclose(again.scores(text)[0], again.scores("card lost i my")[0])


@pytest.mark.parametrize("name", ["student_table", "student_pieces", "student_out", "dense_mean"])
def test_a_file_with_a_damaged_part_gives_one_clear_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / "model.npz"
    save_model(model(), path)
    with np.load(path) as arrays:
        kept = {key: arrays[key] for key in arrays.files}
    kept[name] = kept[name][:-6]
    np.savez_compressed(path, **kept)
    with pytest.raises(ModelError, match="not an intent model"):
        load_model(path)
