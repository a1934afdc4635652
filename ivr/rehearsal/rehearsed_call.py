"""RehearsedCall: a real session with a program for a caller, and all that happens in it noted."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ivr.call.journal import CallJournal
from ivr.call.player import PromptSource
from ivr.call.session import Services, Session
from ivr.call.transfer import Transfers
from ivr.dialogue import actions, events
from ivr.dialogue.actions import Action, StartLookup, StartTransfer
from ivr.dialogue.events import Event
from ivr.dialogue.simulator import Line as Said
from ivr.dialogue.simulator import Lookups, no_lookups
from ivr.errors import IvrError
from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import CallChannel, LookupReply, QueueEntry, TransferOutcome
from ivr.rehearsal.line import LineChannel


class Notes(CallJournal):
    """A journal that keeps the events and actions themselves.

    `log` holds (seconds, event or action); `said` what people heard, a prompt at the moment of its
    first sound; `transfer` the transfer under way.
    """

    def __init__(self, told: Callable[[Event | Action], None] = lambda what: None) -> None:
        loop = asyncio.get_running_loop()
        super().__init__("rehearsed", loop.time)
        self.log: list[tuple[float, Event | Action]] = []
        self.said: list[Said] = []
        self.transfer: StartTransfer | None = None
        self._clock_of = loop.time
        self._since = loop.time()
        self._told = told
        self._prompts: dict[int, int] = {}

    @property
    def now(self) -> float:
        return self._clock_of() - self._since

    def event(self, event: Event) -> None:
        self._note(event)
        if isinstance(event, events.TransferEnded):
            self.transfer = None
        elif isinstance(event, events.Heard):
            heard = event.utterance
            self.say("heard", f"{heard.text or '(no words)'}  {heard.confidence:.2f}")

    def action(self, action: Action) -> None:
        self._note(action)
        if isinstance(action, actions.PlayPrompt):
            self._prompts[action.serial] = len(self.said)
            self.say("bot", " ".join(segment.text for segment in action.segments))
        elif isinstance(action, StartTransfer):
            self.transfer = action
            if action.whisper:
                self.say("agent", " ".join(segment.text for segment in action.whisper))

    def note(self, kind: str, **data: Any) -> None:
        if kind == "PromptBegan":
            index = self._prompts[data["serial"]]
            self.said[index] = replace(self.said[index], at=self.now)

    def say(self, who: str, text: str) -> None:
        self.said.append(Said(self.now, who, text))

    def _note(self, what: Event | Action) -> None:
        self.log.append((self.now, what))
        self._told(what)


class RehearsedTransfers(Transfers):
    """Transfers without agents: the whisper is rendered, then the caller waits for a decision."""

    def __init__(self, prompts: PromptSource) -> None:
        self._source = prompts

    async def run(
        self,
        action: StartTransfer,
        channel: CallChannel,
        note: Callable[..., None],
        joined: float | None = None,
    ) -> TransferOutcome:
        for segment in action.whisper:
            try:
                await self._source.fetch(segment)
            except IvrError as error:
                note("WhisperLost", error=str(error))
        return await channel.enqueue(QueueEntry("rehearsal", 0, 0, action.need.timeout))


class RehearsedBackend:
    """Answers lookups by `lookups`, as late as that says."""

    def __init__(self) -> None:
        self.lookups: Lookups = no_lookups

    async def ask(self, action: HttpAction, arguments: Mapping[str, Any]) -> LookupReply:
        answer = self.lookups(StartLookup(0, action.name, arguments))
        await asyncio.sleep(answer.seconds)
        return LookupReply(answer.exit, answer.values)


class RehearsedCall(Session):
    """A session whose call begins at a given time, by a caller of whom something is known."""

    def __init__(
        self,
        channel: LineChannel,
        services: Services,
        notes: Notes,
        now: str = "",
        profile: Mapping[str, str | int | float | bool] = MappingProxyType({}),
    ) -> None:
        super().__init__(channel, services, notes)
        self._now = now
        self._profile = profile

    def post(self, event: Event) -> None:
        if isinstance(event, events.CallStarted):
            profile = self._profile or event.profile
            event = replace(event, now=self._now or event.now, profile=profile)
        super().post(event)
