"""InlineRecogniser: Vosk behind the Recogniser port, decoding at once instead of on threads.

For audio that does not come in real time: results and partial results are those of exactly the
frames fed, however busy the machine is. It holds up its event loop while it decodes.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ivr.audio.frames import FRAME_SECONDS, AudioFrame
from ivr.errors import ModelError, SpeechError
from ivr.ports import Utterance
from ivr.speech.recogniser import BATCH_FRAMES, Decoder
from ivr.speech.vosk_model import VoskModel


class InlineRecogniser:
    """Recognises speech in the languages that have a model folder; two may share one."""

    def __init__(self, models: Mapping[str, Path]) -> None:
        folders = {folder.resolve(): VoskModel(folder) for folder in models.values()}
        self._models = {language: folders[folder.resolve()] for language, folder in models.items()}

    def load(self) -> None:
        """Load every model now. Raises ModelError."""
        for model in dict.fromkeys(self._models.values()):
            model.load()

    def listen(
        self, language: str, phrases: Sequence[str], *, alternatives: bool = False
    ) -> "InlineHearing":
        """As `ivr.ports.Recogniser` promises. Raises ModelError."""
        if language not in self._models:
            have = ", ".join(sorted(self._models)) or "none"
            raise ModelError(f"no speech model for language {language!r} (have: {have})")
        model, said = self._models[language], tuple(phrases)
        return InlineHearing(model.decoder(language, said, alternatives=alternatives), language)


class InlineHearing:
    """One turn; decodes in the same batches as the threads do."""

    def __init__(self, decoder: Decoder, language: str) -> None:
        self._decoder: Decoder | None = decoder
        self._language = language
        self._batch = bytearray()
        self._waiting = 0
        self._frames = 0
        self._partial = ""

    @property
    def partial(self) -> str:
        return self._partial

    def feed(self, frame: AudioFrame) -> None:
        if self._decoder is None:
            return
        self._batch += frame.pcm
        self._frames += 1
        self._waiting += 1
        if self._waiting >= BATCH_FRAMES:
            self._decode(self._decoder)
            self._partial = self._decoder.partial()

    async def finish(self) -> Utterance:
        """The result. Raises SpeechError if the turn is over already."""
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            raise SpeechError("this turn is over already")
        self._decode(decoder)
        words, seconds = decoder.finish(), self._frames * FRAME_SECONDS
        return Utterance(words, self._language, seconds, decoder.alternatives)

    def cancel(self) -> None:
        self._decoder = None

    def _decode(self, decoder: Decoder) -> None:
        if self._batch:
            decoder.accept(bytes(self._batch))
        self._batch.clear()
        self._waiting = 0
