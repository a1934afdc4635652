"""Of book: the intent model that stands beside a book's flows, read once for all its calls."""

from functools import lru_cache

from ivr.dialogue.intents.model import IntentModel
from ivr.dialogue.intents.model_file import read_model
from ivr.errors import ModelError
from ivr.flow.model import FlowBook, IntentFile


def scorer_of(book: FlowBook) -> IntentModel | None:
    """The book's model; None if there is none, or none that can be read."""
    found = _read(book.intents) if book.intents is not None else None
    return found if isinstance(found, IntentModel) else None


def free_sentences(book: FlowBook, language: str) -> tuple[str, ...]:
    """What callers may say at an open menu in their own words, as the model was taught."""
    scorer = scorer_of(book)
    return scorer.sentences.get(language, ()) if scorer is not None else ()


def fault_of(book: FlowBook) -> str:
    """What is wrong with the file of the book's model; empty if nothing is, or there is none."""
    found = _read(book.intents) if book.intents is not None else None
    return found if isinstance(found, str) else ""


@lru_cache(maxsize=8)
def _read(given: IntentFile) -> IntentModel | str:
    try:
        return read_model(given.data, given.file)
    except ModelError as error:
        return str(error)
