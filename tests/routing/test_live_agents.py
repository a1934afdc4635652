"""Agents at run time on a real Asterisk: orders, star codes, a restart, another agents file."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.errors import PeerError
from ivr.routing.skills import Presence
from ivr.server.api.client import api_of
from ivr.server.opening import open_house
from ivr.server.settings import project_root
from tests.calls.guests import PATIENCE, agent, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import AgentPhone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    """The bank's hotline with an agents file of its own."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        agents = Path(folder) / "agents.yaml"
        shutil.copy(project_root() / "flows" / "agents.yaml", agents)
        settings = settings_on_free_ports(Path(folder) / "runs", agents=agents)
        async with open_hotline(settings) as running:
            yield running


async def order(hotline: Hotline, path: str, /, **words: str) -> object:
    """Give an order as the command line does: through the API's Unix socket."""
    async with api_of(hotline.settings, environment={}) as api:
        return await api.post(f"/v1/agents/{path}", words)


async def presence(hotline: Hotline, name: str, wanted: Presence) -> None:
    seen = hotline.house.desk.presence
    await until(
        lambda: hotline.house.desk.presence[name] is wanted, lambda: f"{name} is {seen[name]}"
    )


async def dial(phone: AgentPhone, name: str, hotline: Hotline, code: str) -> None:
    """Dial a star code and listen to the confirmation until the line is closed."""
    plan = hotline.plan
    uri = f"sip:{code}@{plan.address}:{plan.sip_port}"
    call = await phone.dial(uri, from_user=f"agent-{name}", timeout=PATIENCE)
    await call.answered
    await call.heard_sound(timeout=PATIENCE)
    async with asyncio.timeout(PATIENCE):
        await call.ended


async def test_orders_from_the_command_line(hotline: Hotline) -> None:
    async with agent(hotline, "wang"):
        await order(hotline, "wang/pause", reason="午餐")
        await presence(hotline, "wang", Presence.PAUSED)
        shown = await hotline.house.asterisk.cli("queue show fallback")  # type: ignore[union-attr]
        assert "paused:午餐" in shown
        await order(hotline, "wang/resume")
        await presence(hotline, "wang", Presence.READY)
        await order(hotline, "wang/logout")
        await presence(hotline, "wang", Presence.OFFLINE)
        with pytest.raises(PeerError, match="logged out: log in first"):
            await order(hotline, "wang/resume")
        await order(hotline, "wang/login")
        await presence(hotline, "wang", Presence.READY)
    with pytest.raises(PeerError, match="no agent is called 'wong'"):
        await order(hotline, "wong/login")
    with pytest.raises(PeerError, match="no such endpoint"):
        await order(hotline, "wang/fire")


async def test_star_codes_from_the_agent_s_phone(hotline: Hotline) -> None:
    async with agent(hotline, "li") as li:
        for code, wanted in (
            ("*472", Presence.PAUSED),
            ("*48", Presence.READY),
            ("*46", Presence.OFFLINE),
            ("*48", Presence.OFFLINE),  # refused: log in first
            ("*479", Presence.OFFLINE),  # no such reason
            ("*45", Presence.READY),
        ):
            await dial(li, "li", hotline, code)
            await presence(hotline, "li", wanted)
        assert hotline.house.desk.absences == {}


async def test_an_agents_file_with_a_fault_keeps_the_old_one(hotline: Hotline) -> None:
    path = hotline.settings.path(hotline.settings.paths.agents)
    good = path.read_text(encoding="utf-8")
    before = hotline.house.desk.team
    path.write_text(good.replace("loans: 5", "lones: 5"), encoding="utf-8")
    with pytest.raises(PeerError, match=r"no skill is called 'lones'.*loans"):
        await order(hotline, "reload")
    assert hotline.house.desk.team is before
    hotline.house.reload_agents_soon()  # what SIGHUP does, and in the middle of it:
    newcomer = "\n  newcomer:\n    interface: PJSIP/agent-newcomer\n    skills: {language.zh: 4}\n"
    before_supervisors = "\n# Supervisors steer"
    assert before_supervisors in good
    path.write_text(good.replace(before_supervisors, newcomer + before_supervisors), "utf-8")
    await order(hotline, "reload")
    # The newcomer has a password, a telephone that registers, and is offered calls.
    await until(lambda: "newcomer" in hotline.house.desk.presence, "no newcomer")
    asterisk = hotline.house.asterisk
    assert asterisk is not None
    renewed = replace(hotline, plan=asterisk.plan)
    async with agent(renewed, "newcomer"):
        shown = await asterisk.cli("queue show zh")
        assert "PJSIP/agent-newcomer" in shown
        assert "PJSIP/agent-newcomer" in await asterisk.cli("queue show fallback")
    path.write_text(good, encoding="utf-8")
    assert await order(hotline, "reload") == {"changed": "removed newcomer"}
    assert "PJSIP/agent-newcomer" not in await asterisk.cli("queue show zh")


async def test_who_is_away_stays_away_over_a_restart_of_both() -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        settings = settings_on_free_ports(Path(folder))
        async with open_hotline(settings) as first, agent(first, "wang"), agent(first, "li"):
            await order(first, "wang/pause", reason="training")
            await order(first, "li/logout")
            await presence(first, "li", Presence.OFFLINE)
        plan = first.plan
        # The same hotline again: a fresh Asterisk, which knows of no pauses.
        async with open_house(settings, first.house.plans, plan=plan) as house:
            assert house.desk.absences == {"wang": "training", "li": "logged-out"}
            assert house.asterisk is not None
            shown = await house.asterisk.cli("queue show fallback")
            assert "paused:training" in shown and "paused:logged-out" in shown
