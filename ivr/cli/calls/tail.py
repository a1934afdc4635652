"""`ivr calls tail`: what is said in one call or in all, as it is said."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from ivr.cli.calls.shown import print_lines
from ivr.cli.json_output import print_json_line
from ivr.cli.remote import Server
from ivr.server.settings import load_settings


def follow(server: Server, call: str, as_json: bool) -> None:
    """Print lines until the call, or the server, ends.

    Raises:
        PeerError: if the server cannot be reached, or breaks off.
    """
    asyncio.run(_follow(server, call, as_json))


async def _follow(server: Server, call: str, as_json: bool) -> None:
    from ivr.server.api.client import api_of

    settings = load_settings(server.settings_file)
    async with api_of(settings, server.url, server.token) as api:
        async for of, line in _lines(api, call):
            if as_json:
                print_json_line({"call": of, **line})
            else:
                print_lines([line], call="" if call else of)


async def _lines(api: Any, call: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Lines with the call each is of."""
    from ivr.server.api.client import path_of

    if call:
        async for message in api.stream(path_of("calls", call, "stream")):
            if isinstance(message.get("line"), dict):
                yield call, message["line"]
        return
    async for message in api.stream("/v1/stream", topics="records", picture="false"):
        event = message.get("event")
        if isinstance(event, dict) and isinstance(event.get("line"), dict):
            yield str(event.get("call", "")), event["line"]
