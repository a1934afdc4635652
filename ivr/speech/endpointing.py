"""Endpointing: where a caller's turn begins and ends, from frames that hold a voice or do not."""

import math
from collections import deque
from dataclasses import dataclass, field

from ivr.audio.frames import FRAME_MS, FRAME_SECONDS
from ivr.dialogue.actions import Endpointing
from ivr.dialogue.grammar import Completion
from ivr.speech.media_clock import MediaClock

ONSET_WINDOW = 6
ONSET_FRAMES = 4
"""Speech has begun when 4 of the last 6 frames (120 ms) hold a voice; a click has 1 to 3."""

RESUME_WINDOW = 5
RESUME_FRAMES = 3
"""Silence within a turn is over when 3 of the last 5 frames hold a voice."""

LONG_PAUSE = 0.5
"""Seconds without frames, between turns, after which what came before them counts no more."""

PRE_ROLL_FRAMES = 300 // FRAME_MS + ONSET_WINDOW
"""How many frames up to the onset the recogniser hears: 300 ms before the caller's first sound."""

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A turn began."""


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """A turn ended; `seconds` is from its first voiced frame to its last.

    `cut` is True if it ended by length, not by silence; `silence` is how long that had lasted.
    """

    seconds: float
    cut: bool = False
    silence: float = field(default=0.0, compare=False)


class Endpointer:
    """Turns by turns: each `SpeechStarted` is followed by one `SpeechEnded`.

    `settings` may be replaced at any time; a turn keeps the ones it began with. All times are
    seconds of one monotonic clock that the caller of the methods reads.
    """

    def __init__(self, settings: Endpointing | None = None) -> None:
        self.settings = settings or Endpointing()
        self.reset()

    def reset(self) -> None:
        """Forget a turn in progress; wait for the next."""
        self._clock = MediaClock()
        self._came = -math.inf
        self._recent: deque[tuple[bool, float]] = deque(maxlen=ONSET_WINDOW)
        self._turn: _Turn | None = None

    @property
    def in_turn(self) -> bool:
        return self._turn is not None

    def hear(
        self, voiced: bool, now: float, completion: Completion = Completion.INCOMPLETE
    ) -> SpeechStarted | SpeechEnded | None:
        """Take the next frame. `completion` judges what was recognised of the turn so far."""
        if not self._turn and now - self._came > LONG_PAUSE:
            self.reset()
        self._came = now
        time = self._clock.frame(now)
        if self._turn:
            self._turn.hear(voiced, time)
            return self._judge(time, completion)
        self._recent.append((voiced, time))
        times = [at for loud, at in self._recent if loud]
        if len(times) < ONSET_FRAMES:
            return None
        self._turn = _Turn(self.settings, first=times[0], last=times[-1])
        self._recent.clear()
        return SpeechStarted()

    def quiet(
        self, now: float, completion: Completion = Completion.INCOMPLETE
    ) -> SpeechEnded | None:
        """Let time pass without frames; call it about ten times a second while none come."""
        time = self._clock.quiet(now)
        return self._judge(time, completion) if self._turn else None

    def _judge(self, time: float, completion: Completion) -> SpeechEnded | None:
        turn = self._turn
        assert turn is not None
        cut = time - turn.first >= turn.settings.max_seconds
        silence = time - turn.last + _ROUNDING
        if not cut and silence < silence_that_ends(turn.settings, completion):
            return None
        self.reset()
        return SpeechEnded(turn.last - turn.first + FRAME_SECONDS, cut, time - turn.last)


class _Turn:
    """Where the speech of one turn began, and where it was last heard."""

    def __init__(self, settings: Endpointing, *, first: float, last: float) -> None:
        self.settings = settings
        self.first = first
        self.last = last
        self._recent: deque[bool] = deque([True] * RESUME_FRAMES, maxlen=RESUME_WINDOW)

    def hear(self, voiced: bool, time: float) -> None:
        self._recent.append(voiced)
        if voiced and sum(self._recent) >= RESUME_FRAMES:
            self.last = time


def silence_that_ends(settings: Endpointing, completion: Completion) -> float:
    """Seconds of silence after which a turn that far along is over."""
    match completion:
        case Completion.COMPLETE:
            return settings.complete_ms / 1000
        case Completion.EXTENDABLE:
            return settings.extendable_ms / 1000
        case Completion.INCOMPLETE:
            return settings.incomplete_ms / 1000
