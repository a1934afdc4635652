"""Renders prompts before any call: the static prompts of the flows, and single sound files."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ivr.errors import SettingsError, VoiceError
from ivr.flow.prompt import PromptSegment
from ivr.ports import Voice
from ivr.speech.prompt_files import Origin, PromptFile, PromptFolder, file_name
from ivr.speech.sound_files import wav_bytes, write_whole


class Result(StrEnum):
    """What became of one prompt."""

    RENDERED = "rendered"
    KEPT = "kept"
    """It was up to date."""

    RECORDED = "recorded"
    """Somebody's recording is there, which nothing replaces."""

    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rendered:
    """One prompt and what became of it; `problem` says why it failed."""

    segment: PromptSegment
    path: Path
    result: Result
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound file outside the prompts, such as the dialplan's apology."""

    path: Path
    text: str
    language: str


def distinct(segments: Iterable[PromptSegment]) -> list[PromptSegment]:
    """Segments that can have a file, each once, in the order of their first mention.

    Raises:
        SettingsError: if a name is unfit for a file, or two texts of a language share one.
    """
    found: dict[tuple[str, str], PromptSegment] = {}
    for segment in segments:
        if segment.private:
            continue
        key = (segment.language, file_name(segment))
        first = found.setdefault(key, segment)
        if first.text != segment.text:
            raise SettingsError(
                f"two different texts in {segment.language!r} share the recording "
                f"{segment.recording!r}; give one of the prompts another name"
            )
    return list(found.values())


async def render_prompt(
    folder: PromptFolder, voice: Voice, segment: PromptSegment, *, force: bool = False
) -> Rendered:
    """Bring one prompt's sound file up to date; `force` speaks again what is up to date.

    Raises:
        SettingsError: if the folder cannot be written.
    """
    found = await asyncio.to_thread(folder.find, segment)
    if found.origin is Origin.RECORDING:
        return Rendered(segment, found.path, Result.RECORDED)
    if found.origin is Origin.SYNTHESIS and found.voice == voice.name and not force:
        return Rendered(segment, found.path, Result.KEPT)
    try:
        pcm = await voice.speak(segment.text, segment.language)
    except VoiceError as error:
        return Rendered(segment, found.path, Result.FAILED, str(error))
    if not pcm:
        return Rendered(segment, found.path, Result.FAILED, "nothing in this text can be spoken")
    try:
        await asyncio.to_thread(folder.write_synthesis, segment, wav_bytes(pcm), voice.name)
    except OSError as error:
        raise _unwritable(found.path, error) from error
    return Rendered(segment, found.path, Result.RENDERED)


async def render_sounds(voice: Voice, sounds: Iterable[Sound]) -> None:
    """Speak texts into wav files that Asterisk can play, replacing what is there.

    Raises:
        VoiceError: if a text cannot be spoken.
        SettingsError: if a file cannot be written.
    """
    for sound in sounds:
        pcm = await voice.speak(sound.text, sound.language)
        if not pcm:
            raise VoiceError(f"{sound.path}: nothing in this text can be spoken")
        try:
            await asyncio.to_thread(write_whole, sound.path, wav_bytes(pcm))
        except OSError as error:
            raise _unwritable(sound.path, error) from error


def listing(
    folder: PromptFolder, segments: Iterable[PromptSegment]
) -> list[tuple[PromptSegment, PromptFile]]:
    """Each distinct prompt with its sound file, as it stands now."""
    return [(segment, folder.find(segment)) for segment in distinct(segments)]


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(f"{path}: cannot be written ({error.strerror}); check the folder's rights")
