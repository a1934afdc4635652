"""VoskRecogniser: Vosk behind the Recogniser port, on a bounded number of threads."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from ivr.audio.frames import FRAME_MS, FRAME_SECONDS, AudioFrame
from ivr.errors import ModelError, SpeechError
from ivr.ports import Utterance, Word
from ivr.speech.vosk_model import VoskModel

DEFAULT_WORKERS = 2
BATCH_FRAMES = 80 // FRAME_MS
MAX_QUEUED_FRAMES = 10_000 // FRAME_MS
"""A turn that waits for 10 s of its own audio to be decoded has failed."""

_log = logging.getLogger(__name__)


class Decoder(Protocol):
    """A speech engine during one turn; called by one thread at a time."""

    def accept(self, pcm: bytes) -> None: ...

    def partial(self) -> str: ...

    def finish(self) -> tuple[Word, ...]: ...

    @property
    def alternatives(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a decoder made of a whole turn."""

    words: tuple[Word, ...] = ()
    alternatives: tuple[str, ...] = ()


class VoskRecogniser:
    """Recognises speech in the languages that have a model folder; two may share one.

    Decoding happens on `workers` threads, never in the event loop. Models are loaded by `load`,
    or else when a language is first listened to. `close` (or leaving `async with`) ends the
    threads; turns still open then fail with SpeechError.
    """

    def __init__(self, models: Mapping[str, Path], *, workers: int = DEFAULT_WORKERS) -> None:
        folders = {folder.resolve(): VoskModel(folder) for folder in models.values()}
        self._models = {language: folders[folder.resolve()] for language, folder in models.items()}
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="recogniser")
        self.loaded = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def load(self) -> None:
        """Load every model now. Raises ModelError."""
        loop = asyncio.get_running_loop()
        for model in dict.fromkeys(self._models.values()):
            await loop.run_in_executor(self._pool, model.load)
        self.loaded = True

    async def close(self) -> None:
        """Finish what is being decoded, then end the threads."""
        self.loaded = False
        await asyncio.to_thread(self._pool.shutdown)

    def missing_words(self, language: str, phrases: Sequence[str]) -> tuple[str, ...]:
        """The words of `phrases` that the model cannot hear; reads files, so not during a call.

        Raises:
            ModelError: if there is no usable model for the language.
        """
        return self._model(language).grammar(language, tuple(phrases)).missing

    def listen(
        self, language: str, phrases: Sequence[str], *, alternatives: bool = False
    ) -> "ThreadedHearing":
        """Begin a turn, as `ivr.ports.Recogniser` promises.

        A model that turns out to be damaged, or to know none of the phrases, is told by `finish`.
        """
        model, said = self._model(language), tuple(phrases)

        def decoder() -> Decoder:
            return model.decoder(language, said, alternatives=alternatives)

        return ThreadedHearing(self._pool, decoder, language)

    def _model(self, language: str) -> VoskModel:
        if language not in self._models:
            have = ", ".join(sorted(self._models)) or "none"
            raise ModelError(
                f"no speech model for language {language!r} (have: {have});"
                " see `ivr models list`, then `ivr models install NAME`"
            )
        return self._models[language]


class ThreadedHearing:
    """One turn: frames queue here, and one job at a time decodes them on the pool.

    `feed`, `partial`, `finish` and `cancel` belong to the event loop's thread.
    """

    def __init__(
        self, pool: ThreadPoolExecutor, open_decoder: Callable[[], Decoder], language: str
    ) -> None:
        self._pool = pool
        self._open_decoder = open_decoder
        self._language = language
        self._decoder: Decoder | None = None
        self._lock = threading.Lock()
        self._queue: deque[bytes] = deque()
        self._working = False
        self._failure: SpeechError | None = None
        self._cancelled = False
        self._answer: _Answer | None = None
        self._frames = 0
        self._partial = ""

    @property
    def partial(self) -> str:
        return self._partial

    def feed(self, frame: AudioFrame) -> None:
        """Queue a frame; those after `finish` or `cancel` are dropped."""
        with self._lock:
            if self._cancelled or self._failure or self._answer:
                return
            if len(self._queue) >= MAX_QUEUED_FRAMES:
                behind = MAX_QUEUED_FRAMES * FRAME_SECONDS
                self._failure = SpeechError(
                    f"recognition is {behind:g} s behind the caller; take fewer calls at once"
                )
                self._queue.clear()
                return
            self._queue.append(frame.pcm)
            self._frames += 1
            if self._working or len(self._queue) < BATCH_FRAMES:
                return
            self._working = True
        self._submit()

    async def finish(self) -> Utterance:
        """The result, as `ivr.ports.Hearing` promises. Raises SpeechError."""
        answer = _Answer(asyncio.get_running_loop())
        with self._lock:
            if self._cancelled or self._answer:
                raise SpeechError("this turn is over already")
            self._answer = answer
            start, self._working = not self._working, True
        if start:
            self._submit()
        try:
            heard = await answer.future
        except asyncio.CancelledError:
            self.cancel()
            raise
        seconds = self._frames * FRAME_SECONDS
        return Utterance(heard.words, self._language, seconds, heard.alternatives)

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            self._queue.clear()
            if self._answer:
                self._answer.give(SpeechError("this turn was cancelled"))
            start, self._working = not self._working and self._decoder is not None, True
        if start:
            self._submit()

    def _submit(self) -> None:
        try:
            self._pool.submit(self._work)
        except RuntimeError:  # the pool has been shut down
            self._decoder = None
            self._failure = SpeechError("the recogniser has been closed")
            if self._answer:
                self._answer.give(self._failure)

    def _work(self) -> None:
        """Decode one batch on a worker; others get their turn before the next one."""
        with self._lock:
            batch, answer = b"".join(self._queue), self._answer
            self._queue.clear()
            if self._cancelled:
                self._decoder = None
                return
        result = self._decode(batch, finish=answer is not None)
        if answer:
            self._decoder = None
            answer.give(result)
            return
        with self._lock:
            again = self._cancelled or self._answer is not None
            self._working = again or len(self._queue) >= BATCH_FRAMES
            if not self._working:
                return
        self._submit()

    def _decode(self, batch: bytes, *, finish: bool) -> Decoded | SpeechError:
        if self._failure:
            return self._failure
        try:
            if self._decoder is None:
                self._decoder = self._open_decoder()
            if batch:
                self._decoder.accept(batch)
            if finish:
                words = self._decoder.finish()
                return Decoded(words, self._decoder.alternatives)
            self._partial = self._decoder.partial()
        except SpeechError as error:
            self._failure = error
        except Exception as error:
            _log.exception("the speech engine failed")
            self._failure = SpeechError(f"the speech engine failed: {error}")
            self._failure.__cause__ = error
        return self._failure or Decoded()


class _Answer:
    """What `finish` waits for, given from a worker thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.future: asyncio.Future[Decoded] = loop.create_future()

    def give(self, result: Decoded | SpeechError) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, result)

    def _settle(self, result: Decoded | SpeechError) -> None:
        if self.future.done():
            return
        if isinstance(result, SpeechError):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)
