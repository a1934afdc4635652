from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech.words_file import read_words


def test_words_file(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("<eps> 0\n余额 1\r\ni'd 2\n", encoding="utf-8")
    assert read_words(path) == {"<eps>", "余额", "i'd"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"one 1\ntwo\n", r"words\.txt:2: expected a word and its number"),
        (b"one 1\n\xff\xfe 2\n", "not UTF-8"),
        (b"one x\n", r"words\.txt:1"),
    ],
)
def test_broken_words_file(tmp_path: Path, content: bytes, error: str) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=error):
        read_words(path)


def test_absent_or_huge_words_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "words.txt"
    with pytest.raises(ModelError, match="cannot be read"):
        read_words(path)
    monkeypatch.setattr("ivr.speech.words_file.MAX_WORDS_FILE_BYTES", 3)
    path.write_text("one 1\n")
    with pytest.raises(ModelError, match="at most 3"):
        read_words(path)
