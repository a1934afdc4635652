"""Starts a private Asterisk, waits until it is ready, talks to it, and stops it."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import leash, runfile
from ivr.telephony.private_asterisk.fetcher import Progress
from ivr.telephony.private_asterisk.installation import Installation, find_or_fetch
from ivr.telephony.private_asterisk.plan import AsteriskPlan
from ivr.telephony.private_asterisk.ports import check_ports
from ivr.telephony.private_asterisk.renderer import render
from ivr.telephony.private_asterisk.runfile import ProcessMark

__all__ = ["PrivateAsterisk", "attach", "private_asterisk", "start"]

BOOT_SECONDS = 60.0
STOP_SECONDS = 10.0
CLI_SECONDS = 30.0
_POLL_SECONDS = 0.05
_LAST_WORDS_SECONDS = 2.0


class PrivateAsterisk:
    """A running Asterisk of ours. Made by `start`, `attach` or `private_asterisk`."""

    def __init__(self, plan: AsteriskPlan, installation: Installation, mark: ProcessMark) -> None:
        self.plan = plan
        self.installation = installation
        self.mark = mark
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self.mark.alive

    async def cli(self, command: str) -> str:
        """Run one command of Asterisk's console and give what it printed.

        Raises:
            AsteriskError: it is not running, or does not answer within 30 s.
        """
        if any(char in command for char in "\r\n\0"):
            raise AsteriskError("a console command is one line")
        return await asyncio.to_thread(self._cli, command)

    async def point_hotline_at(self, address: str, port: int) -> None:
        """Hand the calls that come from now on to a bot at another address."""
        self.plan = self.plan.with_agi(address, port)
        await self.cli(f"dialplan set global IVR_AGI {self.plan.agi_url}")

    async def renew(self, plan: AsteriskPlan) -> None:
        """Take the phones and the standing queue members of another plan; ports stay as they are.

        Raises:
            AsteriskError: for a value its settings cannot hold, or if its console does not answer.
        """
        self.plan = replace(self.plan, agents=plan.agents, queues=plan.queues)
        folder = self.installation
        try:
            await asyncio.to_thread(render, self.plan, folder.module_folder, folder.data_folder)
        except OSError as error:
            raise AsteriskError(f"Asterisk's settings could not be written: {error}") from error
        runfile.write(self.plan, self.mark)
        await self.cli("module reload res_pjsip.so")
        await self.cli("queue reload members")

    async def start_again(self) -> None:
        """Start one with the same plan after this one has ended by itself; it is leashed.

        Raises:
            AsteriskError: it still runs, a port is busy, or it did not start.
        """
        fresh = await start(self.plan, self.installation)
        self.mark, self._child = fresh.mark, fresh._child

    async def stop(self) -> None:
        """End it and remove its socket, its note and, if ephemeral, its folder. Idempotent."""
        if self.alive:
            with contextlib.suppress(AsteriskError):
                await asyncio.to_thread(self._cli, "core stop now", STOP_SECONDS)
        for ending in (None, signal.SIGTERM, signal.SIGKILL):
            if ending is not None and self.alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.mark.pid, ending)
            if await self._gone_within(STOP_SECONDS):
                break
        else:
            raise AsteriskError(f"Asterisk (process {self.mark.pid}) does not end")
        _clean(self.plan)

    def _cli(self, command: str, seconds: float = CLI_SECONDS) -> str:
        try:
            done = subprocess.run(
                [*self.installation.command, "-C", str(self.plan.conf_file), "-rx", command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            raise AsteriskError(
                f"Asterisk (process {self.mark.pid}) does not answer on its console"
            ) from None
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip() or "no message"
            raise AsteriskError(f"Asterisk's console refused: {said}")
        return done.stdout

    async def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    async def _wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(BOOT_SECONDS):
                await self._boot()
        except TimeoutError:
            raise AsteriskError(
                _why(self.plan, f"Asterisk was not ready within {BOOT_SECONDS:.0f} s")
            ) from None
        except AsteriskError:
            # Its console fails first when it gives up; the log then says why.
            if not await self._gone_within(_LAST_WORDS_SECONDS):
                raise
            raise AsteriskError(_why(self.plan, "Asterisk ended while it started")) from None

    async def _boot(self) -> None:
        while not self.plan.control_socket.exists():
            if not self.alive:
                raise AsteriskError("ended")
            await asyncio.sleep(_POLL_SECONDS)
        while True:
            with contextlib.suppress(AsteriskError):
                await self.cli("core waitfullybooted")
                break
            if not self.alive:
                raise AsteriskError("ended")
            await asyncio.sleep(_POLL_SECONDS)
        # Asterisk boots on when it could not bind: ask for what matters.
        if "transport-udp" not in await self.cli("pjsip show transports"):
            raise AsteriskError(_why(self.plan, f"the SIP port {self.plan.sip_port} was not bound"))
        await _knock(self.plan)


async def _knock(plan: AsteriskPlan) -> None:
    try:
        async with asyncio.timeout(CLI_SECONDS):
            reader, writer = await asyncio.open_connection(plan.ami_address, plan.ami_port)
            try:
                banner = await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        raise AsteriskError(
            _why(plan, f"AMI does not answer on {plan.ami_address}:{plan.ami_port} ({error})")
        ) from error
    if not banner.startswith(b"Asterisk Call Manager/"):
        raise AsteriskError(f"somebody else answers on the AMI port {plan.ami_port}")


async def start(
    plan: AsteriskPlan, installation: Installation, *, leashed: bool = True
) -> PrivateAsterisk:
    """Render the run folder, start Asterisk and wait until it takes calls.

    `leashed` means that Asterisk ends when this process does, even by SIGKILL (Linux); call it
    from a thread that lives as long as the Asterisk is wanted. Without it, it stays until `stop`.

    Raises:
        AsteriskError: a port is busy, one already runs in that folder, or it did not start.
    """
    if (noted := runfile.read(plan.run_folder)) is not None:
        if noted[1].alive:
            raise AsteriskError(
                f"an Asterisk (process {noted[1].pid}) already runs in {plan.run_folder}. "
                "Stop it with `ivr asterisk stop`, or choose another run folder."
            )
        _clean(noted[0])  # its process is gone: a crash, or the machine was restarted
    check_ports(plan)
    try:
        render(plan, installation.module_folder, installation.data_folder)
        child = _spawn(plan, installation, leashed=leashed)
    except OSError as error:
        raise AsteriskError(f"Asterisk could not be started: {error}") from error
    asterisk = PrivateAsterisk(plan, installation, ProcessMark.of(child.pid))
    asterisk._child = child
    try:
        runfile.write(plan, asterisk.mark)
        await asterisk._wait_until_ready()
    except BaseException:
        await asterisk.stop()
        raise
    return asterisk


def attach(run_folder: Path, installation: Installation) -> PrivateAsterisk | None:
    """The Asterisk that another process started in `run_folder`; None if none runs there."""
    noted = runfile.read(run_folder.absolute())
    if noted is None or not noted[1].alive:
        return None
    return PrivateAsterisk(noted[0], installation, noted[1])


@asynccontextmanager
async def private_asterisk(
    plan: AsteriskPlan,
    installation: Installation | None = None,
    progress: Progress = lambda line: None,
) -> AsyncIterator[PrivateAsterisk]:
    """An Asterisk for as long as the block lasts; fetched first if the machine has none."""
    if installation is None:
        installation = await asyncio.to_thread(find_or_fetch, progress)
    asterisk = await start(plan, installation)
    try:
        yield asterisk
    finally:
        await asterisk.stop()


def _spawn(
    plan: AsteriskPlan, installation: Installation, *, leashed: bool
) -> "subprocess.Popen[bytes]":
    command = [*installation.command, "-f", "-C", str(plan.conf_file)]
    if leashed and sys.platform == "linux":
        command = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *command]
    with plan.console_file.open("wb") as console:
        return subprocess.Popen(
            command,
            cwd=plan.run_folder,
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we then stop it in order
        )


def _clean(plan: AsteriskPlan) -> None:
    if plan.ephemeral:
        shutil.rmtree(plan.run_folder, ignore_errors=True)
        return
    runfile.forget(plan.run_folder)
    for leftover in (plan.control_socket, plan.run_folder / "asterisk.pid"):
        leftover.unlink(missing_ok=True)


def _why(plan: AsteriskPlan, what: str) -> str:
    """`what`, with the last errors Asterisk wrote, since its log may be removed with the folder."""
    lines: list[str] = []
    for path in (plan.console_file, plan.log_file):
        with contextlib.suppress(OSError):
            lines += path.read_text(errors="replace").splitlines()
    faults = [line for line in lines if "ERROR" in line] or lines
    return "\n  ".join([what + ":", *faults[-5:]]) if faults else what
