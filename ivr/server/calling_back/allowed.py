"""Who may be called back: the settings' word on a number."""

import re

from ivr.server.settings import CallbackSettings

_NUMBER = re.compile(r"\+?[0-9]{3,15}")


def refusal(number: str, settings: CallbackSettings) -> str:
    """Why nobody is called back at this number, or nothing."""
    if not settings.dial:
        return "callbacks are not set up"
    if not _NUMBER.fullmatch(number):
        return "no telephone number"
    blocked = (prefix.strip() for prefix in settings.blocked.split(","))
    if any(prefix and number.startswith(prefix) for prefix in blocked):
        return "a blocked number"
    if not settings.foreign and not re.fullmatch(settings.domestic, number):
        return "a foreign number"
    return ""
