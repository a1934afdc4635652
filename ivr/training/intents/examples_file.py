"""Reads example files: a YAML catalogue of classes and intents, or a CSV of text and category."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ivr.dialogue.intents.reading import OUT_OF_SCOPE, IntentInfo
from ivr.errors import SettingsError
from ivr.training.intents.examples import Example, ExampleSet

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_TEXT = 1000
URGENCIES = ("low", "normal", "high", "critical")
_OURS = frozenset({"label", "urgency", "phrases"})


def read_examples(path: Path) -> ExampleSet:
    """The examples of a .yaml, .yml or .csv file.

    Raises:
        SettingsError: if it cannot be read or is no such file; the text names the place.
    """
    if path.suffix.lower() == ".csv":
        return ExampleSet(tuple(read_csv(path)))
    try:
        content = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("classes"), dict):
        raise SettingsError(
            f'{path}: expected "classes:" with intents; see flows/bank/intents.yaml'
        )
    return _catalogue(content, str(path))


def read_csv(path: Path) -> list[Example]:
    """Examples of a CSV file whose first line names the columns `text` and `category`.

    Raises:
        SettingsError: if it cannot be read or lacks a column.
    """
    rows = csv.DictReader(read_text(path).splitlines(keepends=True))
    if not {"text", "category"} <= set(rows.fieldnames or ()):
        raise SettingsError(f'{path}:1: expected the columns "text" and "category"')
    found = []
    for row in rows:
        text, category = row["text"], row["category"]
        if not text or category is None or len(text) > MAX_TEXT:
            raise SettingsError(
                f"{path}:{rows.line_num}: expected a text of at most {MAX_TEXT} characters"
                " and a category"
            )
        found.append(Example(text.strip(), category.strip()))
    if not found:
        raise SettingsError(f"{path}: holds no examples")
    return found


def read_text(path: Path) -> str:
    """A whole text file.

    Raises:
        SettingsError: if it is absent, too large, or not UTF-8.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SettingsError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 text") from error


def _catalogue(content: Mapping[str, Any], where: str) -> ExampleSet:
    examples: list[Example] = []
    infos: dict[str, IntentInfo] = {}
    phrases: dict[str, tuple[str, ...]] = {}
    for group, entry in content["classes"].items():
        for name, intent in _mapping(entry, f"{where}: class {group}", "intents").items():
            place = f"{where}: intent {name}"
            if name in infos:
                raise SettingsError(f"{place}: written twice; give each intent its own name")
            infos[name] = _info(str(name), str(group), intent, place)
            phrases[name] = tuple(intent.get("phrases", ()))
            told = {key: value for key, value in intent.items() if key not in _OURS}
            examples += _examples(told, str(name), place)
    examples += _examples(content.get("out_of_scope", {}), OUT_OF_SCOPE, f"{where}: out_of_scope")
    return ExampleSet(tuple(dict.fromkeys(examples)), infos, phrases)


def _mapping(entry: object, place: str, name: str) -> dict[str, Any]:
    inside = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(inside, dict) or not all(isinstance(one, dict) for one in inside.values()):
        raise SettingsError(f'{place}: expected "{name}:" with a mapping for each')
    return inside


def _info(name: str, group: str, intent: Mapping[str, Any], place: str) -> IntentInfo:
    urgency = intent.get("urgency", "normal")
    if urgency not in URGENCIES:
        raise SettingsError(f"{place}: urgency {urgency!r} is none of {', '.join(URGENCIES)}")
    labels = intent.get("label", {})
    if not isinstance(labels, dict):
        raise SettingsError(f"{place}: label is a mapping of languages")
    choices = tuple(map(str, intent.get("phrases", ())))
    return IntentInfo(name, group, urgency, {str(k): str(v) for k, v in labels.items()}, choices)


def _examples(told: object, intent: str, place: str) -> Iterator[Example]:
    """Examples by language; one a line, or a list."""
    if not isinstance(told, dict):
        raise SettingsError(f"{place}: expected examples by language")
    for language, lines in told.items():
        listed = lines.splitlines() if isinstance(lines, str) else lines
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise SettingsError(f"{place}: {language}: expected one example a line")
        for line in listed:
            if len(line) > MAX_TEXT:
                raise SettingsError(f"{place}: {language}: {line[:20]!r}... is too long")
            if line.strip():
                yield Example(line.strip(), intent, str(language))
