"""Asterisk and the server apart: served together; nobody is lost when the server is not there."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.server.watchdog import EXIT_STATUS
from ivr.telephony.private_asterisk import Installation
from tests.calls import hanging_server
from tests.calls.apart import Site, meet, server, started_site
from tests.calls.guests import PATIENCE, until
from tests.phone import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(asterisk_installation: Installation) -> AsyncIterator[Site]:
    """Asterisk, started by `ivr asterisk start` with what the flows need; no server."""
    async with started_site() as place:
        yield place


def ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


async def test_two_commands_make_a_hotline(site: Site, voices: dict[str, bytes]) -> None:
    async with server(site) as running, site.agent("wang") as wang, Phone() as phone:
        call = await phone.dial(site.plan.hotline_uri)
        await call.answered
        await call.heard_sound()
        await call.press("#3")
        await until(lambda: running.saw("card_loss"), "no card_loss")
        await call.press("6688")
        await until(lambda: running.saw("card_loss_confirm"), "no card_loss_confirm")
        await call.press("1")
        await meet(call, wang, voices["我的卡丢了"], lambda: '"agent": "wang"' in running.text)
        await call.hang_up()
        await site.no_channels()
    assert running.process.returncode == 0
    assert "Traceback" not in running.text


async def test_killed_in_mid_call(site: Site, voices: dict[str, bytes]) -> None:
    async with server(site) as running, site.agent("wang") as wang, Phone() as phone:
        call = await phone.dial(site.plan.hotline_uri)
        await call.answered
        await call.heard_sound()
        await call.press("#3")
        await until(lambda: running.saw("card_loss"), "no card_loss")
        helpers = running.children
        running.process.send_signal(signal.SIGKILL)
        await running.process.wait()
        await meet(call, wang, voices["我的卡丢了"])
        assert not call.ended.done()
        await call.hang_up()
        await site.no_channels()
        await until(lambda: all(map(ended, helpers)), "a helper process outlived its server")


async def test_not_running_at_all(site: Site, voices: dict[str, bytes]) -> None:
    async with site.agent("li") as li, Phone() as phone:
        call = await phone.dial(site.plan.hotline_uri)
        await call.answered
        await call.heard_sound()  # Asterisk itself says that somebody will come
        await meet(call, li, voices["我的卡丢了"])
        await call.hang_up()
        await site.no_channels()


async def test_a_server_that_hangs_gives_its_callers_back(
    site: Site, voices: dict[str, bytes]
) -> None:
    script = (str(hanging_server.__file__), str(site.file), "loans")
    async with server(site, *script) as running, site.agent("li") as li, Phone() as phone:
        call = await phone.dial(site.plan.hotline_uri)
        await call.answered
        await call.heard_sound()
        await call.press("#4")
        await until(lambda: "hangs now" in running.text, "it did not hang")
        await until(lambda: running.process.returncode is not None, "no watchdog", PATIENCE)
        assert running.process.returncode == EXIT_STATUS
        assert "the event loop hangs" in running.text
        await meet(call, li, voices["我的卡丢了"])
        await call.hang_up()
        await site.no_channels()


async def test_too_many_callers_and_a_stopped_server(site: Site, voices: dict[str, bytes]) -> None:
    """Whom the server has no room for, and whom it leaves when it is stopped, gets an agent."""
    voice = voices["我的卡丢了"]
    async with site.agent("li") as li, Phone() as phone:
        async with server(site, IVR_SERVER_MAX_CALLS="1") as running:
            first = await phone.dial(site.plan.hotline_uri)
            await first.answered
            await first.heard_sound()
            await first.press("#3")
            await until(lambda: running.saw("card_loss"), "no card_loss")
            second = await phone.dial(site.plan.hotline_uri)
            await second.answered
            await meet(second, li, voice)
            await second.hang_up()
            assert not first.ended.done()
        assert running.process.returncode == 0
        await meet(first, li, voice)
        await first.hang_up()
        await site.no_channels()
