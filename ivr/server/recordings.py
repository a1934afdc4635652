"""Recordings: turns what Asterisk recorded into stereo wav files once a call is over."""

import asyncio
import contextlib
import logging
import time
from pathlib import Path

from ivr.errors import AudioError, ManagerError
from ivr.ports import SwitchManager
from ivr.server.harmless import Harmless
from ivr.telephony.call_recording import to_stereo_wav

log = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
SETTLED_SECONDS = 3.0
"""A file not written to for so long belongs to no call that talks."""


async def keep_recordings(folder: Path, manager: SwitchManager) -> None:
    """Sweep until cancelled; a file is touched only when its channel is gone."""
    harmless = Harmless("making recordings wav files")
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        with harmless:
            await _sweep(folder, manager)


async def _sweep(folder: Path, manager: SwitchManager) -> None:
    settled = await asyncio.to_thread(_settled, folder)
    if not settled:
        return
    try:
        channels = await manager.channels()
    except ManagerError:
        return
    live = {channel.get("Uniqueid") for channel in channels}
    done = [path for path in settled if path.stem not in live]
    await asyncio.to_thread(_convert, done)


def finish_recordings(folder: Path) -> None:
    """Convert everything that is left; call it when Asterisk is gone."""
    _convert(sorted(folder.glob("*.raw")))


def _convert(paths: list[Path]) -> None:
    """Make each raw file a wav; one that cannot be made is left as it is, and told."""
    for path in paths:
        try:
            to_stereo_wav(path)
        except (AudioError, OSError) as error:
            log.warning("%s", error)


def _settled(folder: Path) -> list[Path]:
    """Raw files that were not written to lately."""
    now = time.time()
    found = []
    for path in folder.glob("*.raw"):
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > SETTLED_SECONDS:
                found.append(path)
    return found
