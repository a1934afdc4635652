"""What the board says of orders: before, after, and while a telephone rings."""

from collections.abc import Mapping

WITH_PHONE = ("listen", "whisper", "barge", "takeover")
"""Orders that ring a telephone."""


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
