"""Model file: an IntentModel <-> one .npz file of arrays and a JSON header; no pickles."""

import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ivr.dialogue.intents.encoder import NAME, SIZE
from ivr.dialogue.intents.encoder_file import load_encoder
from ivr.dialogue.intents.features import ANALYSERS
from ivr.dialogue.intents.model import FACTS, Block, Dense, IntentModel, Scope
from ivr.dialogue.intents.reading import IntentInfo
from ivr.dialogue.intents.student import NAME as STUDENT
from ivr.dialogue.intents.student import SentenceStudent
from ivr.dialogue.intents.student_file import DAMAGES, student_arrays, student_of
from ivr.errors import ModelError

FORMAT = 1
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024

MAX_SENTENCES = 1000
"""Sentences of one language that are kept for the recogniser; a grammar takes 2,000 phrases."""


def save_model(model: IntentModel, path: Path) -> None:
    """Write a model; weights are kept to three digits (float16).

    Raises:
        ModelError: if it cannot be written.
    """
    header = {
        "format": FORMAT,
        "names": model.names,
        "infos": [asdict(info) for info in model.infos.values()],
        "blocks": [
            {"analyser": block.analyser, "first": block.first, "grams": list(block.rows)}
            for block in model.blocks
        ],
        "temperature": model.temperature,
        "scope": asdict(model.scope),
        "has_none": model.has_none,
        "trained_on": model.trained_on,
        "sentences": {language: list(told) for language, told in model.sentences.items()},
        "encoder": model.backend if model.dense is not None else "",
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    arrays: dict[str, Any] = {
        "header": np.frombuffer(text, np.uint8),
        "weights": model.weights.astype(np.float16),
        "offsets": model.offsets.astype(np.float32),
    }
    for at, block in enumerate(model.blocks):
        arrays[f"idf{at}"] = block.idf.astype(np.float32)
    if model.dense is not None:
        arrays["dense_mean"] = model.dense.mean.astype(np.float32)
        arrays["dense_weights"] = model.dense.weights.astype(np.float16)
        if isinstance(model.dense.encoder, SentenceStudent):
            arrays |= student_arrays(model.dense.encoder)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(packed.getvalue())
        part.replace(path)
    except OSError as error:
        raise ModelError(f"{path}: cannot be written: {error.strerror or error}") from error


def load_model(path: Path) -> IntentModel:
    """Read a model that `save_model` wrote.

    Raises:
        ModelError: if it is absent, damaged, or of another format.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ModelError(f"{path}: larger than {MAX_FILE_BYTES} bytes: no intent model")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such model; make it with `ivr intents train`") from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error}") from error
    return read_model(data, str(path))


def read_model(data: bytes, where: str) -> IntentModel:
    """The model in the bytes of a file; `where` names it in errors.

    Raises:
        ModelError: if it is damaged, or of another format.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise ModelError(f"{where}: unpacks to more than {MAX_UNPACKED_BYTES} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _model({name: arrays[name] for name in arrays.files})
    except DAMAGES as error:
        raise ModelError(
            f"{where}: not an intent model ({error}); make it again with `ivr intents train`"
        ) from error


def _model(arrays: dict[str, Any]) -> IntentModel:
    header = json.loads(arrays["header"].tobytes())
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']}, this version reads {FORMAT}")
    blocks = tuple(
        Block(
            one["analyser"],
            {gram: one["first"] + at for at, gram in enumerate(one["grams"])},
            arrays[f"idf{number}"],
            one["first"],
        )
        for number, one in enumerate(header["blocks"])
    )
    infos = {one["name"]: _info(one) for one in header["infos"]}
    model = IntentModel(
        names=tuple(header["names"]),
        infos=infos,
        blocks=blocks,
        weights=arrays["weights"].astype(np.float32),
        offsets=arrays["offsets"].astype(np.float32),
        temperature=float(header["temperature"]),
        scope=Scope(**{**header["scope"], "weights": tuple(header["scope"]["weights"])}),
        has_none=bool(header["has_none"]),
        trained_on=str(header["trained_on"]),
        sentences=_sentences(header.get("sentences", {})),
        dense=_dense(header.get("encoder", ""), arrays),
    )
    _check(model)
    return model


def _sentences(given: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(one): tuple(map(str, told[:MAX_SENTENCES])) for one, told in given.items()}


def _dense(encoder: str, arrays: dict[str, Any]) -> Dense | None:
    """What a sentence's vector adds; raises ModelError where the encoder is not installed."""
    if not encoder:
        return None
    if encoder not in (NAME, STUDENT):
        raise ValueError(f"sentence encoder {encoder!r}, this version knows {NAME}, {STUDENT}")
    mean, weights = (arrays[name].astype(np.float32) for name in ("dense_mean", "dense_weights"))
    return Dense(load_encoder() if encoder == NAME else student_of(arrays), mean, weights)


def _info(given: dict[str, Any]) -> IntentInfo:
    return IntentInfo(**{**given, "choices": tuple(map(str, given.get("choices", ())))})


def _check(model: IntentModel) -> None:
    rows = sum(len(block.rows) for block in model.blocks)
    columns = len(model.names) + model.has_none
    fits = (
        model.weights.shape == (rows, columns)
        and model.offsets.shape == (columns,)
        and len(model.names) > 1
        and len(model.scope.weights) == FACTS
        and all(block.analyser in ANALYSERS for block in model.blocks)
        and all(block.idf.shape == (len(block.rows),) for block in model.blocks)
        and bool(np.isfinite(model.weights).all())
    )
    if model.dense is not None:
        given = model.dense.encoder
        size = given.size if isinstance(given, SentenceStudent) else SIZE
        fits = fits and model.dense.mean.shape == (size,)
        fits = fits and model.dense.weights.shape == (size, columns)
        fits = fits and bool(np.isfinite(model.dense.weights).all())
    if not fits:
        raise ValueError("its parts do not fit together")
