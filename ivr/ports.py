"""What a call needs of the outside, as Protocols, and the small values that cross them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from ivr.audio.frames import AudioFrame

# -- hearing ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `start` and `end` are seconds from the utterance's first frame."""

    text: str = field(metadata={"private": True})
    confidence: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Prosody:
    """How a turn was spoken, apart from its words.

    `loudness` is the active level in dB of full scale, `pitch` the median in Hz (0 if there was no
    voice to measure), `movement` the semitones between its 10th and 90th percentile, `rate` the
    syllables a second, pauses left out.
    """

    loudness: float
    pitch: float
    movement: float
    rate: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the recogniser made of one turn of speech.

    `words` may hold `[unk]`, the recogniser's word for speech outside the grammar. `confidence`
    is the mean over the words, 0 to 1. `seconds` is the length of the speech. `prosody` is None
    where nothing was measured (typed words, a turn too short). `alternatives` are further guesses
    at the whole turn, the likeliest first, where they were asked for.
    """

    words: tuple[Word, ...]
    language: str
    seconds: float = 0.0
    alternatives: tuple[str, ...] = field(default=(), metadata={"private": True})
    prosody: Prosody | None = None

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0


class VoiceActivityDetector(Protocol):
    """Tells speech from the rest, frame by frame; keeps state until `reset`."""

    def is_speech(self, frame: AudioFrame) -> bool: ...

    def reset(self) -> None: ...


class Hearing(Protocol):
    """One turn of one caller in the recogniser. Every method returns at once or awaits a thread."""

    def feed(self, frame: AudioFrame) -> None:
        """Queue a frame for decoding; never blocks."""

    @property
    def partial(self) -> str:
        """The best text so far, words separated by blanks; may lag behind `feed`."""

    async def finish(self) -> Utterance:
        """Decode what is left and give the result.

        Raises:
            SpeechError: if the engine failed.
        """

    def cancel(self) -> None:
        """Forget the turn and give the recogniser back."""


class Recogniser(Protocol):
    """A speech engine with run-time grammars."""

    def listen(
        self, language: str, phrases: Sequence[str], *, alternatives: bool = False
    ) -> Hearing:
        """Begin a turn in which the caller may say `phrases` (or something else: `[unk]`).

        No phrases means open dictation. `alternatives` asks for further guesses beside the words,
        at about twice the work. Raises ModelError if `language` has no model.
        """


# -- speaking --------------------------------------------------------------------------------


class Voice(Protocol):
    """A synthesiser. `name` is part of the cache key: another name, another voice."""

    @property
    def name(self) -> str: ...

    async def speak(self, text: str, language: str) -> bytes:
        """PCM in the format of `ivr.audio.frames`.

        Raises:
            VoiceError: if the text could not be spoken.
        """


# -- the channel -----------------------------------------------------------------------------


class TransferOutcome(StrEnum):
    """How a transfer ended; a flow may name those of `FLOW_OUTCOMES` as exits."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    ABANDONED = "abandoned"
    WITHDRAWN = "withdrawn"
    """A supervisor's order took the caller out of it; the order follows."""

    RETURNED = "returned"
    """Whoever was to take the caller over was gone: the talk goes on where it was."""


FLOW_OUTCOMES = (
    TransferOutcome.ANSWERED,
    TransferOutcome.NO_ANSWER,
    TransferOutcome.BUSY,
    TransferOutcome.FAILED,
    TransferOutcome.ABANDONED,
)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """What app_queue is told about one waiting caller.

    `priority` orders callers (QUEUE_PRIO, higher first). `max_penalty` is QUEUE_MAX_PENALTY, the
    weakest agents admitted at first; 0 sets no limit. `rule` names a penalty rule that relaxes it.
    `timeout` is in whole seconds. `announcement` is a sound file, without its suffix, that the
    agent alone hears before the caller.
    """

    queue: str
    priority: int
    max_penalty: int
    timeout: int
    rule: str = ""
    announcement: str = ""


class AudioLink(Protocol):
    """The caller's ear and mouth while the bot talks with them."""

    async def receive(self) -> AudioFrame | str | None:
        """The next frame, or the next key ("0"-"9", "*", "#", "A"-"D"), or None at the end."""

    def send(self, frame: AudioFrame) -> None:
        """Send one frame now; pacing is the player's. Does nothing once the link has ended."""

    async def close(self) -> None:
        """Give the channel back to whoever owns it, without hanging up."""


class CallChannel(Protocol):
    """One telephone call, owned by its AGI session."""

    @property
    def call_id(self) -> str: ...

    @property
    def caller(self) -> str:
        """The caller's number as Asterisk knows it; may be empty. Private."""

    @property
    def called(self) -> str: ...

    async def open_audio(self) -> AudioLink:
        """Connect the caller's audio to us. At most one link is open at a time.

        Raises:
            AgiError, AudioSocketError: if the audio did not come.
        """

    async def set_variables(self, values: dict[str, str]) -> None:
        """Set channel variables (agents' phones and dialplan may read them)."""

    async def play(self, sound: str) -> None:
        """Have the switch itself play a sound file, named without its suffix, to its end."""

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        """Put the caller into a queue and wait until that is over. No audio link may be open."""

    async def join(self, channel: str) -> bool:
        """Join the caller with another channel until one hangs up; False if it was not there.

        No audio link may be open.
        """

    async def hang_up(self) -> None:
        """End the call; harmless when it has ended."""

    @property
    def gone(self) -> bool:
        """True once the caller has hung up."""


# -- the switch ------------------------------------------------------------------------------

SwitchFields = Mapping[str, str]
"""An AMI message as Asterisk names its fields ("Event", "Channel", ...). May hold numbers of
callers: private."""


@dataclass(frozen=True, slots=True)
class SwitchEvent:
    """Something happened in Asterisk; `fields["Event"]` says what."""

    fields: SwitchFields = field(metadata={"private": True})

    @property
    def name(self) -> str:
        return self.fields["Event"]


@dataclass(frozen=True, slots=True)
class SwitchLost:
    """The link to Asterisk is gone; actions fail until `SwitchBack`."""


@dataclass(frozen=True, slots=True)
class SwitchBack:
    """The link is back. Events were missed: trust these snapshots instead."""

    channels: tuple[SwitchFields, ...] = field(metadata={"private": True})
    queues: tuple[SwitchFields, ...] = field(metadata={"private": True})


SwitchNotice = SwitchEvent | SwitchLost | SwitchBack


class SwitchManager(Protocol):
    """The Asterisk Manager Interface. Every coroutine raises ManagerError if it cannot be done."""

    @property
    def connected(self) -> bool: ...

    def events(self) -> AsyncIterator[SwitchNotice]:
        """What happens from now on, in order; ends when the manager is closed."""

    async def ping(self) -> None: ...

    async def add_member(
        self, queue: str, interface: str, name: str, penalty: int, state_interface: str = ""
    ) -> None:
        """Make an agent's phone a dynamic member of a queue."""

    async def remove_member(self, queue: str, interface: str) -> None: ...

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None: ...

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None:
        """Pause or resume a member in all its queues."""

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        """Take a call from whatever runs it and send it to the dialplan, priority 1."""

    async def hang_up(self, channel: str) -> None: ...

    async def originate(
        self, channel: str, context: str, extension: str, channel_id: str, seconds: float
    ) -> None:
        """Dial `channel`, ringing so long, and send who answers to the dialplan; returns at once.

        The event OriginateResponse tells how it ended.
        """

    async def channels(self) -> tuple[SwitchFields, ...]:
        """Every channel (the CoreShowChannel events)."""

    async def queue_status(self) -> tuple[SwitchFields, ...]:
        """Every queue, member and waiting caller (QueueParams, QueueMember, QueueEntry events)."""

    async def queue_members(self) -> tuple[SwitchFields, ...]:
        """The QueueMember events of `queue_status`."""


# -- the rest --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LookupReply:
    """How a lookup ended: `exit` is "ok" or a failure, `status` the HTTP status, if one came."""

    exit: str
    values: Mapping[str, str | int | float | bool] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    status: int = 0
    tries: int = 1


Profile = Mapping[str, str | int | float | bool]
"""What is known of a caller: `tier`, `calls`, `annoyed`, `complained` (lately), and
`used.FLOW.MENU.CHOICE`, how often."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one call teaches about its caller: "flow.menu.choice" for each choice made.

    `complained`: they asked for an agent to complain, or sounded annoyed.
    """

    choices: tuple[str, ...]
    outcome: str
    nomatches: int = 0
    complained: bool = False


class CallerBook(Protocol):
    """Who called before. Every coroutine may raise StoreError; a withheld number is nobody's."""

    async def profile(self, caller: str) -> Profile: ...

    async def learn(self, caller: str, lesson: Lesson) -> None: ...

    async def set_tier(self, caller: str, tier: str) -> None: ...

    async def forget(self, caller: str) -> bool:
        """Forget all of a caller; False if nothing was known."""


class Clock(Protocol):
    """Monotonic seconds."""

    def __call__(self) -> float: ...
