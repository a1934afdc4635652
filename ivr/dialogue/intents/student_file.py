"""Student file: a SentenceStudent <-> named arrays, alone in an .npz file or within a model's."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ivr.dialogue.intents.student import SentenceStudent
from ivr.errors import ModelError

SHIPPED = Path("sentences-en") / "student.npz"
"""The English student that comes with the project, below a folder of models."""

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024

HALVES = ("steps", "filters", "offsets", "out", "out_offsets")
"""Numbers that are kept to three digits (float16); the table has int8."""

DAMAGES = (
    ValueError, KeyError, TypeError, EOFError, OSError, NotImplementedError, RuntimeError,
    zlib.error, zipfile.BadZipFile,
)  # fmt: skip
"""What reading an .npz file raises when it is none, or a damaged one."""


def student_arrays(student: SentenceStudent) -> dict[str, Any]:
    """The student's parts by name, as a file keeps them."""
    text = "\n".join(student.vocabulary).encode()
    halves = {name: getattr(student, name).astype(np.float16) for name in HALVES}
    found = {"pieces": np.frombuffer(text, np.uint8), "table": student.table}
    return {f"student_{name}": one for name, one in (found | halves).items()}


def student_of(arrays: Mapping[str, Any]) -> SentenceStudent:
    """The student of such parts; raises KeyError or ValueError if it is none."""
    listed = arrays["student_pieces"].tobytes().decode().split("\n")
    halves = {name: arrays[f"student_{name}"].astype(np.float32) for name in HALVES}
    vocabulary = {piece: at for at, piece in enumerate(listed)}
    return SentenceStudent(vocabulary, arrays["student_table"], **halves)


def save_student(student: SentenceStudent, path: Path) -> None:
    """Write a student to a file of its own.

    Raises:
        ModelError: if it cannot be written.
    """
    packed = io.BytesIO()
    np.savez_compressed(packed, **student_arrays(student))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(packed.getvalue())
        part.replace(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror or error}") from error


def load_student(path: Path) -> SentenceStudent:
    """Read a student that `save_student` wrote.

    Raises:
        ModelError: if it is absent, too large, or damaged.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError(f"larger than {MAX_FILE_BYTES} bytes")
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise ValueError(f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return student_of({name: arrays[name] for name in arrays.files})
    except DAMAGES as error:
        raise ModelError(f"{path}: not a sentence student ({error})") from error


def shipped_student(folders: Sequence[Path]) -> SentenceStudent | None:
    """The English student in the first of some folders of models that has it.

    Raises:
        ModelError: if it is damaged.
    """
    path = next((one / SHIPPED for one in folders if (one / SHIPPED).is_file()), None)
    return None if path is None else load_student(path)


def digest_of(student: SentenceStudent) -> str:
    """A short hash by which two students are told apart."""
    found = hashlib.sha256()
    for name, one in student_arrays(student).items():
        found.update(name.encode())
        found.update(one.tobytes())
    return found.hexdigest()[:8]
