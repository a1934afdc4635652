"""RecordedEar: hears the turns of a recorded call again, with today's grammar and model."""

import asyncio
import wave
from pathlib import Path

import numpy as np

from ivr.audio.frames import SAMPLE_RATE, frames_of
from ivr.dialogue.actions import Listen
from ivr.dialogue.intents.of_book import free_sentences
from ivr.errors import AudioError
from ivr.flow.model import FlowBook
from ivr.ports import Utterance
from ivr.speech.inline_recogniser import InlineRecogniser

BEFORE_SECONDS = 0.5
"""Sound before `SpeechBegan` that the recogniser hears: its own pre-roll, and some doubt."""

MAX_TURN_SECONDS = 60.0


class RecordedEar:
    """`path` is a stereo recording at 8 kHz whose left channel is the caller.
    `book` has the sentences of open menus.

    Raises:
        AudioError: if it is not.
    """

    def __init__(
        self, path: Path, recogniser: InlineRecogniser, book: FlowBook | None = None
    ) -> None:
        self._book = book
        self._recogniser = recogniser
        try:
            with wave.open(str(path), "rb") as sound:
                form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
                if form != (2, 2, SAMPLE_RATE):
                    raise AudioError(f"{path}: no stereo recording of 16 bits at {SAMPLE_RATE} Hz")
                both = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        except (OSError, EOFError, wave.Error) as error:
            raise AudioError(f"{path}: cannot be read: {error}") from error
        self._caller = both[: both.size // 2 * 2].reshape(-1, 2)[:, 0]

    def hear(self, began: float, ended: float, order: Listen) -> Utterance | None:
        """As `ivr.rehearsal.replay.Ear` promises. Raises SpeechError."""
        first = max(0, round((began - BEFORE_SECONDS) * SAMPLE_RATE))
        last = round(min(ended, began + MAX_TURN_SECONDS) * SAMPLE_RATE)
        pcm = self._caller[first:last].tobytes()
        if not pcm:
            return None
        grammar = order.grammar
        vocabulary = grammar.vocabulary
        if grammar.open and self._book is not None:
            vocabulary += free_sentences(self._book, grammar.language)
        hearing = self._recogniser.listen(
            grammar.language, vocabulary, alternatives=grammar.ranks_alternatives
        )
        for frame in frames_of(pcm):
            hearing.feed(frame)
        return asyncio.run(hearing.finish())
