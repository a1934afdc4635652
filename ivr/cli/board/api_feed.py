"""ApiFeed: a running hotline as a feed, through its control API, here or on another machine."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import fields
from typing import Any

from ivr.errors import IvrError, PeerError
from ivr.flow.library import load_book
from ivr.live.changes import applied
from ivr.live.picture import Picture, from_record
from ivr.live.transcript import Line, Tone
from ivr.routing.agents_file import load_agents
from ivr.routing.skills import Agent, Supervisor
from ivr.server.api.client import Api, path_of
from ivr.server.settings import Settings
from ivr.telephony.private_asterisk import AsteriskPlan

SILENCE = 8.0
"""Seconds; a server that is well tells twice a second how things are."""

Message = dict[str, Any]


class ApiFeed:
    """Pictures and orders over one open `Api`.

    `settings` are those of a server on this machine, whose flows and agents file can be read to
    offer nodes and telephones; None for one elsewhere, where names are typed.
    """

    def __init__(self, api: Api, settings: Settings | None, phone: str = "") -> None:
        self._api = api
        self._settings = settings
        self._flows: dict[str, str] = {}
        self._people: tuple[tuple[str, str], ...] = ()
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
                self._flows = {row.call: row.flow for row in picture.calls}
                self._people = tuple((row.agent, row.title) for row in picture.agents)
                yield picture

    async def transcript(self, call: str) -> AsyncIterator[Line]:
        """The lines of a call that goes on."""
        async for message in self._api.stream(path_of("calls", call, "stream")):
            if isinstance(line := message.get("line"), Mapping):
                yield line_of_record(line)

    async def order(self, call: str, order: str, words: Mapping[str, str]) -> None:
        """Give an order; returns when the server has obeyed it."""
        await self._api.post(path_of("calls", call, order), words)

    async def nodes(self, call: str) -> tuple[str, ...]:
        """The nodes of the call's flow, where its files are on this machine."""
        if self._settings is None:
            return ()
        folder = self._settings.path(self._settings.paths.flow)
        book = await asyncio.to_thread(load_book, folder)
        flow = book.flows.get(self._flows.get(call, ""))
        return tuple(sorted(flow.nodes)) if flow else ()

    async def phones(self) -> tuple[tuple[str, str], ...]:
        """Supervisors and agents of the agents file; of a server elsewhere the agents only."""
        if self._settings is None:
            return self._people
        path = self._settings.path(self._settings.paths.agents)
        try:
            team = await asyncio.to_thread(load_agents, path)
        except IvrError:
            return self._people
        people: list[Supervisor | Agent] = [*team.supervisors, *team.agents]
        return tuple((one.name, one.title) for one in people)


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
