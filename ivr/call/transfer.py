"""One transfer: match the need, render the whisper, queue the caller, say how it ended."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from ivr.audio.wav import write_wav
from ivr.call.player import PromptSource
from ivr.call.turns import Onward, Recalled, Taken, Turn, UnderWay
from ivr.call.wait_words import wait_words
from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.events import OrderGiven
from ivr.errors import IvrError
from ivr.flow.need import Need, with_language
from ivr.flow.prompt import PromptSegment
from ivr.ports import CallChannel, Clock, QueueEntry, TransferOutcome
from ivr.routing.matching import OVERDUE, Match
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


@dataclass(eq=False)
class _Transfer(UnderWay):
    """A transfer with what its carrying out needs."""

    note: Note = lambda kind, **data: None
    waiting_since: float | None = None
    """When the caller began to wait for an agent; None for one who does not."""

    def begins_to_wait(self, now: float) -> None:
        """The caller joins a queue, be it from another one."""
        if self.waiting_since is None:
            self.waiting_since = now
        self.waited_before = max(0.0, now - self.waiting_since)


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
        self._takers: dict[str, Taken] = {}

    async def run(
        self,
        action: StartTransfer,
        channel: CallChannel,
        note: Note,
        joined: float | None = None,
    ) -> TransferOutcome | OrderGiven:
        """Queue the caller until an agent answered and the talk is over, or nobody did.

        The channel's audio link must be closed. What was decided, and why, goes to `note`. When an
        agent sends the caller on (`escalate`), the next agent gets the same context and a whisper
        that says from whom. `joined` is when the caller began to wait, if that was before now, in
        seconds since the epoch. Gives the order, if one took the caller back to the dialogue.

        Raises:
            AgiError: if the channel was lost while the caller waited.
        """
        need = with_language(action.need, action.language)
        since = self._clock() if joined is None else joined
        transfer = _Transfer(need, action.language, since, note=note)
        self._under_way[channel.call_id] = transfer
        try:
            first = self._first(action, channel, joined)
            if first is None:
                return TransferOutcome.RETURNED
            return await self._take_turns(first, action, channel, transfer)
        finally:
            transfer.over = True
            transfer.tell()
            del self._under_way[channel.call_id]

    def under_way(self, call_id: str) -> UnderWay | None:
        """The transfer that this call is in now."""
        return self._under_way.get(call_id)

    def offer(self, call_id: str, taken: Taken) -> None:
        """The next transfer of this call that names a taker brings the caller to this one."""
        self._takers[call_id] = taken

    def withdraw_offer(self, call_id: str) -> None:
        """Forget what `offer` was told."""
        self._takers.pop(call_id, None)

    def escalate(self, call_id: str, agent: str, title: str = "") -> bool:
        """Send a caller whom `agent` talks with to the next tier once they are parted.

        Returns False if there is no such caller or nobody to send them to: leave them joined then.
        """
        transfer = self._under_way.get(call_id)
        if transfer is None or transfer.turn is not None or not transfer.queue:
            return False
        tried = replace(transfer.need, attempts=transfer.need.attempts + 1)
        match = self._desk.escalate(transfer.queue, agent, tried, transfer.joined)
        taken = match.entry is not None
        transfer.note("Escalated" if taken else "EscalationRefused", agent=agent, why=match.why)
        if taken:
            transfer.need, transfer.turn = tried, Onward(match, title or agent)
        return taken

    def _first(
        self, action: StartTransfer, channel: CallChannel, joined: float | None
    ) -> Turn | None:
        """Where this transfer begins; None for a taker who is there no longer."""
        if action.taker:
            return self._takers.pop(channel.call_id, None)
        if joined is None:
            return Onward(self._desk.match(action.need, action.language))
        return Onward(self._desk.match(action.need, action.language, joined))

    async def _take_turns(
        self, turn: Turn, action: StartTransfer, channel: CallChannel, transfer: _Transfer
    ) -> TransferOutcome | OrderGiven:
        """One turn after another, until nobody sends the caller elsewhere."""
        match: Match | None = None
        while True:
            sent_by = ""
            if isinstance(turn, Recalled):
                return turn.order
            if isinstance(turn, Taken):
                if await self._join(turn, channel, transfer):
                    outcome = TransferOutcome.ANSWERED
                elif channel.gone:
                    outcome = TransferOutcome.ABANDONED
                elif match is None:
                    return TransferOutcome.RETURNED
                else:
                    turn = Onward(match)  # the priority says where the caller stood
            if isinstance(turn, Onward):
                match, sent_by = turn.match, turn.sent_by
                whisper = (*_from(sent_by, action.language), *action.whisper)
                outcome = await self._queue(match, whisper, action, channel, transfer)
            if transfer.turn is not None and channel.gone and not _ends(transfer.turn):
                return _left(outcome)  # before the turn could be taken
            following = transfer.take_turn()
            if following is None:
                return outcome
            served = outcome is TransferOutcome.ANSWERED
            if served and isinstance(following, Onward) and following.unless_answered:
                return outcome
            turn = following

    async def _join(self, taken: Taken, channel: CallChannel, transfer: _Transfer) -> bool:
        """Join the caller with somebody who holds the line; False if they no longer do."""
        transfer.note("TakenOver", agent=taken.name, by=taken.by)
        joined = await channel.join(taken.channel)
        if joined:
            transfer.waiting_since = None
        if not joined and not channel.gone:
            transfer.note("TakeoverFailed", agent=taken.name)
        return joined

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
        estimate = self._desk.joins(channel.call_id, entry)
        if estimate is not None and match.kind != OVERDUE:  # they were told when they joined
            await self._tell_wait(estimate, channel, transfer)
        whisper = await self._write("whisper", words, note)
        try:
            if transfer.turn is not None:
                return TransferOutcome.FAILED  # sent elsewhere before they were in the queue
            transfer.waiting_in = entry.queue
            transfer.begins_to_wait(self._clock())
            outcome = await channel.enqueue(_announcing(entry, whisper))
            if outcome is TransferOutcome.ANSWERED:
                transfer.waiting_since = None
            return outcome
        finally:
            transfer.waiting_in = ""
            if whisper:
                await asyncio.to_thread(whisper.unlink, missing_ok=True)

    async def _tell_wait(
        self, estimate: Estimate, channel: CallChannel, transfer: _Transfer
    ) -> None:
        """Say the place and the expected wait. The place in line is kept: it is in the priority."""
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


def _left(outcome: TransferOutcome) -> TransferOutcome:
    """How a transfer ended for a caller who is gone: served before, or not any more."""
    answered = outcome is TransferOutcome.ANSWERED
    return outcome if answered else TransferOutcome.ABANDONED


def _ends(turn: Turn) -> bool:
    """Whether this turn can be taken though the caller is gone."""
    return isinstance(turn, Recalled) and turn.order.kind == "hangup"


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
