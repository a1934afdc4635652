"""CallOrders: what supervisors tell live calls; words are checked here, and obeyed by steering."""

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from ivr.errors import OrderRefused, SettingsError
from ivr.server.steering.steering import Steering

MAX_WORD = 120

BY = "by"
"""The word of every order that says who gives it: whoever carries the order sets it, and overwrites
what a client sent under this name."""


class Hotline(Protocol):
    """What these orders need of the house."""

    @property
    def steering(self) -> Steering | None: ...


class CallOrders:
    """Every method takes the words of its order, and raises IvrError where it cannot be done."""

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    async def hang_up(self, words: Mapping[str, str]) -> dict[str, Any]:
        return await self._steering.hang_up(_word(words, "call"), _by(words))

    async def transfer(self, words: Mapping[str, str]) -> dict[str, Any]:
        return await self._steering.transfer(
            _word(words, "call"), _word(words, "skill"), _by(words)
        )

    async def go_to(self, words: Mapping[str, str]) -> dict[str, Any]:
        return await self._steering.go_to(_word(words, "call"), _word(words, "node"), _by(words))

    async def take_over(self, words: Mapping[str, str]) -> dict[str, Any]:
        return await self._steering.take_over(
            _word(words, "call"), _word(words, "phone"), _by(words)
        )

    def listen(self, words: Mapping[str, str]) -> Awaitable[dict[str, Any]]:
        return self._spy("listen", words)

    def whisper(self, words: Mapping[str, str]) -> Awaitable[dict[str, Any]]:
        return self._spy("whisper", words)

    def barge(self, words: Mapping[str, str]) -> Awaitable[dict[str, Any]]:
        return self._spy("barge", words)

    async def _spy(self, order: str, words: Mapping[str, str]) -> dict[str, Any]:
        return await self._steering.spy(
            order, _word(words, "call"), _word(words, "phone"), _by(words)
        )

    @property
    def _steering(self) -> Steering:
        steering = self._hotline.steering
        if steering is None:
            raise OrderRefused("the hotline is only starting: try again")
        return steering


def _word(words: Mapping[str, str], name: str) -> str:
    """A word that must be there; raises SettingsError."""
    value = words.get(name, "").strip()
    if not value:
        raise SettingsError(f"say which {name}")
    if len(value) > MAX_WORD or not value.isprintable():
        raise SettingsError(f"the {name} is one line of at most {MAX_WORD} characters")
    return value


def _by(words: Mapping[str, str]) -> str:
    value = words.get(BY, "")
    return value[:MAX_WORD] if value.isprintable() else ""
