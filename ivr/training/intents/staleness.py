"""Staleness: whether the intent model beside a flow was learnt from what stands there now."""

from pathlib import Path

from ivr.dialogue.intents.of_book import scorer_of
from ivr.errors import SettingsError
from ivr.flow.issues import Issue, Severity
from ivr.flow.model import FlowBook
from ivr.training.intents.examples_file import read_examples
from ivr.training.intents.flow_examples import with_phrases
from ivr.training.intents.language import are_english

EXAMPLES = "intents.yaml"
CODE = "intents-stale"


def stale_intents(path: Path, book: FlowBook) -> Issue | None:
    """A warning if the examples or the flow's phrases are others than the model was trained on.

    Nothing is said without a model that can be read, or without examples beside the flow at
    `path` (a published version has none). Examples that cannot be read are a warning too.
    """
    folder = path if path.is_dir() else path.parent
    examples = folder / EXAMPLES
    model = scorer_of(book)
    if model is None or book.intents is None or not examples.is_file():
        return None
    try:
        given = read_examples(examples)
        if given.phrases:
            given = with_phrases(given, book)
    except SettingsError as error:
        return _warning(str(examples), str(error))
    if model.trained_on == given.digest:
        return None
    message = (
        f"{examples} or the phrases of the flow have changed since this model was trained;"
        f" {command(path, model.backend, are_english(given.examples))}"
    )
    return _warning(book.intents.file, message)


def command(path: Path, backend: str, english: bool) -> str:
    """What to run, in words; the backend is named where it is not the language's default."""
    option = "" if backend == ("static" if english else "linear") else f" --backend {backend}"
    return f"run `ivr intents train --flow {path}{option}`"


def _warning(file: str, message: str) -> Issue:
    return Issue(CODE, Severity.WARNING, file, 1, 1, "", message)
