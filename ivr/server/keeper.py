"""Keeper: starts the private Asterisk again when it has ended by itself."""

import asyncio
import logging
import time
from typing import Never

from ivr.errors import AsteriskError
from ivr.server.sounds import write_sounds
from ivr.speech.espeak_voice import EspeakVoice
from ivr.telephony.private_asterisk import PrivateAsterisk

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
STEADY_SECONDS = 60.0
"""An Asterisk that ends sooner after a start would end again."""


async def keep_asterisk(asterisk: PrivateAsterisk, voice: EspeakVoice) -> Never:
    """Watch it for ever. Its calls are lost, but the next ones are taken.

    Raises:
        AsteriskError: it ended within a minute of its start, or cannot be started again.
    """
    while True:
        started = time.monotonic()
        while asterisk.alive:  # noqa: ASYNC110 - processes ring no bell
            await asyncio.sleep(LOOK_SECONDS)
        if time.monotonic() - started < STEADY_SECONDS:
            raise AsteriskError(
                f"Asterisk (process {asterisk.mark.pid}) ended within a minute; its log is "
                f"{asterisk.plan.log_file}"
            )
        log.error("Asterisk (process %d) ended: starting it again", asterisk.mark.pid)
        await asterisk.start_again()
        await write_sounds(asterisk.plan, voice)
        log.warning("Asterisk runs again as process %d", asterisk.mark.pid)
