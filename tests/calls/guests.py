"""Guest: a scripted caller together with what the hotline journalled of that very call."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from ivr.call.journal import Record
from ivr.routing.skills import Presence
from tests.house_fixture import Hotline
from tests.phone import AgentPhone, Answer, OutgoingCall, Phone
from tests.phone.agent import Behaviour

PATIENCE = 30.0
"""Seconds for anything to happen; a busy machine needs a few, a broken one never gets there."""

_numbers = itertools.count(13800000000)


async def until(
    holds: Callable[[], bool], complaint: str | Callable[[], object], timeout: float = PATIENCE
) -> None:
    """Wait for a condition of this process, looking every 20 ms."""
    try:
        async with asyncio.timeout(timeout):
            while not holds():  # noqa: ASYNC110 - journals and presences ring no bell
                await asyncio.sleep(0.02)
    except TimeoutError:
        said = complaint if isinstance(complaint, str) else complaint()
        raise AssertionError(f"not within {timeout:g} s: {said}") from None


@dataclass(frozen=True, slots=True)
class Guest:
    """One call: `call` is the caller's end, `call_id` the hotline's name for it."""

    call: OutgoingCall
    hotline: Hotline
    call_id: str

    @property
    def records(self) -> list[Record]:
        return [r for r in self.hotline.records if r["call"] == self.call_id]

    def data(self, kind: str) -> list[dict[str, Any]]:
        """The data of this call's records of one kind, in order."""
        return [r["data"] for r in self.records if r["kind"] == kind]

    @property
    def nodes(self) -> list[str]:
        return [data["node"] for data in self.data("EnterNode")]

    @property
    def heard_words(self) -> list[str]:
        return [
            "".join(word["text"] for word in data["utterance"]["words"])
            for data in self.data("Heard")
        ]

    @property
    def said(self) -> str:
        """Everything the hotline set out to say, in order."""
        return "".join(s["text"] for data in self.data("PlayPrompt") for s in data["segments"])

    async def reaches(self, node: str, times: int = 1) -> None:
        """Wait until the talk has entered `node` so often."""
        await until(
            lambda: self.nodes.count(node) >= times,
            lambda: f"no {node} in {self.nodes}, heard {self.heard_words}",
        )

    async def sees(self, kind: str, times: int = 1) -> dict[str, Any]:
        """Wait for the so-manieth record of this kind; gives its data."""
        await until(
            lambda: len(self.data(kind)) >= times,
            lambda: f"no {kind} ({times}) in {[r['kind'] for r in self.records]}",
        )
        return self.data(kind)[times - 1]

    async def listens(self, seconds: float) -> None:
        """Listen for so long from the first sound of what is being said."""
        begun = await self.call.heard_sound(after=self.call.now, timeout=PATIENCE)
        await asyncio.sleep(max(0.0, begun + seconds - self.call.now))

    async def is_over(self) -> None:
        """Wait until the hotline has closed its books about this call."""
        await self.sees("CallEnded")


@asynccontextmanager
async def guest(hotline: Hotline, phone: Phone | None = None) -> AsyncIterator[Guest]:
    """A caller who has dialled and is talked to; hangs up at the end of the block."""
    if phone is None:
        async with Phone() as own, guest(hotline, own) as somebody:
            yield somebody
        return
    number = str(next(_numbers))
    call = await phone.dial(hotline.uri, from_user=number, timeout=PATIENCE)
    await call.answered

    def started() -> list[Record]:
        return [r for r in hotline.of_kind("CallStarted") if r["data"]["caller"] == number]

    await until(lambda: bool(started()), "the call did not reach the server")
    yield Guest(call, hotline, started()[0]["call"])
    await call.hang_up()


@asynccontextmanager
async def agent(
    hotline: Hotline, name: str, behaviour: Behaviour | None = None
) -> AsyncIterator[AgentPhone]:
    """The registered phone of one agent, known as present."""
    plan = hotline.plan
    async with AgentPhone(
        username=f"agent-{name}",
        password=hotline.password(name),
        registrar=f"sip:{plan.address}:{plan.sip_port}",
        behaviour=behaviour or Answer(after=0.1),
    ) as phone:
        presence = hotline.house.desk.presence
        await until(lambda: presence.get(name) is Presence.READY, f"{name} is not present")
        yield phone


async def no_channels(hotline: Hotline) -> None:
    """Wait until Asterisk holds no channel."""
    asterisk = hotline.house.asterisk
    assert asterisk is not None
    async with asyncio.timeout(PATIENCE):
        while (await asterisk.cli("core show channels concise")).strip():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def figures(values: Sequence[float]) -> str:
    """A distribution in milliseconds, for the test's output."""
    rows = sorted(round(1000 * value) for value in values)
    middle = rows[len(rows) // 2]
    return f"{len(rows)}: min {rows[0]}, median {middle}, max {rows[-1]} ms; all {rows}"
