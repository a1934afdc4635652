"""Reads words.txt, the list of a Vosk model's words."""

from pathlib import Path

from ivr.errors import ModelError

MAX_WORDS_FILE_BYTES = 64 * 1024 * 1024


def read_words(path: Path) -> frozenset[str]:
    """Read a model's words.txt: one word and its number a line.

    Raises:
        ModelError: if it is absent, too large, or not such a list.
    """
    try:
        size = path.stat().st_size
        if size > MAX_WORDS_FILE_BYTES:
            raise ModelError(f"{path}: {size} bytes; at most {MAX_WORDS_FILE_BYTES} are read")
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{path}: not UTF-8 text; install the model again") from error
    words = set()
    for number, line in enumerate(lines, start=1):
        word, _, identity = line.strip("\r").rpartition(" ")
        if not word.strip() and not identity.strip():
            continue
        if not identity.isdigit() or not word.strip():
            raise ModelError(f"{path}:{number}: expected a word and its number")
        words.add(word.strip())
    return frozenset(words)
