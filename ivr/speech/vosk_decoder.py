"""VoskDecoder: one recogniser through one turn; belongs to one thread at a time."""

import json
from typing import TYPE_CHECKING, Any

from ivr.audio.resampling import resampler
from ivr.ports import Word

if TYPE_CHECKING:
    from vosk import KaldiRecognizer


class VoskDecoder:
    """Feeds PCM at `rate` to a recogniser that wants `model_rate`, and reads its JSON.

    Vosk's own endpoint detection may cut the turn into several results; they are joined.
    """

    def __init__(self, recogniser: "KaldiRecognizer", rate: int, model_rate: int) -> None:
        recogniser.SetWords(True)
        self._recogniser = recogniser
        self._resampler = resampler(rate, model_rate)
        self._words: list[Word] = []

    def accept(self, pcm: bytes) -> None:
        """Decode more of the turn."""
        self._decode(self._resampler.feed(pcm))

    def partial(self) -> str:
        """The best text so far."""
        latest = json.loads(self._recogniser.PartialResult()).get("partial", "")
        return " ".join([*(word.text for word in self._words), *latest.split()])

    def finish(self) -> tuple[Word, ...]:
        """Decode what is left; the words of the turn. Nothing may follow."""
        self._decode(self._resampler.flush())
        self._words += _words_of(json.loads(self._recogniser.FinalResult()))
        return tuple(self._words)

    def _decode(self, pcm: bytes) -> None:
        if pcm and self._recogniser.AcceptWaveform(pcm):
            self._words += _words_of(json.loads(self._recogniser.Result()))


def _words_of(result: dict[str, Any]) -> list[Word]:
    return [
        Word(
            text=entry["word"],
            confidence=min(1.0, max(0.0, float(entry["conf"]))),
            start=float(entry["start"]),
            end=float(entry["end"]),
        )
        for entry in result.get("result", ())
    ]
