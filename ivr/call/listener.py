"""Listener: one caller's frames in, `SpeechBegan` and `Heard` out."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

from ivr.audio.frames import AudioFrame
from ivr.audio.level import level_of
from ivr.dialogue.actions import Listen
from ivr.dialogue.completing import completing
from ivr.dialogue.events import Heard, SpeechBegan
from ivr.dialogue.grammar import Completion, Grammar
from ivr.errors import SpeechError
from ivr.ports import Clock, Hearing, Recogniser, Utterance, VoiceActivityDetector
from ivr.speech.endpointing import PRE_ROLL_FRAMES, Endpointer, SpeechEnded, SpeechStarted
from ivr.speech.loudness import LoudnessGate
from ivr.speech.prosody import MAX_PROSODY_FRAMES, prosody_of

MAX_HELD_FRAMES = 100
"""Frames kept (2 s) while the recogniser finishes the turn before."""

_QUIET_CHECK = 0.1

_log = logging.getLogger(__name__)

Report = Callable[[SpeechBegan | Heard], None]
Note = Callable[..., None]
Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Listener:
    """Listens to one call. `SpeechBegan` and `Heard` alternate, except where `stop` forgets a turn.

    `report` is called with each event, from the event loop. `spawn` starts a task that may live
    for one turn: a TaskGroup's `create_task`. `clock` is the one whose time `feed` is given.
    `note` is told, before each `Heard`, how long the caller had been silent when the turn was over,
    and how many seconds the recogniser took from then on.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        detector: VoiceActivityDetector,
        report: Report,
        spawn: Spawn,
        clock: Clock = time.monotonic,
        note: Note = lambda kind, **data: None,
    ) -> None:
        self.prompt_playing = False
        """Set it while the bot speaks: its echo must then not pass for the caller."""
        self._recogniser = recogniser
        self._detector = detector
        self._report = report
        self._spawn = spawn
        self._clock = clock
        self._note = note
        self._gate = LoudnessGate()
        self._endpointer = Endpointer()
        self._pre_roll: deque[AudioFrame] = deque(maxlen=PRE_ROLL_FRAMES)
        self._held: deque[tuple[AudioFrame, float]] = deque(maxlen=MAX_HELD_FRAMES)
        self._order: Listen | None = None
        self._sentences: tuple[str, ...] = ()
        self._turn: _Turn | None = None
        self._came = 0.0

    def listen(self, order: Listen, sentences: Sequence[str] = ()) -> None:
        """Obey `Listen`: the next turn goes by `order`, one in progress keeps its own.

        `sentences` are heard besides the grammar's phrases, without counting as complete.
        """
        self._order = order
        self._sentences = tuple(sentences)
        self._endpointer.settings = order.endpointing

    def stop(self) -> None:
        """Obey `StopListening`; also what the end of a call does."""
        self._order = None
        self._endpointer.reset()
        if self._turn:
            self._turn.drop()
            self._turn = None
            self._pre_roll.clear()
            self._held.clear()

    def feed(self, frame: AudioFrame, now: float) -> None:
        """Take the next frame of the caller's audio; returns within microseconds."""
        self._came = now
        turn = self._turn
        if turn and turn.over.is_set():
            self._held.append((frame, now))
            return
        if turn:
            turn.feed(frame)
        else:
            self._pre_roll.append(frame)
        voiced = self._gate.voiced(
            level_of(frame),
            self._detector.is_speech(frame),  # while not listening too: it learns the noise
            prompt_playing=self.prompt_playing,
            in_turn=turn is not None,
        )
        if self._order is None:
            return
        completion = turn.completion() if turn else Completion.INCOMPLETE
        match self._endpointer.hear(voiced, now, completion):
            case SpeechStarted():
                self._begin()
            case SpeechEnded() as ended:
                self._end(ended)

    def _begin(self) -> None:
        order = self._order
        assert order is not None
        turn = _Turn(order.grammar, self._open_hearing(order.grammar))
        for frame in self._pre_roll:
            turn.feed(frame)
        self._pre_roll.clear()
        self._turn = turn
        self._report(SpeechBegan())
        self._spawn(self._follow(turn))

    def _open_hearing(self, grammar: Grammar) -> Hearing | None:
        try:
            return self._recogniser.listen(
                grammar.language,
                grammar.vocabulary + self._sentences,
                alternatives=grammar.ranks_alternatives,
            )
        except SpeechError as error:
            _log.error("this turn cannot be recognised: %s", error)
            return None

    def _end(self, ended: SpeechEnded) -> None:
        assert self._turn is not None
        self._turn.end(ended, self._clock())
        self._detector.reset()

    async def _follow(self, turn: "_Turn") -> None:
        """See a turn through: watch for silence that comes without frames, then report."""
        try:
            while not turn.over.is_set():
                try:
                    async with asyncio.timeout(_QUIET_CHECK):
                        await turn.over.wait()
                except TimeoutError:
                    self._quiet(turn)
            utterance = await turn.result()
        finally:
            turn.drop()
        if self._turn is not turn:
            return
        self._turn = None
        took = round(self._clock() - turn.ended, 3)
        self._note("Decoded", silence=round(turn.silence, 3), seconds=took)
        self._report(Heard(utterance))
        while self._held and not (self._turn and self._turn.over.is_set()):
            self.feed(*self._held.popleft())

    def _quiet(self, turn: "_Turn") -> None:
        now = self._clock()
        if turn is not self._turn or now - self._came < _QUIET_CHECK:
            return
        ended = self._endpointer.quiet(now, turn.completion())
        if ended:
            self._end(ended)


class _Turn:
    """One turn of the caller's and what the recogniser makes of it."""

    def __init__(self, grammar: Grammar, hearing: Hearing | None) -> None:
        self.over = asyncio.Event()
        self.silence = 0.0
        self.ended = 0.0
        self._grammar = grammar
        self._hearing = hearing
        self._seconds = 0.0
        self._sound: deque[bytes] = deque(maxlen=MAX_PROSODY_FRAMES)
        self._judged = ""
        self._completion = Completion.INCOMPLETE

    def feed(self, frame: AudioFrame) -> None:
        self._sound.append(frame.pcm)
        if self._hearing:
            self._hearing.feed(frame)

    def completion(self) -> Completion:
        """How far the words recognised so far have come."""
        partial = self._hearing.partial if self._hearing else ""
        if partial != self._judged:
            self._judged, self._completion = partial, completing(self._grammar, partial)
        return self._completion

    def end(self, ended: SpeechEnded, now: float) -> None:
        self._seconds, self.silence, self.ended = ended.seconds, ended.silence, now
        self.over.set()

    async def result(self) -> Utterance:
        """The utterance; one without words if the recogniser failed or the turn was dropped."""
        prosody = prosody_of(b"".join(self._sound))
        nothing = Utterance((), self._grammar.language, self._seconds, prosody=prosody)
        if self._hearing is None:
            return nothing
        try:
            utterance = await self._hearing.finish()
        except SpeechError as error:
            if self._hearing:  # else the turn was dropped meanwhile
                _log.error("this turn was not recognised: %s", error)
            return nothing
        return replace(utterance, seconds=self._seconds, prosody=prosody)

    def drop(self) -> None:
        """Forget the turn; harmless when it has been reported."""
        self.over.set()
        if self._hearing:
            self._hearing.cancel()
            self._hearing = None
