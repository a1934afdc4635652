"""AudioStage: conversations by sound, through the real VAD, recogniser, voice and timers."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ivr.audio.frames import FRAME_SECONDS
from ivr.call.session import Services
from ivr.dialogue import actions, events
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.simulator import KEY_SECONDS, Lookups
from ivr.dialogue.simulator import Line as Said
from ivr.dialogue.state import State, Waiting
from ivr.dialogue.wording import UNKNOWN
from ivr.ports import TransferOutcome, Voice
from ivr.rehearsal.line import LineChannel
from ivr.rehearsal.performance import spoken_first
from ivr.rehearsal.rehearsed_call import (
    Notes,
    RehearsedBackend,
    RehearsedCall,
    RehearsedTransfers,
)
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.virtual_loop import VirtualLoop

SETTLED_SECONDS = 0.3
"""So long must the bot have been waiting, and the caller silent, before it is the caller's turn."""

BARGE_IN_SECONDS = 1.0
"""After how much of the prompt a caller who cuts in does so, unless a test says."""

MAX_PROMPT_SECONDS = 300.0
"""More than any prompt and lookup take; a call that has not come to rest by then is stuck."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


class AudioStage:
    """A `Stage` on a virtual loop. `caller` is the voice of the caller's lines."""

    def __init__(
        self,
        loop: VirtualLoop,
        services: Services,
        caller: Voice,
        conversation: Conversation,
    ) -> None:
        self._loop = loop
        self._voice = caller
        self._backend = RehearsedBackend()
        self._channel = LineChannel("rehearsed", conversation.caller, conversation.called)
        self._notes, self._call = loop.run_until_complete(self._made(services, conversation))
        self._task: asyncio.Task[None] | None = None

    async def _made(
        self, services: Services, conversation: Conversation
    ) -> tuple[Notes, RehearsedCall]:
        notes = Notes()
        book = spoken_first(services.book, conversation.flow, conversation.language)
        own = replace(
            services,
            book=book,
            flow=conversation.flow,
            transfers=RehearsedTransfers(services.prompts),
            backend=self._backend,
        )
        call = RehearsedCall(self._channel, own, notes, conversation.now, conversation.profile)
        return notes, call

    # -- what is seen ----------------------------------------------------------------------------

    @property
    def lookups(self) -> Lookups:
        return self._backend.lookups

    @lookups.setter
    def lookups(self, lookups: Lookups) -> None:
        self._backend.lookups = lookups

    @property
    def state(self) -> State:
        return self._call.state

    @property
    def time(self) -> float:
        return self._notes.now

    @property
    def log(self) -> Sequence[tuple[float, Event | Action]]:
        return self._notes.log

    @property
    def lines(self) -> Sequence[Said]:
        return self._notes.said

    @property
    def transfer(self) -> actions.StartTransfer | None:
        return self._notes.transfer

    @property
    def timers(self) -> Mapping[int, float]:
        """The session keeps them to itself."""
        return {}

    @property
    def sound(self) -> tuple[bytes, bytes]:
        """PCM of the caller and of the bot, side by side, transfers left out."""
        caller, bot = bytearray(), bytearray()
        for line in self._channel.lines:
            frames = max(len(line.received), len(line.sent))
            for side, heard in ((caller, line.received), (bot, line.sent)):
                pcm = b"".join(frame.pcm for frame in heard)
                side += pcm.ljust(frames * len(heard[0].pcm) if heard else 0, b"\0")
        return bytes(caller), bytes(bot)

    # -- what the caller and the world do ----------------------------------------------------

    def start(self) -> None:
        self._task = self._loop.create_task(self._call.run())
        self._run(asyncio.sleep(FRAME_SECONDS))

    def say(self, text: str, *, confidence: float = 1.0, barge_in: float | bool = False) -> None:
        """Speak; `confidence` is the recogniser's to find out."""
        self.play(
            self._run(self._voice.speak(_BETWEEN_HAN.sub("", text), language_of(text))),
            text,
            barge_in=barge_in,
        )

    def play(self, pcm: bytes, text: str, *, barge_in: float | bool = False) -> None:
        """Let the caller's sound be heard to its end; `text` is what it is told to be."""
        self._come_in(barge_in)
        line = self._channel.line
        if self.state.ended or line is None or not line.open:
            return
        self._notes.say("caller", text)
        line.speak(pcm)
        self._run(self._until(lambda: not line.speaking or self.state.ended))

    def press(self, keys: str, *, barge_in: float | bool = False) -> None:
        self._come_in(barge_in)
        for number, key in enumerate(keys):
            if number:
                self.wait(KEY_SECONDS)
            line = self._channel.line
            if self.state.ended or line is None or not line.open:
                return
            self._notes.say("key", key)
            line.press(key)
            self.wait(2 * FRAME_SECONDS)

    def hang_up(self) -> None:
        self._call.post(events.CallerHungUp())
        self._channel.leave()
        self._run(self._until(lambda: self.state.ended))

    def end_transfer(self, outcome: TransferOutcome | str) -> None:
        self.until_turn()
        if self.transfer is not None:
            self._run(self._until(lambda: self._channel.waiting is not None))
            self._channel.end_queue(TransferOutcome(outcome))
            self._run(self._until(lambda: self.transfer is None))

    def order(self, kind: str, argument: str = "") -> None:
        self._call.post(events.OrderGiven(kind, argument))
        self._run(asyncio.sleep(FRAME_SECONDS))

    # -- the clock ---------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        self._run(asyncio.sleep(seconds))

    def until_turn(self) -> None:
        self._run(self._settled())

    def close(self) -> None:
        """End the call, whatever goes on in it. Raises what had failed inside."""
        if self._task is None:
            return
        self._task.cancel()
        done = asyncio.gather(self._task, return_exceptions=True)
        (outcome,) = self._loop.run_until_complete(done)
        if isinstance(outcome, Exception):
            raise outcome

    def _come_in(self, barge_in: float | bool) -> None:
        if barge_in is False:
            self.until_turn()
        else:
            self.wait(BARGE_IN_SECONDS if barge_in is True else barge_in)

    async def _settled(self) -> None:
        since: float | None = None
        end = self._loop.time() + MAX_PROMPT_SECONDS
        while not self._over() and self._loop.time() < end:
            now = self._loop.time()
            if not self._at_rest():
                since = None
            elif since is None:
                since = now
            elif now - since >= SETTLED_SECONDS or self.state.waiting is Waiting.TRANSFER:
                return
            await asyncio.sleep(FRAME_SECONDS)

    def _at_rest(self) -> bool:
        if self.state.waiting in (Waiting.TRANSFER, Waiting.RECORDING):
            return True
        line = self._channel.line
        quiet = line is None or not line.speaking
        return (
            self.state.waiting in (Waiting.INPUT, Waiting.RECORDING)
            and not self.state.saying
            and not self.state.speaking
            and quiet
        )

    def _over(self) -> bool:
        return self.state.ended or self._task is None or self._task.done()

    async def _until(self, reached: Callable[[], bool]) -> None:
        end = self._loop.time() + MAX_PROMPT_SECONDS
        # Time is virtual: looking each frame costs nothing and misses nothing.
        while not reached() and not self._over() and self._loop.time() < end:  # noqa: ASYNC110
            await asyncio.sleep(FRAME_SECONDS)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)


def speakable(conversation: Conversation) -> bool:
    """Whether a person could say it: unknown words and low confidence can only be typed."""
    if not conversation.audio:
        return False
    spoken = [step.value for step in conversation.steps if step.kind == "caller"]
    return all(UNKNOWN not in one.text and one.confidence >= 1.0 for one in spoken)


def language_of(text: str) -> str:
    return "zh" if _HAN.search(text) else "en"
