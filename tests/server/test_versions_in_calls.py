"""A call keeps the flows it began with, although the server has taken others since."""

import asyncio
from pathlib import Path
from typing import Any, cast

from ivr.call.journal import Record
from ivr.call.session import Services
from ivr.flow.prompt import PromptSegment
from ivr.rehearsal.line import LineChannel
from ivr.rehearsal.rehearsed_call import RehearsedTransfers
from ivr.routing.desk import Desk
from ivr.server.house import House
from ivr.server.plans import read_plans
from ivr.server.published import releases_of
from ivr.server.settings import Settings
from ivr.speech.vad import WebrtcVad
from tests.fakes.recogniser import FakeRecogniser
from tests.server.test_published import PATIENCE, change, settings

__all__ = ["settings"]  # a fixture


class Prompts:
    """Prompts of a tenth of a second."""

    async def fetch(self, segment: PromptSegment) -> bytes:
        return bytes(1600)

    async def warm(self, segments: Any) -> int:
        return 0


async def test_a_call_in_progress_ends_as_it_began(settings: Settings) -> None:
    plans, prompts, records = read_plans(settings), Prompts(), list[Record]()
    services = Services(
        book=plans.book,
        flow=plans.flow,
        recogniser=FakeRecogniser(),
        new_vad=WebrtcVad,
        prompts=prompts,
        transfers=RehearsedTransfers(prompts),
    )
    desk = Desk(plans.queues, plans.team, cast(Any, None))
    house = House(plans, desk, services, (records.append,), None, settings)

    async def until(reached: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not reached():  # noqa: ASYNC110 - a journal tells nobody
                await asyncio.sleep(0.01)

    def pinned() -> list[str]:
        return [r["data"]["version"] for r in records if r["kind"] == "FlowPinned"]

    async with asyncio.TaskGroup() as tasks:
        renewing = tasks.create_task(house.renew(settings, cast(Any, prompts)))
        old = LineChannel("old")
        tasks.create_task(house.serve(cast(Any, old)))
        await until(lambda: "old" in house.calls and house.calls["old"].state.node)
        change(settings, "感谢您的来电", "谢谢")
        draft: Path = settings.paths.flow
        version = (await asyncio.to_thread(releases_of(settings).publish, draft)).id
        await until(lambda: house.plans.book.version == version)
        new = LineChannel("new")
        tasks.create_task(house.serve(cast(Any, new)))
        await until(lambda: "new" in house.calls and house.calls["new"].state.node)
        assert pinned() == [plans.book.version, version]
        assert house.calls["old"].state.version == plans.book.version != version
        assert house.choices("old").version == plans.book.version  # nodes of its own version
        assert house.choices("new").version == house.choices().version == version
        assert [flow.flow for flow in house.choices("old").flows] == [plans.flow]
        led_by_no_flow = house.choices("a call back")
        assert led_by_no_flow.flows == () and led_by_no_flow.phones == house.choices().phones
        for channel in (old, new):
            channel.leave()
        await until(lambda: not house.calls)
        renewing.cancel()
    ends = [record for record in records if record["kind"] == "CallEnded"]
    assert len(ends) == 2
