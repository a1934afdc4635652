"""CallbackOrders: promised calls, as supervisors see them, drop them and hurry them."""

from collections.abc import Mapping
from typing import Any, Protocol

from ivr.dialogue.masking import last_digits
from ivr.errors import OrderRefused, SettingsError
from ivr.server.calling_back.dialler import Callbacks
from ivr.server.control.call_orders import BY
from ivr.store.callbacks import Callback

MAX_ID = 18
"""Digits of a callback's number in the list."""


class Hotline(Protocol):
    """What these orders need of the house."""

    callbacks: Callbacks | None


class CallbackOrders:
    """Every method takes the words of its order, and raises IvrError where it cannot be done."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    async def cancel(self, words: Mapping[str, str]) -> dict[str, Any]:
        by = words.get(BY, "") or "somebody"
        return shown(await self._callbacks.cancel(_id(words), f"cancelled by {by}"))

    async def now(self, words: Mapping[str, str]) -> dict[str, Any]:
        return shown(await self._callbacks.hurry(_id(words)))

    @property
    def _callbacks(self) -> Callbacks:
        if self._hotline.callbacks is None:
            raise OrderRefused("callbacks are not open yet: ask again in a moment")
        return self._hotline.callbacks


def _id(words: Mapping[str, str]) -> int:
    text = words.get("id", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_ID):
        raise SettingsError("a callback has a number, as `ivr callbacks ls` shows it")
    return int(text)


def whole(one: Callback) -> dict[str, Any]:
    """One promise with what it is about, for people and programs."""
    story = one.story.get("transfer", {})
    need = story.get("need", {})
    return {
        **shown(one),
        "skills": dict(need.get("skills", {})),
        "issue": need.get("issue", ""),
        "language": story.get("language", ""),
        "intent": story.get("context", {}).get("intent", ""),
    }


def shown(one: Callback) -> dict[str, Any]:
    """One promise, for people and programs; of the number the last four digits."""
    return {
        "id": one.id,
        "number": last_digits(one.number),
        "state": one.state,
        "joined": one.joined,
        "attempts": one.attempts,
        "due": one.due,
        "reason": one.reason,
    }
