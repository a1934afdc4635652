"""Adapters: each made as the settings say, for the house to be built of."""

import contextlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from sqlalchemy import Engine

from ivr.ports import Voice
from ivr.routing.matching import MAX_TIMEOUT
from ivr.server.agent_calls import Handler
from ivr.server.ami_secret import CALLERS_KEY, kept_secret
from ivr.server.api.readiness import Readiness
from ivr.server.recordings import finish_recordings
from ivr.server.settings import Settings
from ivr.server.sounds import write_sounds
from ivr.speech import models
from ivr.speech.edge_voice import EdgeVoice
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.prompt_store import PromptStore
from ivr.speech.recogniser import VoskRecogniser
from ivr.store.callers import KeptCallers
from ivr.telephony.audiosocket_server import AudioSocketServer
from ivr.telephony.fastagi_server import FastAgiServer
from ivr.telephony.private_asterisk import AsteriskPlan, PrivateAsterisk, private_asterisk
from ivr.telephony.rendezvous import Rendezvous

Progress = Callable[[str], None]

WHISPER_SECONDS = 2 * MAX_TIMEOUT
"""No caller waits so long for the agent who hears it."""


async def start_asterisk(
    stack: AsyncExitStack,
    settings: Settings,
    plan: AsteriskPlan,
    voice: EspeakVoice,
    progress: Progress,
) -> PrivateAsterisk | None:
    """The private Asterisk; None where the settings name one that is there already."""
    if settings.asterisk.mode != "private":
        return None
    progress("starting Asterisk ...")
    if plan.recordings:
        stack.callback(finish_recordings, plan.recordings)  # once Asterisk has let go
    asterisk = await stack.enter_async_context(private_asterisk(plan, progress=progress))
    await write_sounds(plan, voice)
    return asterisk


async def listen(
    stack: AsyncExitStack, settings: Settings, handler: Handler, ready: Readiness
) -> None:
    """Listen for calls and their sound for as long as `stack` lasts."""
    server = settings.server
    rendezvous = Rendezvous(limit=server.max_calls)
    audio = await stack.enter_async_context(
        AudioSocketServer(
            rendezvous,
            host=server.address,
            port=server.audio_port,
            max_connections=server.max_calls,
        )
    )
    agi = await stack.enter_async_context(
        FastAgiServer(
            handler,
            rendezvous,
            f"{server.address}:{audio.port}",
            host=server.address,
            port=server.agi_port,
            max_calls=server.max_calls,
        )
    )
    ready.expect(lambda: audio.listening, "AudioSocket is not listened for")
    ready.expect(lambda: agi.listening, "FastAGI is not listened for")


def recogniser_of(settings: Settings) -> VoskRecogniser:
    """With the models of the settings, not loaded yet; raises ModelError if one is missing."""
    folders = (settings.path(settings.paths.models), models.user_folder())
    paths = {
        language: models.find(name, folders) for language, name in settings.speech.models.items()
    }
    return VoskRecogniser(paths, workers=settings.server.decoder_threads)


def callers_of(settings: Settings, record: Engine) -> KeptCallers:
    """Who called before, by the keyed hash of their number."""
    key = kept_secret(settings.path(settings.paths.runs), CALLERS_KEY)
    return KeptCallers(record, key.encode(), settings.routing.complained_days)


def prompt_store_of(settings: Settings, espeak: EspeakVoice) -> PromptStore:
    """What the hotline says, in the voice of the settings."""
    preferred: Voice | None = EdgeVoice() if settings.speech.voice == "edge" else None
    cache = settings.path(settings.paths.runs) / "prompts"
    return PromptStore(settings.path(settings.paths.prompts), cache, espeak, preferred)


def whisper_folder(runs: Path) -> Path:
    """Where what agents hear before a caller lies; what nobody waits for any more is removed."""
    path = runs / "whispers"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Callers of a server that died may still wait for theirs.
    oldest = time.time() - WHISPER_SECONDS
    for leftover in path.glob("whisper-*.wav"):
        with contextlib.suppress(OSError):
            if leftover.stat().st_mtime < oldest:
                leftover.unlink()
    return path
