from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.vosk_model import NEEDED_FILES, VoskModel


def folder(root: Path, mfcc: str = "--sample-frequency=8000\n", words: str = "是 1\n") -> Path:
    """Looks like a model until Vosk loads it."""
    for name in (*NEEDED_FILES, "graph/HCLr.fst", "graph/Gr.fst"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    (root / "conf" / "mfcc.conf").write_text(mfcc)
    (root / "graph" / "words.txt").write_text(words, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("mfcc", "rate"),
    [
        ("--sample-frequency=8000\n", 8000),
        ("--use-energy=false\n--sample-frequency = 16000.0  # narrow\n", 16000),
        ("--use-energy=false\n", 16000),
        ("#--sample-frequency=8000\n", 16000),
    ],
)
def test_sample_rate(tmp_path: Path, mfcc: str, rate: int) -> None:
    assert VoskModel(folder(tmp_path, mfcc)).sample_rate == rate


def test_a_rate_that_is_not_used(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="44100 Hz"):
        _ = VoskModel(folder(tmp_path, "--sample-frequency=44100")).sample_rate


def test_no_conf(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="ivr models install"):
        _ = VoskModel(tmp_path).sample_rate


@pytest.mark.parametrize("gone", [*NEEDED_FILES, "graph/Gr.fst"])
def test_what_is_missing_is_named(tmp_path: Path, gone: str) -> None:
    (folder(tmp_path) / gone).unlink()
    with pytest.raises(ModelError, match=gone):
        VoskModel(tmp_path).check()


def test_words_are_looked_up_without_loading_the_model(tmp_path: Path) -> None:
    model = VoskModel(folder(tmp_path, words="是 1\n[unk] 2\n"))
    assert model.grammar("zh", ("是", "不")).missing == ("不",)
    assert model.grammar("zh", ("是", "不")) is model.grammar("zh", ("是", "不"))


def test_the_oldest_grammars_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.speech.vosk_model.MAX_GRAMMARS_KEPT", 2)
    model = VoskModel(folder(tmp_path, words="是 1\n[unk] 2\n"))
    first = model.grammar("zh", ("是",))
    for phrase in ("不", "好"):
        model.grammar("zh", (phrase,))
    assert model.grammar("zh", ("是",)) is not first


def test_a_damaged_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Vosk cannot load this model"):
        VoskModel(folder(tmp_path)).load()
