"""The server killed around a promised call: it is dialled once, and keeps its place."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from ivr.telephony.private_asterisk import Installation
from tests.calls.apart import Server, Site, server, started_site
from tests.calls.guests import PATIENCE, until
from tests.phone import AgentPhone, IncomingCall, Phone, RingOn

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

NUMBER = "1381234567"
"""Of those who are called back, but for the last digit."""
NO_SECOND_CALL = 3.0
"""Seconds in which a call that is dialled twice would come: the dialler looks once a second."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[AgentPhone]:
    """The telephone of whoever is called back; it rings until the test answers or refuses."""
    async with AgentPhone(username="home", behaviour=RingOn(), lines=2) as phone:
        yield phone


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(asterisk_installation: Installation, home: AgentPhone) -> AsyncIterator[Site]:
    host, port = home.address
    dial = f'[callbacks]\ndial = "PJSIP/anonymous/sip:{{number}}@{host}:{port}"'
    more = f"{dial}\nretry_seconds = 600"
    async with started_site("tests/routing/data/callback.yaml", more) as place:
        yield place


async def kill(running: Server) -> None:
    running.process.send_signal(signal.SIGKILL)
    await running.process.wait()


async def promise(site: Site, running: Server, digit: str) -> None:
    """Call, wait in vain, key in a number and confirm it."""

    async def comes_to(node: str) -> None:
        times = seen[node] + 1
        await until(lambda: running.visits(node) >= times, lambda: running.text[-2000:])

    seen = {node: running.visits(node) for node in ("number", "sure", "promised")}
    async with Phone() as phone:
        call = await phone.dial(site.plan.hotline_uri, timeout=PATIENCE)
        await call.answered
        await comes_to("number")
        await call.press(f"{NUMBER}{digit}#", milliseconds=80, pause=0.08)
        await comes_to("sure")
        await call.press("1")
        await comes_to("promised")
        await call.ended


async def shown(site: Site, number: int) -> dict[str, Any]:
    """What `ivr callbacks show` tells."""
    code, out = await site.ivr("callbacks", "show", str(number), "--json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)
    return found


async def comes_to(site: Site, number: int, state: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        while (found := await shown(site, number))["state"] != state:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return found


async def served_once(
    site: Site, home: AgentPhone, chen: AgentPhone, back: IncomingCall, number: int
) -> dict[str, Any]:
    """Whoever answers is brought to the agent, and nobody calls them again."""
    back.answer()
    joined = await chen.next_call(PATIENCE)
    await joined.answered
    await joined.hang_up()
    await back.ended
    done = await comes_to(site, number, "done")
    with pytest.raises(TimeoutError):
        await home.next_call(NO_SECOND_CALL)
    return done


async def test_killed_after_the_promise_and_while_it_rings(site: Site, home: AgentPhone) -> None:
    async with server(site) as running:
        await promise(site, running, "8")
        before = await comes_to(site, 1, "waiting")
        await promise(site, running, "6")
        assert (await site.ivr("callbacks", "cancel", "2"))[0] == 0
        assert (await comes_to(site, 2, "closed"))["reason"] == "cancelled by local"
        for order, number, why in (("now", "2", "2 is closed"), ("show", "3", "no callback 3")):
            code, out = await site.ivr("callbacks", order, number)
            assert code == 1 and why in out, out
        await kill(running)
    async with site.agent("chen") as chen:
        async with server(site) as running:
            back = await home.next_call(PATIENCE)
            assert (await comes_to(site, 1, "dialling"))["joined"] == before["joined"]
            await kill(running)
        async with server(site):  # their telephone has rung all the while
            assert not back.ended.done()
            done = await served_once(site, home, chen, back, 1)
    assert (done["joined"], done["attempts"]) == (before["joined"], 1)
    await site.no_channels()


async def test_a_dial_that_ends_while_nobody_listens(site: Site, home: AgentPhone) -> None:
    """One refuses, and is tried again when told; one answers, and is in the fallback queue."""
    async with AsyncExitStack() as stack:
        async with server(site) as running:
            await promise(site, running, "7")
            chen = await stack.enter_async_context(site.agent("chen"))
            back = await home.next_call(PATIENCE)
            await kill(running)
        back.refuse(486)
        async with server(site) as running:
            left = await comes_to(site, 3, "waiting")
            assert left["reason"] == "the server stopped while dialling"
            code, out = await site.ivr("callbacks", "ls")
            assert code == 0 and "*******5677" in out and "1381234" not in out
            assert (await site.ivr("callbacks", "now", "3"))[0] == 0
            back = await home.next_call(PATIENCE)
            code, out = await site.ivr("callbacks", "cancel", "3")
            assert code == 1 and "callback 3 is dialling" in out
            await kill(running)
        back.answer()
        in_fallback = await chen.next_call(PATIENCE)
        async with server(site):
            done = await comes_to(site, 3, "done")
            assert (done["attempts"], done["reason"]) == (2, "answered while no server listened")
            await in_fallback.hang_up()
            with pytest.raises(TimeoutError):
                await home.next_call(NO_SECOND_CALL)
    assert done["joined"] == left["joined"]
    await site.no_channels()
