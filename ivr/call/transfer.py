"""One transfer: match the need, render the whisper, queue the caller, say how it ended."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ivr.audio.wav import write_wav
from ivr.call.player import PromptSource
from ivr.call.wait_words import wait_words
from ivr.dialogue.actions import StartTransfer
from ivr.errors import IvrError
from ivr.flow.need import Need, with_language
from ivr.flow.prompt import PromptSegment
from ivr.ports import CallChannel, Clock, QueueEntry, TransferOutcome
from ivr.routing.matching import Match
from ivr.routing.waiting_line import Estimate

MAX_CONTEXT_VALUE = 200
"""Characters of one value that travel with the call."""
MAX_CONTEXT_VALUES = 20

Note = Callable[..., None]


class Desk(Protocol):
    """Who says which queue serves a need now (`ivr.routing.desk`)."""

    def match(self, need: Need, language: str, joined: float | None = None) -> Match: ...

    def escalate(self, queue: str, agent: str, need: Need, joined: float) -> Match: ...

    def joins(self, call_id: str, entry: QueueEntry) -> Estimate | None:
        """This call is about to wait; what to tell the caller, if there is anything."""


@dataclass
class _Transfer:
    """One transfer under way; `onward` is set once an agent sends the caller on."""

    need: Need
    language: str
    note: Note
    joined: float
    queue: str = ""
    onward: Match | None = None
    sent_by: str = ""


class Transfers:
    """Carries out transfers of every call; a whisper's file lives as long as its transfer."""

    def __init__(
        self, desk: Desk, prompts: PromptSource, folder: Path, clock: Clock = time.time
    ) -> None:
        self._desk = desk
        self._prompts = prompts
        self._folder = folder
        self._clock = clock
        self._under_way: dict[str, _Transfer] = {}

    async def run(
        self,
        action: StartTransfer,
        channel: CallChannel,
        note: Note,
        joined: float | None = None,
    ) -> TransferOutcome:
        """Queue the caller until an agent answered and the talk is over, or nobody did.

        The channel's audio link must be closed. What was decided, and why, goes to `note`. When an
        agent sends the caller on (`escalate`), the next agent gets the same context and a whisper
        that says from whom. `joined` is when the caller began to wait, if that was before now, in
        seconds since the epoch.

        Raises:
            AgiError: if the channel was lost while the caller waited.
        """
        need = with_language(action.need, action.language)
        since = self._clock() if joined is None else joined
        transfer = _Transfer(need, action.language, note, since)
        match: Match | None = (
            self._desk.match(action.need, action.language)
            if joined is None
            else self._desk.match(action.need, action.language, joined)
        )
        whisper = action.whisper
        self._under_way[channel.call_id] = transfer
        try:
            while match is not None:
                outcome = await self._queue(match, whisper, action, channel, transfer)
                match, transfer.onward = transfer.onward, None
                if outcome is not TransferOutcome.ANSWERED or channel.gone:
                    break
                whisper = (*_from(transfer.sent_by, action.language), *action.whisper)
        finally:
            del self._under_way[channel.call_id]
        return outcome

    def escalate(self, call_id: str, agent: str, title: str = "") -> bool:
        """Send a caller whom `agent` talks with to the next tier once they are parted.

        Returns False if there is no such caller or nobody to send them to: leave them joined then.
        """
        transfer = self._under_way.get(call_id)
        if transfer is None or transfer.onward is not None:
            return False
        match = self._desk.escalate(transfer.queue, agent, transfer.need, transfer.joined)
        taken = match.entry is not None
        transfer.note("Escalated" if taken else "EscalationRefused", agent=agent, why=match.why)
        if taken:
            transfer.onward, transfer.sent_by = match, title or agent
        return taken

    async def _queue(
        self,
        match: Match,
        words: tuple[PromptSegment, ...],
        action: StartTransfer,
        channel: CallChannel,
        transfer: _Transfer,
    ) -> TransferOutcome:
        entry, note = match.entry, transfer.note
        if entry is None:
            note("QueueRefused", why=match.why, facts=dict(match.facts))
            return TransferOutcome.NO_ANSWER
        transfer.queue = transfer.queue or entry.queue
        note(
            "QueueChosen",
            queue=entry.queue,
            priority=entry.priority,
            why=match.why,
            facts=dict(match.facts),
        )
        await channel.set_variables(_variables(action))
        await self._tell_wait(entry, channel, transfer)
        whisper = await self._write("whisper", words, note)
        try:
            return await channel.enqueue(_announcing(entry, whisper))
        finally:
            if whisper:
                await asyncio.to_thread(whisper.unlink, missing_ok=True)

    async def _tell_wait(
        self, entry: QueueEntry, channel: CallChannel, transfer: _Transfer
    ) -> None:
        """Say the place and the expected wait. The place in line is kept: it is in the priority."""
        estimate = self._desk.joins(channel.call_id, entry)
        if estimate is None:
            return
        transfer.note("WaitExpected", position=estimate.position, seconds=estimate.seconds)
        words = wait_words(estimate, transfer.language)
        sound = await self._write("whisper-wait", words, transfer.note)
        if sound is None:
            return
        try:
            await channel.play(str(sound.with_suffix("")))
        finally:
            await asyncio.to_thread(sound.unlink, missing_ok=True)

    async def _write(
        self, name: str, segments: tuple[PromptSegment, ...], note: Note
    ) -> Path | None:
        """A sound file of these words; None if there are none, or it cannot be made."""
        if not segments:
            return None
        path = self._folder / f"{name}-{secrets.token_hex(8)}.wav"
        try:
            pcm = b"".join([await self._prompts.fetch(segment) for segment in segments])
            await asyncio.to_thread(write_wav, path, pcm)
        except IvrError as error:
            # An agent without a whisper still helps; a caller without an agent is not helped.
            note("WhisperLost", error=str(error))
            return None
        return path


def _from(agent: str, language: str) -> tuple[PromptSegment, ...]:
    """Tells the next agent who sent the caller on."""
    if not agent:
        return ()
    if language.startswith("en"):
        return (PromptSegment(f"Sent on by {agent}.", "en"),)
    return (PromptSegment(f"{agent}转来的客户。", "zh"),)


def _announcing(entry: QueueEntry, whisper: Path | None) -> QueueEntry:
    if whisper is None:
        return entry
    return QueueEntry(
        queue=entry.queue,
        priority=entry.priority,
        max_penalty=entry.max_penalty,
        timeout=entry.timeout,
        rule=entry.rule,
        announcement=str(whisper.with_suffix("")),
    )


def _variables(action: StartTransfer) -> dict[str, str]:
    """The context as channel variables `__IVR_<NAME>`, which the agent's channel inherits."""
    pairs = list(action.context.items())[:MAX_CONTEXT_VALUES]
    return {f"__IVR_{_variable(name)}": _one_line(value) for name, value in pairs}


def _variable(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name).upper()


def _one_line(value: str) -> str:
    return "".join(c if c.isprintable() else " " for c in value)[:MAX_CONTEXT_VALUE]
