"""A real Asterisk: what it loads, and that nothing of it stays."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import (
    AsteriskPlan,
    Installation,
    PrivateAsterisk,
    attach,
    private_asterisk,
    runfile,
    start,
    template_folder,
    with_free_ports,
)
from ivr.telephony.private_asterisk.runfile import ProcessMark
from tests.asterisk_fixture import AGENTS, QUEUES, start_on_free_ports

pytestmark = pytest.mark.asterisk

PATIENCE = 30.0


def there(path: Path) -> bool:
    return path.exists()


def make_stale(run_folder: Path) -> None:
    """A folder whose note names a process number that lives, but is another process."""
    run_folder.mkdir()
    old = AsteriskPlan(run_folder, ephemeral=False)
    old.control_socket.touch()
    runfile.write(old, ProcessMark(os.getpid(), "1"))


async def test_every_module_of_the_settings_runs(asterisk: PrivateAsterisk) -> None:
    text = (template_folder() / "modules.conf").read_text()
    wanted = set(re.findall(r"^require = (\S+)$", text, re.MULTILINE))
    shown = await asterisk.cli("module show")
    running = set(re.findall(r"^(\S+\.so)\s.*\bRunning\b", shown, re.MULTILINE))
    assert len(wanted) > 50
    assert wanted == running


async def test_queues_rules_agents_and_dialplan_are_there(asterisk: PrivateAsterisk) -> None:
    queues = await asterisk.cli("queue show")
    for name in (*QUEUES, "fallback"):
        assert f"{name} has 0 calls" in queues
    assert "After 3 seconds, adjust QUEUE_MAX_PENALTY to 10" in await asterisk.cli(
        "queue show rules"
    )
    endpoints = await asterisk.cli("pjsip show endpoints")
    for name in AGENTS:
        assert f"agent-{name}" in endpoints
    assert "AGI(${IVR_AGI})" in await asterisk.cli("dialplan show hotline")
    assert "music/calm" in await asterisk.cli("moh show files")


async def test_booting_logs_no_error_and_no_warning(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    running = await start_on_free_ports(run_folder, asterisk_installation)
    try:
        log = running.plan.log_file.read_text()
    finally:
        await running.stop()
    assert "22." in log.splitlines()[0] or asterisk_installation.major != 22
    assert not re.findall(r".*\b(?:ERROR|WARNING)\b.*", log)


async def test_stop_leaves_no_process_socket_port_or_file(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    running = await start_on_free_ports(run_folder, asterisk_installation)
    assert running.alive and running.plan.control_socket.exists()
    await running.stop()
    await running.stop()
    assert not running.alive
    assert not there(Path(f"/proc/{running.mark.pid}"))
    assert not there(run_folder)
    for kind, port in (
        (socket.SOCK_DGRAM, running.plan.sip_port),
        (socket.SOCK_STREAM, running.plan.ami_port),
    ):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


async def test_a_lasting_run_folder_keeps_its_log_only(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    plan = with_free_ports(AsteriskPlan(run_folder, ephemeral=False))
    async with private_asterisk(plan, asterisk_installation):
        pass
    assert plan.log_file.is_file()
    assert not plan.control_socket.exists()
    assert runfile.read(run_folder) is None


async def test_two_side_by_side_but_not_in_one_folder(
    asterisk: PrivateAsterisk, asterisk_installation: Installation, run_folder: Path
) -> None:
    running = await start_on_free_ports(run_folder, asterisk_installation)
    try:
        assert asterisk.alive and running.alive
        with pytest.raises(AsteriskError, match=f"process {running.mark.pid}. already runs"):
            await start(with_free_ports(running.plan), asterisk_installation)
        assert running.alive
        found = attach(run_folder, asterisk_installation)
        assert found is not None and found.plan == running.plan
        assert "fallback has" in await found.cli("queue show fallback")
    finally:
        await running.stop()
    assert attach(run_folder, asterisk_installation) is None


async def test_a_note_of_a_dead_process_is_no_obstacle(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    make_stale(run_folder)
    running = await start_on_free_ports(run_folder, asterisk_installation)
    await running.stop()
    assert not there(run_folder)


async def test_a_busy_port_is_told_before_anything_starts(
    asterisk: PrivateAsterisk, asterisk_installation: Installation, run_folder: Path
) -> None:
    plan = replace(with_free_ports(AsteriskPlan(run_folder)), sip_port=asterisk.plan.sip_port)
    with pytest.raises(AsteriskError, match=f"SIP port .*:{asterisk.plan.sip_port}/udp"):
        await start(plan, asterisk_installation)
    assert not there(run_folder)


async def test_a_start_that_fails_says_why_and_leaves_nothing(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    broken = replace(asterisk_installation, module_folder=Path("/nonexistent"))
    with pytest.raises(AsteriskError, match="ended while it started"):
        await start(with_free_ports(AsteriskPlan(run_folder)), broken)
    assert not there(run_folder)


async def test_a_console_command_is_one_line(asterisk: PrivateAsterisk) -> None:
    with pytest.raises(AsteriskError, match="one line"):
        await asterisk.cli("core show version\ncore stop now")
    assert asterisk.alive


PARENT = """
import asyncio, sys
from pathlib import Path
from ivr.telephony.private_asterisk import AsteriskPlan, find, start, with_free_ports

async def main():
    running = await start(with_free_ports(AsteriskPlan(Path(sys.argv[1]))), find())
    print(running.mark.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is Linux's")
def test_it_ends_with_a_parent_that_is_killed(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(run_folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as parent:
        assert parent.stdout is not None
        mark = ProcessMark.of(int(parent.stdout.readline()))
        assert mark.alive
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while mark.alive:
        assert time.monotonic() < deadline, "Asterisk outlives its parent"
        time.sleep(0.05)


async def test_a_hotline_can_be_pointed_elsewhere(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    running = await start_on_free_ports(run_folder, asterisk_installation)
    try:
        await running.point_hotline_at("127.0.0.1", 4999)
        shown = await running.cli("dialplan show globals")
        assert "IVR_AGI=agi://127.0.0.1:4999/call" in shown
        assert running.plan.agi_url == "agi://127.0.0.1:4999/call"
    finally:
        await running.stop()


async def test_stopping_from_many_sides_at_once(
    asterisk_installation: Installation, run_folder: Path
) -> None:
    running = await start_on_free_ports(run_folder, asterisk_installation)
    await asyncio.gather(running.stop(), running.stop())
    assert not running.alive
