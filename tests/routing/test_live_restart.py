"""The server killed with callers waiting: all are served, and a new server knows them at once."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from ivr.errors import PeerError
from ivr.server.api.client import api_of
from ivr.telephony.private_asterisk import Installation
from tests.calls.apart import Site, server, started_site
from tests.calls.guests import PATIENCE, until
from tests.phone import OutgoingCall, Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CALLERS = 10
KNOWN_WITHIN = 5.0
"""Seconds after a restarted server is up."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(asterisk_installation: Installation) -> AsyncIterator[Site]:
    async with started_site("tests/routing/data/straight.yaml") as place:
        yield place


async def waiting(site: Site) -> list[dict[str, Any]]:
    """Who waits, as the server tells it; nobody while there is none."""
    try:
        async with api_of(site.settings, environment={}) as api:
            found = await api.get("/v1/calls", stage="waiting")
    except PeerError:
        return []
    return [row for row in found if row["position"]]  # in Asterisk's line, not on the way there


async def until_waiting(
    site: Site, callers: int, timeout: float = PATIENCE
) -> list[dict[str, Any]]:
    async with asyncio.timeout(timeout):
        while len(found := await waiting(site)) != callers:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return found


async def test_killed_with_ten_callers_waiting(site: Site) -> None:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(Phone())
        chen = await stack.enter_async_context(site.agent("chen"))
        async with server(site) as running:

            async def to_the_loans_desk() -> OutgoingCall:
                call = await phone.dial(site.plan.hotline_uri, timeout=PATIENCE)
                await call.answered
                return call

            first = await to_the_loans_desk()
            current = await chen.next_call(PATIENCE)
            await current.answered
            callers = [await to_the_loans_desk() for _ in range(CALLERS)]
            before = {entry["call"] for entry in await until_waiting(site, CALLERS)}
            running.process.send_signal(signal.SIGKILL)
            await running.process.wait()
        assert not any(call.ended.done() for call in (first, *callers))

        async with server(site):
            after = await until_waiting(site, CALLERS, KNOWN_WITHIN)
            assert {entry["call"] for entry in after} == before
            assert {entry["queue"] for entry in after} == {"zh-loans.3"}
            for left in range(CALLERS - 1, -1, -1):
                await current.hang_up()
                current = await chen.next_call(PATIENCE)
                await current.answered
                await until_waiting(site, left)
            await current.hang_up()
            await until(lambda: all(c.ended.done() for c in callers), "a caller was left over")
        await site.no_channels()
