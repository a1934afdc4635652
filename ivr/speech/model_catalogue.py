"""Which speech models are published for Vosk, and where their archives lie."""

from dataclasses import dataclass

ARCHIVES = "https://alphacephei.com/vosk/models/"
LIST_URL = ARCHIVES + "model-list.json"
"""The publisher's own list; it carries an MD5 for each archive."""


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One archive. `megabytes` is what its publisher states; `note` is the publisher's test result.

    No checksum is kept here: none could be measured where this was written. `ivr models install`
    takes the MD5 from the publisher's list at the time of the download.
    """

    name: str
    language: str
    megabytes: int
    licence: str
    note: str

    @property
    def url(self) -> str:
        return f"{ARCHIVES}{self.name}.zip"


PUBLISHED = (
    PublishedModel(
        "vosk-model-small-cn-0.22", "zh", 42, "Apache 2.0", "CER 17-38 % on three test sets"
    ),
    PublishedModel("vosk-model-cn-0.22", "zh", 1300, "Apache 2.0", "large; needs 2 GB of memory"),
    PublishedModel("vosk-model-small-en-us-0.15", "en", 40, "Apache 2.0", "WER 9.85 % LibriSpeech"),
    PublishedModel("vosk-model-en-us-0.22-lgraph", "en", 128, "Apache 2.0", "run-time grammars"),
)


def published(name: str) -> PublishedModel | None:
    """The catalogue's entry of that name."""
    return next((model for model in PUBLISHED if model.name == name), None)
