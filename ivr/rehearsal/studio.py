"""Studio: the voices and the recogniser of spoken conversations, opened once for many."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from ivr.call.session import Services
from ivr.flow.model import FlowBook
from ivr.ports import Voice, VoiceActivityDetector
from ivr.rehearsal.audio_stage import AudioStage
from ivr.rehearsal.rehearsed_call import RehearsedTransfers
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.virtual_loop import VirtualLoop
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.inline_recogniser import InlineRecogniser
from ivr.speech.prompt_store import PromptStore
from ivr.speech.stand_in import StandIn

MAX_LINES_KEPT = 5000


class HeldVoice:
    """A voice that takes none of the virtual time; what it said before it says at once."""

    def __init__(self, loop: VirtualLoop, voice: Voice) -> None:
        self._loop = loop
        self._voice = voice
        self._said: dict[tuple[str, str], bytes] = {}

    @property
    def name(self) -> str:
        return self._voice.name

    async def speak(self, text: str, language: str) -> bytes:
        key = (text, language)
        if key not in self._said:
            if len(self._said) >= MAX_LINES_KEPT:
                self._said.clear()
            with self._loop.held():
                self._said[key] = await self._voice.speak(text, language)
        return self._said[key]


class Studio:
    """Makes audio stages, one after another: a new one ends the call of the one before."""

    def __init__(
        self,
        loop: VirtualLoop,
        recogniser: InlineRecogniser,
        new_vad: Callable[[], VoiceActivityDetector],
        prompts: PromptStore,
        caller: Voice,
        messages: Path,
    ) -> None:
        self._loop = loop
        self._recogniser = recogniser
        self._new_vad = new_vad
        self._prompts = prompts
        self._caller = caller
        self._messages = messages
        self._stage: AudioStage | None = None

    def stage(self, book: FlowBook, conversation: Conversation) -> AudioStage:
        """A call of these flows that has not begun. Raises what failed in the call before."""
        self.close()
        services = Services(
            book=book,
            flow=conversation.flow,
            recogniser=self._recogniser,
            new_vad=self._new_vad,
            prompts=self._prompts,
            transfers=RehearsedTransfers(self._prompts),
            messages=self._messages,
            calls_back=conversation.callbacks,
        )
        self._stage = AudioStage(self._loop, services, self._caller, conversation)
        return self._stage

    def close(self) -> None:
        """End the call of the last stage. Raises what failed in it."""
        stage, self._stage = self._stage, None
        if stage is not None:
            stage.close()


@contextmanager
def open_studio(
    models: Mapping[str, Path],
    recordings: Path,
    new_vad: Callable[[], VoiceActivityDetector],
) -> Iterator[Studio]:
    """The real ears and voices on a virtual clock; `recordings` holds recorded prompts.

    Raises:
        ModelError: a speech model is missing or damaged.
    """
    recogniser = InlineRecogniser(models)
    recogniser.load()
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        with tempfile.TemporaryDirectory(prefix="ivr-rehearsal-") as cache:
            rooms = _Rooms(loop, recordings, Path(cache))
            prompts, caller = rooms.open()
            try:
                studio = Studio(
                    loop, recogniser, new_vad, prompts, caller, Path(cache) / "messages"
                )
                try:
                    yield studio
                finally:
                    studio.close()
            finally:
                rooms.close()
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class _Rooms:
    """What must be opened and closed within one task of the loop."""

    def __init__(self, loop: VirtualLoop, recordings: Path, cache: Path) -> None:
        self._loop = loop
        self._recordings = recordings
        self._cache = cache
        self._leave = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> tuple[PromptStore, Voice]:
        opened: asyncio.Future[tuple[PromptStore, Voice]] = self._loop.create_future()
        self._task = self._loop.create_task(self._keep(opened))
        return self._loop.run_until_complete(opened)

    async def _keep(self, opened: "asyncio.Future[Any]") -> None:
        stack = AsyncExitStack()
        try:
            voice = await stack.enter_async_context(EspeakVoice())
            held = HeldVoice(self._loop, voice)
            prompts = PromptStore(self._recordings, self._cache, held)
            await stack.enter_async_context(prompts)
            opened.set_result((prompts, HeldVoice(self._loop, StandIn(voice))))
            await self._leave.wait()
        finally:
            # Processes end in real time: no time-out of the virtual clock may cut that short.
            with self._loop.held():
                await stack.aclose()

    def close(self) -> None:
        self._leave.set()
        if self._task is not None:
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.run_until_complete(asyncio.sleep(0))
