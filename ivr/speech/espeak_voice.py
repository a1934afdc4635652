"""The offline voice: eSpeak NG in a process of its own, restarted when it crashes or hangs."""

import asyncio
import contextlib
import json
import logging
import os
import re
import struct
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import numpy as np

import ivr
from ivr.errors import VoiceError
from ivr.speech.conditioning import telephone_pcm
from ivr.speech.spoken_text import MAX_TEXT, is_mandarin, spoken_text

logger = logging.getLogger(__name__)

REQUEST_SECONDS = 3.0
"""A prompt of ten seconds takes about 10 ms; whoever takes this long hangs."""

START_SECONDS = 15.0
MAX_RESTARTS = 20
RESTART_WINDOW_SECONDS = 60.0
MAX_ANSWER = 22_050 * 2 * 361
_STOP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Tone:
    """How a voice of eSpeak NG speaks; `rate` is its words a minute, the rest 0 to 99."""

    voice: str
    rate: int
    pitch: int
    range: int


CALM: Mapping[str, Tone] = MappingProxyType(
    {
        # About 4 syllables a second with pauses; a wide range keeps the four tones apart.
        "zh": Tone("cmn+f3", rate=205, pitch=45, range=65),
        # About 145 words a minute; a narrower range than the default, which sings.
        "en": Tone("en-us+f3", rate=158, pitch=42, range=42),
    }
)

_MISREAD: Mapping[str, str] = MappingProxyType(
    {"便宜": " pian2 yi5 ", "交行": " jiao1 hang2 ", "行号": " hang2 hao4 ", "角色": " jue2 se4 "}
)
"""Words with the wrong reading in the voice's dictionary, in the pinyin it also reads. Found by
comparing it with pypinyin over the bank's prompts and 85 words of two readings."""

_HANZI = "\u3400-\u4dbf\u4e00-\u9fff"
_HANZI_RUN = re.compile(rf"[{_HANZI}](?:[{_HANZI}\d\s，。；：！？、,.;:!?]*[{_HANZI}\d])?")
_LATIN_RUN = re.compile(r"[A-Za-z'-]{2,}(?:[ ,]+(?:[A-Za-z'-]{2,}|[0-9]+))+")


class _WorkerDiedError(Exception):
    """The process ended, hung or answered nonsense."""


class EspeakVoice:
    """A `Voice` that needs no network. Use it with `async with`, which ends the process.

    One request is spoken at a time. A request that crashes or hangs the process raises VoiceError
    and the next one gets a new process; `MAX_RESTARTS` a minute at most.
    """

    def __init__(self, request_seconds: float = REQUEST_SECONDS) -> None:
        self._request_seconds = request_seconds
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._rate = 0
        self._starts: deque[float] = deque(maxlen=MAX_RESTARTS)

    @property
    def name(self) -> str:
        return "espeak-ng-1.52-calm-1"

    @property
    def worker_pid(self) -> int | None:
        """The process that speaks now, if one runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the process; a later `speak` starts another."""
        async with self._turn:
            await self._discard()

    async def speak(self, text: str, language: str, tone: Tone | None = None) -> bytes:
        """See `ivr.ports.Voice`. Text without anything to say gives no PCM.

        `tone` speaks all of it in another manner than the calm one.
        """
        runs = [(tone or own, said) for own, said in runs_of(text, language)]
        if not runs:
            return b""
        request = json.dumps({"runs": [asdict(tone) | {"text": said} for tone, said in runs]})
        async with self._turn:
            samples, rate = await self._ask(request.encode())
        return await asyncio.to_thread(telephone_pcm, np.frombuffer(samples, "<i2"), rate)

    async def _ask(self, request: bytes) -> tuple[bytes, int]:
        try:
            process = await self._running()
            async with asyncio.timeout(self._request_seconds):
                status, answer = await _exchange(process, request)
        except (TimeoutError, OSError, EOFError, _WorkerDiedError) as error:
            await self._discard()
            logger.warning("the offline voice was restarted: %s", type(error).__name__)
            raise VoiceError(
                "the offline voice crashed or hung on a text; the next text gets a new process"
            ) from error
        except BaseException:
            # Cancelled half-way: what is left in the pipe belongs to nobody.
            await self._discard()
            raise
        if status != 0:
            raise VoiceError(f"the offline voice refused a text: {answer.decode(errors='replace')}")
        return answer, self._rate

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self._discard()
        now = time.monotonic()
        if len(self._starts) == MAX_RESTARTS and now - self._starts[0] < RESTART_WINDOW_SECONDS:
            raise VoiceError(
                f"the offline voice crashed {MAX_RESTARTS} times within "
                f"{RESTART_WINDOW_SECONDS:.0f} s and rests until a minute is over"
            )
        self._starts.append(now)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "ivr.speech.espeak_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            self._rate = struct.unpack(">I", await self._process.stdout.readexactly(4))[0]
        return self._process

    async def _discard(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        # The kernel reaps a killed process at once; a cancelled caller must not leave it behind.
        with contextlib.suppress(TimeoutError):
            await asyncio.shield(asyncio.wait_for(process.wait(), _STOP_SECONDS))


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> tuple[int, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(struct.pack(">I", len(request)) + request)
    await process.stdin.drain()
    status, length = struct.unpack(">BI", await process.stdout.readexactly(5))
    if status > 1 or length > MAX_ANSWER:
        raise _WorkerDiedError
    return status, await process.stdout.readexactly(length)


def _environment() -> dict[str, str]:
    """This process's environment, with the package we run from first on the path."""
    root = str(Path(ivr.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return os.environ | {"PYTHONPATH": path}


def runs_of(text: str, language: str) -> list[tuple[Tone, str]]:
    """Cut text into runs that one voice can read.

    An English voice would say "Chinese letter" for each hanzi, and the Mandarin voice gives an
    English sentence tones; single English words stay with the Mandarin voice, which knows them.
    """
    own, other = ("zh", "en") if is_mandarin(language) else ("en", "zh")
    foreign = _LATIN_RUN if own == "zh" else _HANZI_RUN
    text = text[:MAX_TEXT]
    runs: list[tuple[str, str]] = []
    start = 0
    for found in foreign.finditer(text):
        runs += [(own, text[start : found.start()]), (other, found[0])]
        start = found.end()
    runs.append((own, text[start:]))
    spoken = [(CALM[voice], _respelt(spoken_text(said, voice))) for voice, said in runs]
    return [(tone, said) for tone, said in spoken if any(char.isalnum() for char in said)]


def _respelt(spoken: str) -> str:
    for word, pinyin in _MISREAD.items():
        spoken = spoken.replace(word, pinyin)
    return spoken
