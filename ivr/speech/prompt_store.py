"""Turns prompt segments into PCM without ever letting a caller wait for a network.

A recording wins; else what the preferred voice said before; else what it says within 300 ms; else
the offline voice speaks, while the preferred one goes on and fills the cache for the next caller.
"""

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from ivr.errors import AudioError, VoiceError
from ivr.flow.prompt import PromptSegment
from ivr.ports import Voice
from ivr.speech.prompt_files import PromptFile, PromptFolder, digest_of
from ivr.speech.sound_cache import DiskCache, MemoryCache
from ivr.speech.sound_files import read_sound

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.3
"""How long a caller may wait for the preferred voice."""

MEMORY_BYTES = 64 << 20
"""Over an hour of prompts."""

PRIVATE_BYTES = 8 << 20
DISK_BYTES = 512 << 20
MAX_FILLS = 64
"""Segments the preferred voice may owe us at once; beyond that the offline voice speaks."""

REST_SECONDS = 30.0
"""A preferred voice that failed is left alone so long: no caller pays for a broken network."""

_FILLS_AT_ONCE = 4
_FORMAT = 1

_Outcome = bytes | VoiceError


def prompt_key(voice: str, language: str, text: str) -> str:
    """Names a synthesis by everything that shapes it."""
    return digest_of(json.dumps([_FORMAT, voice, language, text]).encode())


class PromptStore:
    """Every prompt of every call. Use it with `async with`; leaving it ends background work.

    `preferred` is the voice callers should hear, usually an online one; None means the offline
    voice. Private segments never reach the disk, and never the preferred voice unless
    `private_online`, because that voice may belong to somebody else's computers.
    """

    def __init__(
        self,
        recordings: Path,
        cache: Path,
        offline: Voice,
        preferred: Voice | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
        private_online: bool = False,
        memory_bytes: int = MEMORY_BYTES,
        private_bytes: int = PRIVATE_BYTES,
        disk_bytes: int = DISK_BYTES,
    ) -> None:
        self._files = PromptFolder(recordings)
        self._disk = DiskCache(cache, disk_bytes)
        self._memory = MemoryCache(memory_bytes)
        self._private = MemoryCache(private_bytes)
        self._offline = offline
        self._preferred = preferred
        self._patience = patience
        self._private_online = private_online
        self._work = asyncio.TaskGroup()
        self._making: dict[str, asyncio.Task[_Outcome]] = {}
        self._fills = asyncio.Semaphore(_FILLS_AT_ONCE)
        self._rests_until = 0.0
        self._closed = False

    async def __aenter__(self) -> Self:
        await self._work.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._closed = True
        for task in self._making.values():
            task.cancel()
        # The block's own error goes on by itself; the group only waits for the work.
        await self._work.__aexit__(None, None, None)

    async def fetch(self, segment: PromptSegment) -> bytes:
        """PCM of a segment in the format of `ivr.audio.frames`.

        Raises:
            VoiceError: if not even the offline voice can speak it.
        """
        pcm = await self._recorded(segment)
        if pcm is None and self._preferred and (self._private_online or not segment.private):
            pcm = await self._preferably(self._preferred, segment)
        return await self._spoken(self._offline, segment) if pcm is None else pcm

    async def warm(self, segments: Iterable[PromptSegment]) -> int:
        """Make what is not there yet, one by one; the number of segments that cannot be spoken."""
        failed = 0
        for segment in segments:
            try:
                await self.fetch(segment)
            except VoiceError:
                failed += 1
        return failed

    # -- recordings ----------------------------------------------------------------------

    async def _recorded(self, segment: PromptSegment) -> bytes | None:
        if segment.private:
            return None
        found = await asyncio.to_thread(self._files.find, segment)
        if not found.playable:
            return None
        key = f"{found.path}:{found.stamp}"
        pcm = self._memory.get(key)
        if pcm is None:
            pcm = await asyncio.to_thread(_read, found)
            if pcm is not None:
                self._memory.put(key, pcm)
        return pcm

    # -- voices --------------------------------------------------------------------------

    async def _preferably(self, voice: Voice, segment: PromptSegment) -> bytes | None:
        """What the preferred voice says if it was said before or is said in time, else None."""
        key = prompt_key(voice.name, segment.language, segment.text)
        if (pcm := await self._cached(key, segment)) is not None:
            return pcm
        resting = time.monotonic() < self._rests_until
        if key not in self._making and (resting or len(self._making) >= MAX_FILLS):
            return None
        task = self._start(voice, segment, key)
        await asyncio.wait({task}, timeout=self._patience)
        if not task.done() or task.cancelled():
            return None
        outcome = task.result()
        return None if isinstance(outcome, VoiceError) else outcome

    async def _spoken(self, voice: Voice, segment: PromptSegment) -> bytes:
        key = prompt_key(voice.name, segment.language, segment.text)
        if (pcm := await self._cached(key, segment)) is not None:
            return pcm
        task = self._start(voice, segment, key)
        # Waited for, not awaited: if this caller leaves, another may still need the segment.
        await asyncio.wait({task})
        outcome = VoiceError("the prompt store is closing") if task.cancelled() else task.result()
        if isinstance(outcome, VoiceError):
            raise outcome
        return outcome

    async def _cached(self, key: str, segment: PromptSegment) -> bytes | None:
        if segment.private:
            return self._private.get(key)
        pcm = self._memory.get(key)
        if pcm is None and (pcm := await asyncio.to_thread(self._disk.get, key)) is not None:
            self._memory.put(key, pcm)
        return pcm

    def _start(self, voice: Voice, segment: PromptSegment, key: str) -> asyncio.Task[_Outcome]:
        if self._closed:
            raise VoiceError("the prompt store is closed")
        task = self._making.get(key)
        if task is None:
            task = self._work.create_task(self._make(voice, segment, key))
            self._making[key] = task
            task.add_done_callback(lambda _: self._making.pop(key, None))
        return task

    async def _make(self, voice: Voice, segment: PromptSegment, key: str) -> _Outcome:
        try:
            if voice is self._preferred:
                async with self._fills:
                    pcm = await voice.speak(segment.text, segment.language)
            else:
                pcm = await voice.speak(segment.text, segment.language)
        except Exception as error:
            # Whatever a voice does, the task group with everybody else's prompts must live.
            return self._failed(voice, error)
        if segment.private:
            self._private.put(key, pcm)
        else:
            self._memory.put(key, pcm)
            await asyncio.to_thread(self._disk.put, key, pcm)
        return pcm

    def _failed(self, voice: Voice, error: Exception) -> VoiceError:
        if voice is self._preferred:
            self._rests_until = time.monotonic() + REST_SECONDS
        if isinstance(error, VoiceError):
            logger.warning("%s: %s", voice.name, error)
            return error
        logger.error("%s failed unexpectedly: %s", voice.name, type(error).__name__)
        return VoiceError(f"{voice.name} failed: {type(error).__name__}")


def _read(found: PromptFile) -> bytes | None:
    try:
        return read_sound(found.path)
    except AudioError as error:
        logger.warning("%s", error)
        return None
