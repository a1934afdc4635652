"""LoudnessGate: keeps line noise and the bot's own echo from passing for the caller's voice.

A detector of voices cannot tell the caller from our prompt leaking out of a loudspeaker, and it
goes on for 60 to 100 ms after a click. Both are quieter than a caller who speaks into a telephone.
"""

from collections import deque

from ivr.audio.frames import FRAME_MS
from ivr.audio.level import SILENT_DB

QUIETEST_VOICE_DB = -50.0
NOISE_MARGIN_DB = 6.0
LOUDEST_NOISE_DB = -35.0
"""Noise raises the threshold up to here, no further."""

BACKGROUND_FRAMES = 3000 // FRAME_MS
BACKGROUND_SHARE = 0.1
"""What a tenth of the last 3 s does not exceed is background, whatever the detector calls it: a
voice pauses for breath and between syllables, engines and crowds do not."""

LOUDEST_BACKGROUND_DB = -22.0
"""Background raises the threshold up to here, no further."""

_LEARN_EVERY = 10

ECHO_TAIL_FRAMES = 300 // FRAME_MS
"""Echo goes on for so long after a prompt: the way to the telephone and back, and its room."""

ECHO_MARGIN_DB = 6.0
QUIETEST_BARGE_IN_DB = -40.0
LOUDEST_ECHO_DB = -32.0
"""Echo raises the threshold up to here, no further: a voice at a normal level (-30 dB and louder)
always interrupts a prompt."""

HYSTERESIS_DB = 4.0
"""A voice may fall this far below the threshold once its turn has begun."""

DYNAMICS_DB = 30.0
"""What is so far below the loudest of a turn is its reverberation, not its end."""

LOUDEST_ENDING_DB = -38.0
"""But whatever is louder than this belongs to the turn."""

_PEAK_RISE, _PEAK_FADE_DB = 0.3, 0.06
_FALL, _RISE, _ECHO_FADE_DB = 0.2, 0.02, 0.02


class LoudnessGate:
    """Learns the line's noise and echo over one call. Levels are dB relative to full scale."""

    def __init__(self) -> None:
        self._noise = -60.0
        self._echo = SILENT_DB
        self._peak = SILENT_DB
        self._tail = 0
        self._levels: deque[float] = deque(maxlen=BACKGROUND_FRAMES)
        self._background = SILENT_DB
        self._since = 0

    def threshold(self, *, echo_likely: bool) -> float:
        """The level from which a frame may be the caller's voice."""
        noise = min(max(self._noise + NOISE_MARGIN_DB, QUIETEST_VOICE_DB), LOUDEST_NOISE_DB)
        background = min(self._background + NOISE_MARGIN_DB, LOUDEST_BACKGROUND_DB)
        noise = max(noise, background)
        if not echo_likely:
            return noise
        echo = max(self._echo + ECHO_MARGIN_DB, QUIETEST_BARGE_IN_DB)
        return max(noise, min(echo, LOUDEST_ECHO_DB))

    def voiced(self, level: float, speech: bool, *, prompt_playing: bool, in_turn: bool) -> bool:
        """Is this frame the caller's voice? `speech` is what the voice detector says of it."""
        self._tail = ECHO_TAIL_FRAMES if prompt_playing else max(0, self._tail - 1)
        echo_likely = self._tail > 0
        if not echo_likely:
            self._learn_background(level)
        threshold = self.threshold(echo_likely=echo_likely)
        if in_turn:
            ending = self._ending(level, speech)
            return speech and level >= max(threshold - HYSTERESIS_DB, ending)
        self._peak = SILENT_DB
        self._learn(level, speech, echo_likely, threshold)
        return speech and level >= threshold

    def _learn_background(self, level: float) -> None:
        self._levels.append(level)
        self._since += 1
        if self._since >= _LEARN_EVERY and len(self._levels) == BACKGROUND_FRAMES:
            self._since = 0
            self._background = sorted(self._levels)[int(BACKGROUND_SHARE * BACKGROUND_FRAMES)]

    def _ending(self, level: float, speech: bool) -> float:
        """The level below which a turn as loud as this one has faded out; clicks count little."""
        if speech and level > self._peak:
            rise = _PEAK_RISE if self._peak > SILENT_DB else 1.0
            self._peak += (level - self._peak) * rise
        else:
            self._peak -= _PEAK_FADE_DB
        return min(self._peak - DYNAMICS_DB, LOUDEST_ENDING_DB)

    def _learn(self, level: float, speech: bool, echo_likely: bool, threshold: float) -> None:
        if echo_likely:
            self._echo -= _ECHO_FADE_DB
            if speech and level < threshold:
                self._echo = max(self._echo, level)
        elif not speech:
            self._noise += (level - self._noise) * (_FALL if level < self._noise else _RISE)
