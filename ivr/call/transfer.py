"""One transfer: match the need, render the whisper, queue the caller, say how it ended."""

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ivr.audio.wav import write_wav
from ivr.call.player import PromptSource
from ivr.dialogue.actions import StartTransfer
from ivr.errors import IvrError
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment
from ivr.ports import CallChannel, QueueEntry, TransferOutcome
from ivr.routing.matching import Match

MAX_CONTEXT_VALUE = 200
"""Characters of one value that travel with the call."""
MAX_CONTEXT_VALUES = 20


class Desk(Protocol):
    """Who says which queue serves a need now (`ivr.routing.desk`)."""

    def match(self, need: Need, language: str) -> Match: ...


class Transfers:
    """Carries out transfers of every call; a whisper's file lives as long as its transfer."""

    def __init__(self, desk: Desk, prompts: PromptSource, folder: Path) -> None:
        self._desk = desk
        self._prompts = prompts
        self._folder = folder

    async def run(
        self, action: StartTransfer, channel: CallChannel, note: Callable[..., None]
    ) -> TransferOutcome:
        """Queue the caller until an agent answered and the talk is over, or nobody did.

        The channel's audio link must be closed. What was decided, and why, goes to `note`.

        Raises:
            AgiError: if the channel was lost while the caller waited.
        """
        match = self._desk.match(action.need, action.language)
        entry = match.entry
        if entry is None:
            note("QueueRefused", why=match.why, facts=dict(match.facts))
            return TransferOutcome.NO_ANSWER
        note(
            "QueueChosen",
            queue=entry.queue,
            priority=entry.priority,
            why=match.why,
            facts=dict(match.facts),
        )
        await channel.set_variables(_variables(action))
        whisper = await self._write_whisper(action.whisper, note)
        try:
            return await channel.enqueue(_announcing(entry, whisper))
        finally:
            if whisper:
                await asyncio.to_thread(whisper.unlink, missing_ok=True)

    async def _write_whisper(
        self, segments: tuple[PromptSegment, ...], note: Callable[..., None]
    ) -> Path | None:
        """A sound file of the whisper; None if there is none, or it cannot be made."""
        if not segments:
            return None
        path = self._folder / f"whisper-{secrets.token_hex(8)}.wav"
        try:
            pcm = b"".join([await self._prompts.fetch(segment) for segment in segments])
            await asyncio.to_thread(write_wav, path, pcm)
        except IvrError as error:
            # An agent without a whisper still helps; a caller without an agent is not helped.
            note("WhisperLost", error=str(error))
            return None
        return path


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
