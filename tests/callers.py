"""People who are not there: voices for scripted callers and agents, unlike the hotline's own."""

from collections.abc import Iterable

from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.stand_in import USUAL, StandIn, trimmed

__all__ = ["trimmed", "voice_of", "voices_of"]


async def voice_of(text: str, language: str = "zh", *, higher: float = USUAL) -> bytes:
    """PCM of somebody saying `text`; see `voices_of`."""
    return (await voices_of([(text, higher)], language))[0]


async def voices_of(lines: Iterable[tuple[str, float]], language: str = "zh") -> list[bytes]:
    """PCM of each text, by somebody as much smaller than the hotline's voice as its factor says."""
    async with EspeakVoice() as voice:
        return [await StandIn(voice, higher).speak(text, language) for text, higher in lines]
