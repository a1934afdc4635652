"""VoskDecoder: one turn through the engine; belongs to one thread at a time."""

import json
from typing import TYPE_CHECKING, Any

from ivr.audio.resampling import resampler
from ivr.ports import Word
from ivr.speech.alternatives import MAX_ALTERNATIVES, joined
from ivr.speech.lexicon import UNKNOWN

if TYPE_CHECKING:
    from vosk import KaldiRecognizer


class VoskDecoder:
    """Feeds PCM at `rate` to a recogniser that wants `model_rate`, and reads its JSON.

    Vosk's own endpoint detection may cut the turn into several results; they are joined. A
    recogniser gives either words with their confidence or several guesses without, so `second`
    hears the same audio for the guesses.
    """

    def __init__(
        self,
        recogniser: "KaldiRecognizer",
        rate: int,
        model_rate: int,
        second: "KaldiRecognizer | None" = None,
    ) -> None:
        recogniser.SetWords(True)
        if second is not None:
            second.SetMaxAlternatives(MAX_ALTERNATIVES)
        self._recogniser = recogniser
        self._second = second
        self._guesses: list[list[str]] = []
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
        if self._second is not None:
            self._guesses.append(_guesses_of(json.loads(self._second.FinalResult())))
        return tuple(self._words)

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Guesses at the whole turn, the likeliest first; empty before `finish`."""
        return joined(self._guesses)

    def _decode(self, pcm: bytes) -> None:
        if pcm and self._recogniser.AcceptWaveform(pcm):
            self._words += _words_of(json.loads(self._recogniser.Result()))
        if pcm and self._second is not None and self._second.AcceptWaveform(pcm):
            self._guesses.append(_guesses_of(json.loads(self._second.Result())))


def _guesses_of(result: dict[str, Any]) -> list[str]:
    """The guesses without their unknown words, best first."""
    texts = [str(one["text"]) for one in result.get("alternatives", ())]
    told = (" ".join(word for word in text.split() if word != UNKNOWN) for text in texts)
    return list(dict.fromkeys(told))


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
