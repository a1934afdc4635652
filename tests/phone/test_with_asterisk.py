"""The phone against a real Asterisk: registered by digest, queued, bridged, hung up."""

import asyncio

import pytest

from ivr.telephony.private_asterisk import PrivateAsterisk
from tests.asterisk_fixture import AGENT_PASSWORD
from tests.phone import AgentPhone, Phone, RegistrationFailed, RingOn, Side
from tests.phone.babble import babble

pytestmark = pytest.mark.asterisk

HELLO, REPLY = babble(2.0, 21), babble(2.0, 22)


async def test_caller_and_agent_hear_each_other(asterisk: PrivateAsterisk) -> None:
    plan = asterisk.plan
    registrar = f"sip:{plan.address}:{plan.sip_port}"
    async with (
        AgentPhone(username="agent-li", password=AGENT_PASSWORD, registrar=registrar) as agent,
        Phone() as phone,
    ):
        # No bot is running, so the dialplan sends the caller to the fallback queue.
        await asterisk.cli("queue add member PJSIP/agent-li to fallback")
        try:
            call = await phone.dial(plan.hotline_uri, from_user="13800000000")
            await call.answered
            other = await agent.next_call()
            await other.answered
            await asyncio.gather(
                call.heard_audio(REPLY),
                other.heard_audio(HELLO),
                call.speak(HELLO + HELLO),
                other.speak(REPLY + REPLY),
            )
            await call.press("19#")
            assert await other.heard_keys(3) == "19#"
            await call.hang_up()
            assert (await other.ended).by is Side.THEM
        finally:
            await asterisk.cli("queue remove member PJSIP/agent-li from fallback")


async def test_an_agent_who_hangs_up_ends_the_call(asterisk: PrivateAsterisk) -> None:
    plan = asterisk.plan
    registrar = f"sip:{plan.address}:{plan.sip_port}"
    async with (
        AgentPhone(
            username="agent-wang",
            password=AGENT_PASSWORD,
            registrar=registrar,
            behaviour=RingOn(),
        ) as agent,
        Phone() as phone,
    ):
        await asterisk.cli("queue add member PJSIP/agent-wang to fallback")
        try:
            call = await phone.dial(plan.hotline_uri)
            other = await agent.next_call()
            other.answer()
            await call.answered
            await asyncio.gather(other.speak(REPLY), call.heard_sound())
            await other.hang_up()
            assert (await call.ended).by is Side.THEM
        finally:
            await asterisk.cli("queue remove member PJSIP/agent-wang from fallback")


async def test_a_wrong_password_is_refused(asterisk: PrivateAsterisk) -> None:
    registrar = f"sip:{asterisk.plan.address}:{asterisk.plan.sip_port}"
    with pytest.raises(RegistrationFailed, match=r"40[13]"):
        async with AgentPhone(username="agent-li", password="wrong", registrar=registrar):
            pass


async def test_a_number_that_does_not_exist(asterisk: PrivateAsterisk) -> None:
    async with Phone() as phone:
        call = await phone.dial(f"sip:nobody@{asterisk.plan.address}:{asterisk.plan.sip_port}")
        assert (await call.ended).status == 404
