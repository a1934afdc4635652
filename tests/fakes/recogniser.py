"""A recogniser whose results a test decides."""

import asyncio
from collections.abc import Sequence

from ivr.audio.frames import FRAME_SECONDS, AudioFrame
from ivr.errors import SpeechError
from ivr.ports import Utterance, Word


class FakeHearing:
    """Remembers what it was fed; `text` is the result, `partial` may be set while it hears."""

    def __init__(self, language: str, phrases: tuple[str, ...], text: str) -> None:
        self.language = language
        self.phrases = phrases
        self.text = text
        self.partial = ""
        self.frames: list[AudioFrame] = []
        self.error: SpeechError | None = None
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.finished = False
        self.wants_alternatives = False
        self.cancelled = False

    def feed(self, frame: AudioFrame) -> None:
        self.frames.append(frame)

    async def finish(self) -> Utterance:
        await self.may_finish.wait()
        if self.error:
            raise self.error
        self.finished = True
        words = tuple(Word(word, 1.0, 0.0, 0.0) for word in self.text.split())
        return Utterance(words, self.language, len(self.frames) * FRAME_SECONDS)

    def cancel(self) -> None:
        self.cancelled = not self.finished
        self.may_finish.set()


class FakeRecogniser:
    """Answers each turn with the next of `texts`, then with nothing."""

    def __init__(self, *texts: str) -> None:
        self.turns: list[FakeHearing] = []
        self.error: SpeechError | None = None
        self._texts = list(texts)

    def listen(
        self, language: str, phrases: Sequence[str], *, alternatives: bool = False
    ) -> FakeHearing:
        if self.error:
            raise self.error
        text = self._texts.pop(0) if self._texts else ""
        hearing = FakeHearing(language, tuple(phrases), text)
        hearing.wants_alternatives = alternatives
        self.turns.append(hearing)
        return hearing
