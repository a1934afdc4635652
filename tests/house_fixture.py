"""A whole hotline on free ports: for tests, the demonstration and measurements."""

import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ivr.call.journal import Record, Sink
from ivr.server.house import House
from ivr.server.opening import open_house
from ivr.server.plans import Plans, plan_asterisk, read_plans
from ivr.server.settings import Settings, load_settings
from ivr.telephony.private_asterisk import AsteriskPlan, free_port, with_free_ports


@dataclass(frozen=True, slots=True)
class Hotline:
    """A running hotline and everything it journalled."""

    house: House
    plan: AsteriskPlan
    settings: Settings
    records: list[Record]

    @property
    def uri(self) -> str:
        return self.plan.hotline_uri

    def password(self, agent: str) -> str:
        """What the phone of `agent` registers with."""
        return next(phone.password for phone in self.plan.agents if phone.name == agent)

    def of_kind(self, kind: str) -> list[Record]:
        return [record for record in self.records if record["kind"] == kind]


def settings_on_free_ports(runs: Path, **paths: Path) -> Settings:
    """The project's own settings, with `runs` for everything written and ports nobody uses."""
    settings = load_settings(environment={})
    ports = [free_port(socket.SOCK_STREAM) for _ in range(2)]
    return replace(
        settings,
        paths=replace(settings.paths, runs=runs, published=runs / "published", **paths),
        server=replace(settings.server, agi_port=ports[0], audio_port=ports[1]),
        api=replace(settings.api, port=0),
    )


@asynccontextmanager
async def open_hotline(
    settings: Settings,
    plans: Plans | None = None,
    *,
    sinks: Sequence[Sink] = (),
    progress: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[Hotline]:
    """The hotline of these settings, its Asterisk on free ports, for as long as the block lasts."""
    plans = plans or read_plans(settings)
    plan = with_free_ports(plan_asterisk(settings, plans))
    plan = plan.with_agi(settings.server.address, settings.server.agi_port)
    records: list[Record] = []
    async with open_house(
        settings, plans, sinks=(records.append, *sinks), plan=plan, progress=progress
    ) as house:
        yield Hotline(house, plan, settings, records)
