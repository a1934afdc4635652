"""Moments as people type them: a day, a time, or how long ago."""

import re
import time
from datetime import datetime

from ivr.errors import SettingsError

_AGO = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII)
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_CLOCK = re.compile(r"\d{1,2}:\d{2}", re.ASCII)


def moment(text: str, option: str) -> float | None:
    """Seconds since the epoch; None for no text.

    A day ("2026-11-20", its midnight), a moment ("2026-11-20 09:30"), a time of today ("09:30"), or
    how long ago ("90m", "24h", "7d", "4w"), all by this machine's clock.

    Raises:
        SettingsError: for anything else.
    """
    if not text:
        return None
    if ago := _AGO.fullmatch(text):
        return time.time() - int(ago[1]) * _SECONDS[ago[2]]
    if _CLOCK.fullmatch(text):
        text = f"{datetime.now().date().isoformat()} {text.zfill(5)}"
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(
            f"{option} {text[:40]!r}: expected a day such as 2026-11-20, a moment such as "
            "'2026-11-20 09:30', a time of today, or how long ago: 90m, 24h, 7d, 4w"
        ) from None
