"""LoudnessGate: keeps line noise and the bot's own echo from passing for the caller's voice.

A detector of voices cannot tell the caller from our prompt leaking out of a loudspeaker, and it
goes on for 60 to 100 ms after a click. Both are quieter than a caller who speaks into a telephone.
"""

from ivr.audio.level import SILENT_DB

QUIETEST_VOICE_DB = -50.0
NOISE_MARGIN_DB = 6.0
LOUDEST_NOISE_DB = -35.0
"""Noise raises the threshold up to here, no further."""

ECHO_MARGIN_DB = 6.0
QUIETEST_BARGE_IN_DB = -40.0
LOUDEST_ECHO_DB = -32.0
"""Echo raises the threshold up to here, no further: a voice at a normal level (-30 dB and louder)
always interrupts a prompt."""

HYSTERESIS_DB = 4.0
"""A voice may fall this far below the threshold once its turn has begun."""

_FALL, _RISE, _ECHO_FADE_DB = 0.2, 0.02, 0.02


class LoudnessGate:
    """Learns the line's noise and echo over one call. Levels are dB relative to full scale."""

    def __init__(self) -> None:
        self._noise = -60.0
        self._echo = SILENT_DB

    def threshold(self, *, prompt_playing: bool) -> float:
        """The level from which a frame may be the caller's voice."""
        noise = min(max(self._noise + NOISE_MARGIN_DB, QUIETEST_VOICE_DB), LOUDEST_NOISE_DB)
        if not prompt_playing:
            return noise
        echo = max(self._echo + ECHO_MARGIN_DB, QUIETEST_BARGE_IN_DB)
        return max(noise, min(echo, LOUDEST_ECHO_DB))

    def voiced(self, level: float, speech: bool, *, prompt_playing: bool, in_turn: bool) -> bool:
        """Is this frame the caller's voice? `speech` is what the voice detector says of it."""
        threshold = self.threshold(prompt_playing=prompt_playing)
        if not in_turn:
            self._learn(level, speech, prompt_playing, threshold)
        return speech and level >= (threshold - HYSTERESIS_DB if in_turn else threshold)

    def _learn(self, level: float, speech: bool, prompt_playing: bool, threshold: float) -> None:
        if prompt_playing:
            self._echo -= _ECHO_FADE_DB
            if speech and level < threshold:
                self._echo = max(self._echo, level)
        elif not speech:
            self._noise += (level - self._noise) * (_FALL if level < self._noise else _RISE)
