"""An Asterisk of our own that dies: it is started again, and the hotline goes on."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.server import keeper
from ivr.telephony.private_asterisk import Installation
from tests.house_fixture import open_hotline, settings_on_free_ports
from tests.phone import Phone
from tests.telephony.servers import until

pytestmark = pytest.mark.asterisk


async def test_callers_are_taken_again_after_asterisk_was_killed(
    tmp_path: Path, asterisk_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "STEADY_SECONDS", 0.0)
    async with open_hotline(settings_on_free_ports(tmp_path)) as hotline, Phone() as caller:
        asterisk = hotline.house.asterisk
        assert asterisk is not None
        killed = asterisk.mark.pid
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(60):
            while asterisk.mark.pid == killed:  # noqa: ASYNC110 - rings no bell
                await asyncio.sleep(0.05)
        call = await caller.dial(hotline.uri)
        await call.answered
        await call.heard_sound()
        await call.hang_up()
        await until(lambda: bool(hotline.of_kind("CallEnded")), "the call is over")


async def test_one_that_dies_at_once_ends_the_server(
    tmp_path: Path, asterisk_installation: Installation
) -> None:
    with pytest.raises(AsteriskError, match=r"ended within a minute; its log is .*"):
        async with open_hotline(settings_on_free_ports(tmp_path)) as hotline:
            assert hotline.house.asterisk is not None
            os.kill(hotline.house.asterisk.mark.pid, signal.SIGKILL)
            await hotline.house.reload_when_asked()  # for ever
