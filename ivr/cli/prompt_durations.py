"""Durations of prompts for the tools: measured from their sound where there is any."""

from collections import Counter
from pathlib import Path

import soundfile

from ivr.audio.frames import seconds_of
from ivr.flow.checks.durations import estimate
from ivr.flow.prompt import PromptSegment
from ivr.server.settings import Settings
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.prompt_files import PromptFolder
from ivr.speech.prompt_store import DISK_BYTES, prompt_key
from ivr.speech.sound_cache import DiskCache


class PromptDurations:
    """Seconds of a segment: of its sound file, else of what the hotline's voice said before,
    else estimated. `sources` counts which it was.
    """

    def __init__(self, settings: Settings) -> None:
        self._files = PromptFolder(settings.path(settings.paths.prompts))
        self._cache = DiskCache(_cache_folder(settings), DISK_BYTES)
        self._voices = [*_online(settings), EspeakVoice().name]
        self.sources: Counter[str] = Counter()

    def __call__(self, segment: PromptSegment) -> float:
        found = self._files.find(segment)
        if found.playable:
            try:
                seconds = float(soundfile.info(str(found.path)).duration)
            except (soundfile.LibsndfileError, OSError):
                pass
            else:
                self.sources["sound files"] += 1
                return seconds
        for voice in self._voices:
            pcm = self._cache.get(prompt_key(voice, segment.language, segment.text))
            if pcm is not None:
                self.sources["the voice"] += 1
                return seconds_of(pcm)
        self.sources["estimated"] += 1
        return estimate(segment)


def _online(settings: Settings) -> list[str]:
    if settings.speech.voice != "edge":
        return []
    from ivr.speech.edge_voice import EdgeVoice  # loads the online client

    return [EdgeVoice().name]


def _cache_folder(settings: Settings) -> Path:
    return settings.path(settings.paths.runs) / "prompts"
