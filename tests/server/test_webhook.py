"""The webhook against a real web server: taken, tried again, and given up."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from ivr.server import webhook
from ivr.server.webhook import MAX_PENDING, TRIES, Webhook
from tests.telephony.servers import until


class Screens:
    """Answers with each status in turn, then with 204."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.bodies: list[dict[str, Any]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(json.loads(await request.text()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204)


@asynccontextmanager
async def posting(screens: Screens) -> AsyncIterator[Webhook]:
    app = web.Application()
    app.router.add_post("/pop", screens.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook = Webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/pop")
    task = asyncio.get_running_loop().create_task(hook.run())
    try:
        yield hook
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await runner.cleanup()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PAUSE_SECONDS", 0.0)


async def test_events_come_in_order_and_again_after_a_fault() -> None:
    screens = Screens(500, 204)
    async with posting(screens) as hook:
        hook.send({"agent": "王静"})
        hook.send({"agent": "李强"})
        await until(lambda: len(screens.bodies) == 3, "three posts")
    assert [body["agent"] for body in screens.bodies] == ["王静", "王静", "李强"]
    assert hook.lost == 0


async def test_what_nobody_takes_is_lost_and_the_next_still_comes() -> None:
    screens = Screens(*[503] * TRIES)
    async with posting(screens) as hook:
        hook.send({"n": 1})
        hook.send({"n": 2})
        await until(lambda: len(screens.bodies) == TRIES + 1, "the next")
    assert hook.lost == 1


async def test_nobody_there() -> None:
    hook = Webhook("http://127.0.0.1:1/pop")
    task = asyncio.get_running_loop().create_task(hook.run())
    hook.send({"n": 1})
    await until(lambda: hook.lost == 1, "given up")
    task.cancel()
    for number in range(MAX_PENDING + 1):
        hook.send({"n": number})
    assert hook.lost == 2
