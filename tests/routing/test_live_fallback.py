"""Callers the bot lost: in the fallback queue the dialplan alone gives them their place."""

import asyncio
from pathlib import Path

import pytest

from ivr.routing.priority import HORIZON
from ivr.telephony.manager import AmiManager
from ivr.telephony.private_asterisk import Installation, StaticMember
from ivr.telephony.private_asterisk.plan import AsteriskQueue
from tests.asterisk_fixture import AGENT_PASSWORD, start_on_free_ports
from tests.phone import AgentPhone, Phone

pytestmark = pytest.mark.asterisk

PATIENCE = 30.0


async def test_the_dialplan_gives_a_place_in_line(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    fallback = AsteriskQueue("fallback", 0, (StaticMember("PJSIP/agent-li", 1, "li"),))
    asterisk = await start_on_free_ports(
        run_folder, asterisk_installation, queues=(fallback,), recordings=None
    )
    try:
        plan = asterisk.plan
        async with (
            AmiManager(plan.ami_user, plan.ami_secret, port=plan.ami_port) as manager,
            AgentPhone(
                username="agent-li",
                password=AGENT_PASSWORD,
                registrar=f"sip:{plan.address}:{plan.sip_port}",
            ) as li,
            Phone() as phone,
        ):
            await phone.dial(plan.hotline_uri, from_user="first", timeout=PATIENCE)
            busy = await li.next_call(PATIENCE)
            await busy.answered
            await phone.dial(plan.hotline_uri, from_user="second", timeout=PATIENCE)
            async with asyncio.timeout(PATIENCE):
                while not (  # noqa: ASYNC110 - Asterisk tells when asked
                    entries := [
                        event
                        for event in await manager.queue_status()
                        if event["Event"] == "QueueEntry"
                    ]
                ):
                    await asyncio.sleep(0.1)
            arrived = float(entries[0]["Uniqueid"])  # seconds since the epoch
            assert abs(int(entries[0]["Priority"]) - (HORIZON - arrived)) < PATIENCE
            await busy.hang_up()
    finally:
        await asterisk.stop()
