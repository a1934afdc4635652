"""What the board says of orders: before, after, and while a telephone rings."""

from collections.abc import Mapping

from ivr.live.picture import Stage

WITH_PHONE = ("listen", "whisper", "barge", "takeover")
"""Orders that ring a telephone."""


_NOBODY = {"whisper": "nobody to whisper to in call", "barge": "no agent to join in call"}


def in_vain(order: str, call: str, stage: Stage) -> str:
    """Why an order by telephone makes no sense at this stage, and what does; nothing if it does."""
    if order not in _NOBODY or stage is Stage.CONNECTED:
        return ""
    return f"{_NOBODY[order]} {call}: take it over with o, listen with l"


def doing(order: str, call: str, words: Mapping[str, str]) -> str:
    """While it is not done yet."""
    if order in WITH_PHONE:
        return f"ringing {words['phone']}'s phone for call {call} ..."
    return f"call {call}: {order} ..."


def done(order: str, call: str, words: Mapping[str, str]) -> str:
    """When it is done."""
    phone = words.get("phone", "")
    match order:
        case "listen":
            return f"call {call} is now heard on {phone}'s phone"
        case "whisper":
            return f"only the agent of call {call} hears {phone}'s phone now"
        case "barge":
            return f"{phone}'s phone is now in call {call}; both hear it"
        case "takeover":
            return f"{phone}'s phone now has call {call}"
        case "transfer":
            return f"call {call} now waits for {words['skill']}"
        case "goto":
            return f"call {call} is now at {words['node']}"
        case "hangup":
            return f"call {call} was hung up"
    return f"call {call}: done"
