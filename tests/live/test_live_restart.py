"""The server killed and started again: it shows whom Asterisk holds, and nobody else."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from ivr.errors import PeerError
from ivr.live.picture import Picture, Stage, from_record
from ivr.server.api.client import api_of
from ivr.telephony.private_asterisk import Installation
from tests.calls.apart import Site, server, started_site
from tests.calls.guests import PATIENCE
from tests.phone import OutgoingCall, Phone
from tests.phone.tones import tone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

TRUE_WITHIN = 5.0
"""Seconds after a restarted server is up, or a caller has left."""
WAITING = 3


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(asterisk_installation: Installation) -> AsyncIterator[Site]:
    async with started_site("tests/routing/data/straight.yaml") as place:
        yield place


async def shows(
    site: Site, expected: Callable[[Picture], bool], timeout: float = PATIENCE
) -> Picture:
    """Ask for the picture until it is the expected one."""
    seen: Picture | None = None
    try:
        async with asyncio.timeout(timeout):
            while seen is None or not expected(seen):
                await asyncio.sleep(0.1)
                try:
                    async with api_of(site.settings, environment={}) as api:
                        seen = from_record(await api.get("/v1/picture"))
                except PeerError:
                    continue
    except TimeoutError:
        raise AssertionError(f"not within {timeout:g} s, but {seen and seen.calls}") from None
    return seen


def of_stage(seen: Picture, stage: Stage) -> set[str]:
    return {row.call for row in seen.calls if row.stage is stage}


async def test_callers_of_a_server_that_was_killed_are_adopted(site: Site) -> None:
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
            callers = [await to_the_loans_desk() for _ in range(WAITING)]
            before = await shows(
                site,
                lambda seen: (
                    len(of_stage(seen, Stage.CONNECTED)) == 1
                    and sorted(row.position for row in seen.calls) == [0, 1, 2, 3]
                ),
            )
            assert not any(row.adopted for row in before.calls)
            running.process.send_signal(signal.SIGKILL)
            await running.process.wait()

        async with server(site):
            after = await shows(site, lambda seen: len(seen.calls) == WAITING + 1, TRUE_WITHIN)
            for stage in Stage:
                assert of_stage(after, stage) == of_stage(before, stage)
            assert all(row.adopted for row in after.calls)
            # `before` may be older than the last look at Asterisk's own order.
            assert sorted(row.position for row in after.calls) == [0, 1, 2, 3]
            for one, same in zip(before.calls, after.calls, strict=True):
                assert (one.queue, one.agent) == (same.queue, same.agent)
                assert abs(one.began - same.began) < 3
            assert {row.call for row in after.agents if row.agent == "chen"} == of_stage(
                after, Stage.CONNECTED
            )

            await callers[1].hang_up()
            await shows(site, lambda seen: len(seen.calls) == WAITING, TRUE_WITHIN)
            await first.hang_up()
            await current.ended
            left = await shows(
                site,
                lambda seen: len(of_stage(seen, Stage.CONNECTED)) == 1 and len(seen.calls) == 2,
                TRUE_WITHIN,
            )
            queue = next(row for row in left.queues if row.queue == left.calls[0].queue)
            assert (queue.waiting, queue.answered, queue.abandoned) == (1, 1, 1)
            for call in (callers[0], callers[2]):  # in whichever order they had joined
                await call.hang_up()
            ended = await shows(site, lambda seen: not seen.calls, 2 * TRUE_WITHIN)
            assert all(row.call == "" for row in ended.agents)
        await site.no_channels()


async def test_adopted_calls_are_listened_to_and_hung_up_and_nothing_else(site: Site) -> None:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(Phone())
        chen = await stack.enter_async_context(site.agent("chen"))
        gu = await stack.enter_async_context(site.agent("gu"))
        async with server(site) as running:
            served = await phone.dial(site.plan.hotline_uri, timeout=PATIENCE)
            talk = await chen.next_call(PATIENCE)
            await talk.answered
            waits = await phone.dial(site.plan.hotline_uri, timeout=PATIENCE)
            before = await shows(
                site, lambda seen: sorted(r.position for r in seen.calls) == [0, 1]
            )
            (with_chen,) = of_stage(before, Stage.CONNECTED)
            (waiting,) = of_stage(before, Stage.WAITING)
            running.process.send_signal(signal.SIGKILL)
            await running.process.wait()

        async with server(site):
            await shows(
                site, lambda seen: len(seen.calls) == 2 and all(r.adopted for r in seen.calls)
            )
            for words in (("goto", waiting, "loans"), ("transfer", with_chen, "general"),
                          ("takeover", waiting, "--phone", "gu")):  # fmt: skip
                code, out = await site.ivr("calls", *words)
                assert code == 1 and "it began before this server" in out, out
            code, out = await site.ivr("calls", "whisper", waiting, "--phone", "gu")
            assert code == 1 and "nobody but the hotline" in out
            assert (await site.ivr("calls", "listen", with_chen, "--phone", "gu"))[0] == 0
            spy = await gu.next_call(PATIENCE)
            await spy.answered
            voice = tone(600.0, 0.8)
            await served.speak(voice)
            await spy.heard_audio(voice)
            assert (await site.ivr("calls", "hangup", with_chen))[0] == 0
            async with asyncio.timeout(PATIENCE):
                for ended in (served.ended, talk.ended, spy.ended):
                    await ended
            answered = await chen.next_call(PATIENCE)  # the caller who waited is served
            await answered.answered
            async with api_of(site.settings, environment={}) as api:
                await api.post(f"/v1/calls/{waiting}/hangup")
                await waits.ended
                await shows(site, lambda seen: not seen.calls)
                with pytest.raises(PeerError, match=r"no call|has ended"):
                    await api.post(f"/v1/calls/{waiting}/hangup")
        await site.no_channels()


async def test_an_asterisk_that_was_started_anew_holds_nobody(site: Site) -> None:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(Phone())
        chen = await stack.enter_async_context(site.agent("chen"))
        async with server(site):
            for _ in range(2):
                call = await phone.dial(site.plan.hotline_uri, timeout=PATIENCE)
                await call.answered
            await shows(
                site,
                lambda seen: {row.stage for row in seen.calls} == {Stage.CONNECTED, Stage.WAITING},
            )
            await chen.next_call(PATIENCE)
            await site.asterisk("stop")
            await shows(site, lambda seen: not seen.linked)
            await site.asterisk("start", "--settings", str(site.file))
            await shows(site, lambda seen: seen.linked)
            seen = await shows(site, lambda seen: not seen.calls, TRUE_WITHIN)
            assert all(row.call == "" for row in seen.agents)
            assert all(row.waiting == 0 for row in seen.queues)
