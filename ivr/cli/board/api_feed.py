"""ApiFeed: a running hotline as a feed, through its control API, here or on another machine."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from typing import Any

from ivr.errors import PeerError
from ivr.live.changes import applied
from ivr.live.choices import Choices, choices_from
from ivr.live.picture import Picture, from_record
from ivr.live.transcript import Line, Tone
from ivr.server.api.client import Api, path_of
from ivr.server.settings import Settings
from ivr.telephony.private_asterisk import AsteriskPlan

SILENCE = 8.0
"""Seconds; a server that is well tells twice a second how things are."""

Message = dict[str, Any]


class ApiFeed:
    """Pictures and orders over one open `Api`.

    `settings` are those of a server on this machine, None for one elsewhere.
    """

    def __init__(self, api: Api, settings: Settings | None, phone: str = "") -> None:
        self._api = api
        self.phone = phone
        self.where = api.where if settings is None else "this machine"
        self.dial = _dial(settings) if settings else ""

    async def pictures(self) -> AsyncIterator[Picture]:
        """The picture and what becomes of it, until the server ends the stream."""
        picture: Picture | None = None
        async for message in heard(self._api.stream("/v1/stream")):
            try:
                picture = _next(picture, message)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise PeerError("the server's picture is not understood: is it older?") from error
            if picture is not None:
                yield picture

    async def transcript(self, call: str) -> AsyncIterator[Line]:
        """The lines of a call that goes on."""
        async for message in self._api.stream(path_of("calls", call, "stream")):
            if isinstance(line := message.get("line"), Mapping):
                yield line_of_record(line)

    async def order(self, call: str, order: str, words: Mapping[str, str]) -> None:
        """Give an order; returns when the server has obeyed it."""
        await self._api.post(path_of("calls", call, order), words)

    async def choices(self, call: str = "") -> Choices:
        """What the running hotline says that orders may name."""
        record = await self._api.get("/v1/choices", **({"call": call} if call else {}))
        try:
            return choices_from(record)
        except (KeyError, TypeError, ValueError) as error:
            raise PeerError("the server's choices are not understood: is it older?") from error


async def heard(messages: AsyncIterator[Message]) -> AsyncIterator[Message]:
    """These messages; a server that sends none for a while is as good as gone.

    Raises:
        PeerError: after SILENCE seconds without any.
    """
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                message = await anext(messages, None)
        except TimeoutError:
            raise PeerError(f"the server has said nothing for {SILENCE:.0f} s") from None
        if message is None:
            return
        yield message


def _next(picture: Picture | None, message: Mapping[str, Any]) -> Picture | None:
    """What a message of the stream makes of the picture; None for one that shows nothing."""
    if "picture" in message:
        return from_record(message["picture"])
    if "changes" in message and picture is not None:
        return applied(picture, message["changes"])
    return None


def line_of_record(record: Mapping[str, Any]) -> Line:
    """The line that `Line.record` wrote."""
    tone = str(record.get("tone", ""))
    return Line(
        at=float(record.get("at", 0.0)),
        who=str(record.get("who", "")),
        text=str(record.get("text", "")),
        detail=str(record.get("detail", "")),
        tone=Tone(tone) if tone in set(Tone) else Tone.PLAIN,
    )


def _dial(settings: Settings) -> str:
    """What a softphone dials, if the Asterisk is ours."""
    asterisk = settings.asterisk
    if asterisk.mode != "private":
        return ""
    number = next(field.default for field in fields(AsteriskPlan) if field.name == "hotline")
    return f"sip:{number}@{asterisk.address}:{asterisk.sip_port}"
