"""Student file: written and read back, looked for in folders, damaged; the one that ships."""

from pathlib import Path

import numpy as np
import pytest

from ivr.dialogue.intents.student import SPAN, SPECIAL, SentenceStudent
from ivr.dialogue.intents.student_file import (
    SHIPPED,
    digest_of,
    load_student,
    save_student,
    shipped_student,
)
from ivr.errors import ModelError

MODELS = Path(__file__).resolve().parents[3] / "models"
WIDTH, FILTERS, SIZE = 4, 5, 3


def student(seed: int = 1) -> SentenceStudent:
    chance = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return chance.normal(0, 1, shape).astype(np.float16).astype(np.float32)

    vocabulary = {piece: at for at, piece in enumerate((*SPECIAL, "card", "lost"))}
    table = np.round(30 * drawn(len(vocabulary), WIDTH)).astype(np.int8)
    facts = 2 * FILTERS + WIDTH
    return SentenceStudent(
        vocabulary, table, drawn(WIDTH), drawn(SPAN * WIDTH, FILTERS), drawn(FILTERS),
        drawn(facts, SIZE), drawn(SIZE),
    )  # fmt: skip


def test_a_student_read_back_is_the_same(tmp_path: Path) -> None:
    save_student(student(), tmp_path / "own" / "student.npz")
    again = load_student(tmp_path / "own" / "student.npz")
    assert np.array_equal(again.vector("lost card"), student().vector("lost card"))
    assert digest_of(again) == digest_of(student()) != digest_of(student(2))


def test_the_first_folder_that_has_one_counts(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("none", "first", "second")]
    assert shipped_student(folders) is None
    for seed, folder in enumerate(folders[1:], 1):
        save_student(student(seed), folder / SHIPPED)
    found = shipped_student(folders)
    assert found is not None and digest_of(found) == digest_of(student(1))


@pytest.mark.parametrize("kept", [0, 100, -20])
def test_a_damaged_file_gives_one_clear_error(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "student.npz"
    save_student(student(), path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"student\.npz: not a sentence student"):
        load_student(path)
    path.unlink()
    with pytest.raises(ModelError, match=r"student\.npz"):
        load_student(path)


def test_the_shipped_student_knows_what_is_near() -> None:
    assert (MODELS / SHIPPED).stat().st_size < 6_000_000
    shipped = load_student(MODELS / SHIPPED)
    mean = shipped.vector("")

    def likeness(first: str, second: str) -> float:
        one, other = (shipped.vector(text) - mean for text in (first, second))
        return float(one @ other / np.sqrt((one @ one) * (other @ other)))

    asked = "my card was stolen"
    assert likeness(asked, "someone took my card") > likeness(asked, "how do i boil an egg") + 0.2
