"""DemoFeed: the make-believe hotline as a feed, for `ivr top --demo` and for measuring."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

from ivr.cli.board.cells import short_id
from ivr.cli.board.demo_hotline import NAMES, QUEUES, SAYINGS, SKILLS, TALKS, DemoHotline
from ivr.errors import PeerError
from ivr.live.choices import (
    AGENT,
    SUPERVISOR,
    Choices,
    FlowChoice,
    NodeChoice,
    PhoneChoice,
    SkillChoice,
)
from ivr.live.picture import Picture, from_record
from ivr.live.transcript import Line

TICK = 0.5
"""Seconds between two pictures: as often as a real server sends them."""


class DemoFeed:
    """Moves a `DemoHotline` on in real time; every picture goes through JSON as a real one does."""

    def __init__(self, hotline: DemoHotline, phone: str = "") -> None:
        self.hotline = hotline
        self.phone = phone
        self.where = "make-believe calls"
        self.dial = ""

    async def pictures(self) -> AsyncIterator[Picture]:
        """A picture every half second."""
        picture = self.hotline.picture()
        while True:
            yield from_record(json.loads(json.dumps(picture.record(), ensure_ascii=False)))
            await asyncio.sleep(TICK)
            picture = self.hotline.advance(TICK)

    async def transcript(self, call: str) -> AsyncIterator[Line]:
        """Sayings, one every two seconds, while the call goes on."""
        number, began = 0, self.hotline.now
        if call in self.hotline.calls:
            began = self.hotline.calls[call].began
        while call in self.hotline.calls:
            who, text = SAYINGS[number % len(SAYINGS)]
            yield Line(self.hotline.now - began, who, text)
            number += 1
            await asyncio.sleep(0.05 if number < 5 else 2.0)

    async def order(self, call: str, order: str, words: Mapping[str, str]) -> None:
        """Obeyed as far as make-believe calls can be; listening is silent."""
        if call not in self.hotline.calls:
            raise PeerError(f"call {short_id(call)} has ended")
        match order:
            case "hangup":
                self.hotline.end(call)
            case "goto":
                self.hotline.move(call, words["node"])
            case "transfer":
                self.hotline.queue_up(call, words["skill"])

    async def choices(self, call: str = "") -> Choices:
        """The nodes that make-believe callers visit, a supervisor and the agents."""
        nodes = sorted({node for node, _ in TALKS})
        return Choices(
            flows=(FlowChoice("bank", tuple(NodeChoice(node, "") for node in nodes)),),
            skills=tuple(SkillChoice(skill, "") for skill in SKILLS),
            phones=(
                PhoneChoice("chen-lead", "陈主管", SUPERVISOR),
                *(PhoneChoice(name, title, AGENT) for name, title in NAMES),
            ),
            queues=QUEUES,
        )
