"""Simulator: a typed call on a virtual clock, for the console, flow tests and golden calls."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any

from ivr.dialogue import actions, engine, events
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.state import State, Waiting
from ivr.dialogue.wording import tokens
from ivr.flow.model import FlowBook
from ivr.flow.prompt import PromptSegment
from ivr.ports import TransferOutcome, Utterance, Word

SECONDS_A_CHARACTER = 0.22
SECONDS_A_WORD = 0.36
SECONDS_A_PAUSE = 0.3
KEY_SECONDS = 0.25
"""Between two keys of a caller who knows the number."""

MAX_EVENTS = 20_000
"""Events of one simulated call; more means that it never comes to rest."""

DEFAULT_NOW = "2026-01-05T10:00:00+08:00"

Duration = Callable[[Sequence[PromptSegment]], float]


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """What a lookup gives: an exit ("ok" or a failure's name), values, and after how long."""

    exit: str = "ok"
    values: Mapping[str, Any] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )
    seconds: float = 0.2


Lookups = Callable[[actions.StartLookup], LookupAnswer]


def no_lookups(asked: actions.StartLookup) -> LookupAnswer:
    """Every lookup fails: nothing stands behind this call."""
    return LookupAnswer("failed")


def spoken_seconds(segments: Sequence[PromptSegment]) -> float:
    """About how long a voice takes: by Mandarin characters and words of other languages."""
    seconds = 0.0
    for segment in segments:
        units = tokens(segment.text)
        han = sum(len(unit) == 1 and unit > "\u3400" for unit in units)
        seconds += han * SECONDS_A_CHARACTER + (len(units) - han) * SECONDS_A_WORD
        seconds += SECONDS_A_PAUSE
    return seconds


@dataclass(frozen=True, slots=True)
class Line:
    """What was said or pressed: `who` is bot, caller, key or agent; `at` in virtual seconds."""

    at: float
    who: str
    text: str = field(metadata={"private": True})


class Simulator:
    """Obeys the dialogue's actions with a virtual player, timers and queue.

    `log` holds (seconds, event or action) in their order, `lines` the talk as people heard it.
    """

    def __init__(
        self,
        book: FlowBook,
        flow: str,
        *,
        caller: str = "",
        called: str = "",
        now: str = DEFAULT_NOW,
        duration: Duration = spoken_seconds,
        lookups: Lookups = no_lookups,
        profile: Mapping[str, str | int | float | bool] = MappingProxyType({}),
        callbacks: bool = True,
    ) -> None:
        """Raises FlowError if the book has no such flow."""
        self.book = book
        self.state: State = engine.start(book, flow)
        self.time = 0.0
        self.log: list[tuple[float, Event | Action]] = []
        self.lines: list[Line] = []
        self.transfer: actions.StartTransfer | None = None
        self._started = events.CallStarted("simulated", caller, called, now, profile, callbacks)
        self.lookups = lookups
        self._duration = duration
        self._due: list[tuple[float, int, Event]] = []
        self._order = count()
        self._playing: list[tuple[int, float]] = []
        self._handled = 0
        self._recording: actions.StartRecording | None = None
        self._recorded = self._spoken = 0.0

    def copy(self) -> "Simulator":
        """The same call once more, to go on with differently."""
        other = copy(self)
        other.log, other.lines = list(self.log), list(self.lines)
        other._due, other._playing = list(self._due), list(self._playing)
        other._order = copy(self._order)
        return other

    # -- what the caller and the world do ----------------------------------------------------

    def start(self) -> None:
        """The call is answered."""
        self.take(self._started)

    def say(
        self,
        text: str,
        *,
        confidence: float = 1.0,
        barge_in: float | bool = False,
        seconds: float | None = None,
    ) -> None:
        """Speak, after the prompt or (`barge_in`) into it; unheard where nobody listens.

        A number for `barge_in` is how many seconds pass first. Blanks separate the recogniser's
        words; `[unk]` stands for speech outside its grammar.
        """
        self._come_in(barge_in)
        if self.state.ended:
            return
        words = text.split()
        length = seconds if seconds is not None else max(0.3, 0.2 * len(tokens(text)))
        each = length / max(1, len(words))
        spoken = tuple(
            Word(word, confidence, i * each, (i + 1) * each) for i, word in enumerate(words)
        )
        language = self.state.language
        self.lines.append(Line(self.time, "caller", text))
        if self._recording is not None:
            self._leave_words(length)
            return
        self.take(events.SpeechBegan())
        self.wait(length)
        self.take(events.Heard(Utterance(spoken, language, length)))

    def press(self, keys: str, *, barge_in: float | bool = False, gap: float = KEY_SECONDS) -> None:
        """Press keys one after another, after the prompt or (`barge_in`) into it."""
        self._come_in(barge_in)
        for number, key in enumerate(keys):
            if number:
                self.wait(gap)
            if self.state.ended:
                return
            self.lines.append(Line(self.time, "key", key))
            self.take(events.KeyPressed(key))

    def hang_up(self) -> None:
        self.take(events.CallerHungUp())

    def end_transfer(self, outcome: TransferOutcome | str) -> None:
        """The queue gives the call back; nothing happens if no transfer is under way."""
        self.until_turn()
        if self.transfer is not None:
            serial, self.transfer = self.transfer.serial, None
            self.take(events.TransferEnded(serial, TransferOutcome(outcome)))

    def order(self, kind: str, argument: str = "") -> None:
        self.take(events.OrderGiven(kind, argument))

    def _come_in(self, barge_in: float | bool) -> None:
        if barge_in is False:
            self.until_turn()
        elif barge_in is not True:
            self.wait(barge_in)

    # -- the clock ---------------------------------------------------------------------------

    @property
    def speaking_until(self) -> float:
        """When the prompts under way will have been said; now, if there are none."""
        return max(self.time, self._playing[-1][1] if self._playing else 0.0)

    @property
    def timers(self) -> Mapping[int, float]:
        """Serial -> seconds left, of every timer that may still ring."""
        return {
            event.serial: at - self.time
            for at, _, event in sorted(self._due, key=lambda due: due[:2])
            if isinstance(event, events.TimerRang) and event.serial == self.state.timer
        }

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        end = self.time + seconds
        while self._due and self._due[0][0] <= end and not self.state.ended:
            self._next()
        self.time = max(self.time, end)

    def until_turn(self) -> None:
        """Let time pass until it is the caller's (or the queue's) turn, or the call is over."""
        while not self._at_rest() and self._due:
            self._next()

    def until_end(self, seconds: float = 3600.0) -> None:
        """Let a silent caller wait until the call ends, or waits for its queue."""
        end = self.time + seconds
        while self._due and self._due[0][0] <= end and not self.state.ended:
            self._next()

    def _at_rest(self) -> bool:
        waiting = self.state.waiting
        if waiting in (Waiting.NOTHING, Waiting.TRANSFER):
            return True
        if waiting is Waiting.RECORDING:
            return self._recording is not None
        return waiting is Waiting.INPUT and not self._playing

    def _next(self) -> None:
        at, _, event = heapq.heappop(self._due)
        self.time = max(self.time, at)
        if isinstance(event, events.PromptEnded) and event.completed:
            if not any(serial == event.serial for serial, _ in self._playing):
                return  # its end was reported when it was stopped
            self._playing = [one for one in self._playing if one[0] != event.serial]
        if isinstance(event, events.RecordingEnded):
            self._recording = None
        self.take(event)

    # -- obeying -----------------------------------------------------------------------------

    def take(self, event: Event) -> tuple[Action, ...]:
        """Give the dialogue one event now and obey what it asks for."""
        self._handled += 1
        if self._handled > MAX_EVENTS:
            raise RuntimeError(f"the call did not come to rest within {MAX_EVENTS} events")
        self.log.append((self.time, event))
        self.state, asked = engine.step(self.book, self.state, event)
        for action in asked:
            self.log.append((self.time, action))
            self._obey(action)
        return asked

    def _obey(self, action: Action) -> None:
        match action:
            case actions.PlayPrompt():
                begin = max(self.time, self._playing[-1][1] if self._playing else 0.0)
                end = begin + self._duration(action.segments)
                self._playing.append((action.serial, end))
                self._later(end, events.PromptEnded(action.serial))
                said = " ".join(segment.text for segment in action.segments)
                self.lines.append(Line(begin, "bot", said))
            case actions.StopPrompt():
                stopped, self._playing = self._playing, []
                for serial, _ in stopped:
                    self._later(self.time, events.PromptEnded(serial, completed=False))
            case actions.SetTimer():
                self._later(self.time + action.seconds, events.TimerRang(action.serial))
            case actions.StartRecording():
                self._recording, self._recorded, self._spoken = action, self.time, 0.0
                self._end_recording("silence", action.silence)
            case actions.StopRecording():
                if self._recording is not None and self._recording.serial == action.serial:
                    self._end_recording("stopped" if action.keep else "dropped", 0.0)
                    self._recording = None
            case actions.StartLookup():
                answer = self.lookups(action)
                ended = events.LookupEnded(action.serial, answer.exit, answer.values)
                self._later(self.time + answer.seconds, ended)
            case actions.StartTransfer():
                self.transfer = action
                if action.whisper:
                    said = " ".join(segment.text for segment in action.whisper)
                    self.lines.append(Line(self.time, "agent", said))
            case actions.HangUp():
                self._playing = []
                self._due = []
            case _:
                pass

    def _leave_words(self, seconds: float) -> None:
        """Speech for the message being recorded."""
        recording = self._recording
        assert recording is not None
        left = self._recorded + recording.max_seconds - self.time
        self._spoken += min(seconds, left)
        self._end_recording("longest", left)
        self.wait(min(seconds, left))
        if self._recording is recording:
            end = min(recording.silence, left - seconds)
            self._end_recording("silence" if end == recording.silence else "longest", end)

    def _end_recording(self, reason: str, after: float) -> None:
        """The recording under way will end so, unless something else happens first."""
        assert self._recording is not None
        serial = self._recording.serial
        self._due = [d for d in self._due if not isinstance(d[2], events.RecordingEnded)]
        heapq.heapify(self._due)
        seconds = self.time + after - self._recorded
        name = "message" if self._spoken and reason != "dropped" else ""
        ended = events.RecordingEnded(serial, reason, seconds, self._spoken, name)
        self._later(self.time + after, ended)

    def _later(self, at: float, event: Event) -> None:
        heapq.heappush(self._due, (at, next(self._order), event))
