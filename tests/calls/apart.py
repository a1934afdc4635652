"""An Asterisk and a server that run apart, each by its own command, as in production."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivr.server.plans import Plans, plan_asterisk, read_plans
from ivr.server.settings import Settings, load_settings, project_root
from ivr.telephony.private_asterisk import AsteriskPlan, free_port, with_free_ports
from tests.calls.guests import PATIENCE, until
from tests.phone import AgentPhone, Answer, Call

UP = "The hotline is up."


@dataclass(frozen=True, slots=True)
class Site:
    """One settings file, what it says, and the run folder of its Asterisk."""

    file: Path
    settings: Settings
    plans: Plans
    run_folder: Path

    @property
    def plan(self) -> AsteriskPlan:
        return plan_asterisk(self.settings, self.plans)

    async def asterisk(self, *words: str) -> str:
        """Run `ivr asterisk ...` and give what it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ivr", "asterisk", words[0], "--run", str(self.run_folder)),
            *words[1:],
            cwd=project_root(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(2 * PATIENCE):
            out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        return out.decode()

    async def ivr(self, *words: str) -> tuple[int, str]:
        """Run `ivr ...` with these settings; its exit code, and all that it printed."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "ivr", *words, "--settings", str(self.file)),
            cwd=project_root(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(2 * PATIENCE):
            out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()

    async def no_channels(self) -> None:
        async with asyncio.timeout(2 * PATIENCE):
            while (await self.asterisk("cli", "core show channels concise")).strip():  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def agent(self, name: str) -> AgentPhone:
        password = next(phone.password for phone in self.plan.agents if phone.name == name)
        return AgentPhone(
            username=f"agent-{name}",
            password=password,
            registrar=f"sip:{self.plan.address}:{self.plan.sip_port}",
            behaviour=Answer(after=0.1),
        )


@asynccontextmanager
async def started_site(flow: str = "flows/bank", more: str = "") -> AsyncIterator[Site]:
    """A new site with its Asterisk, started by `ivr asterisk start`; no server."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        place = new_site(Path(folder), flow, more=more)
        await place.asterisk("start", "--settings", str(place.file))
        try:
            yield place
        finally:
            assert "stopped process" in await place.asterisk("stop")


def new_site(
    folder: Path,
    flow: str = "flows/bank",
    *asterisk: str,
    agents: str = "flows/agents.yaml",
    more: str = "",
) -> Site:
    """These agents and flows on ports that nobody uses.

    `asterisk` are more lines of the settings' section of that name, `more` are other sections.
    """
    root = project_root()
    free = with_free_ports(AsteriskPlan(folder))
    ports = [free_port(socket.SOCK_STREAM) for _ in range(2)]
    file = folder / "ivr.toml"
    paths = {"flow": flow, "agents": agents, "models": "models"}
    paths["prompts"] = "audio_prompts"
    file.write_text(
        "\n".join(
            [
                "[asterisk]",
                f"sip_port = {free.sip_port}",
                f"ami_port = {free.ami_port}",
                f"rtp_ports = [{free.rtp_first}, {free.rtp_last}]",
                *asterisk,
                "[server]",
                f"agi_port = {ports[0]}",
                f"audio_port = {ports[1]}",
                "[api]",
                "port = 0",
                "[paths]",
                *(f'{name} = "{root / path}"' for name, path in paths.items()),
                'runs = "runs"',
                more,
            ]
        ),
        encoding="utf-8",
    )
    settings = load_settings(file, {})
    return Site(file, settings, read_plans(settings), folder / "asterisk")


@dataclass(frozen=True, slots=True)
class Server:
    """A server process and its output on the terminal."""

    process: Process
    notes: Path

    @property
    def text(self) -> str:
        return self.notes.read_text(encoding="utf-8")

    def saw(self, node: str) -> bool:
        """Whether a call has come to this node, by its journal records on stdout."""
        return self.visits(node) > 0

    def visits(self, node: str) -> int:
        """How often calls have come to this node."""
        return self.text.count(f'"kind": "EnterNode", "data": {{"node": "{node}"')

    @property
    def children(self) -> list[int]:
        """Its own child processes."""
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@asynccontextmanager
async def server(site: Site, *command: str, **environment: str) -> AsyncIterator[Server]:
    """`ivr serve` beside an Asterisk that is there already; stopped at the end of the block."""
    notes = site.file.parent / "server.log"
    words = command or ("-m", "ivr", "serve", "--json", "--settings", str(site.file))
    with notes.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            cwd=project_root(),
            env={
                **os.environ,
                "IVR_ASTERISK_MODE": "external",
                "PYTHONUNBUFFERED": "1",
                **environment,
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    running = Server(process, notes)
    try:
        await until(
            lambda: UP in running.text or process.returncode is not None, lambda: running.text
        )
        assert process.returncode is None, running.text
        yield running
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await process.wait()


async def meet(
    caller: Call, agent: AgentPhone, voice: bytes, joined: Callable[[], bool] = lambda: True
) -> None:
    """Wait until the agent has the caller on the line, and both hear each other.

    `joined` tells when they are, where the agent hears a whisper first.
    """
    answered = await agent.next_call(timeout=2 * PATIENCE)
    await answered.answered
    await until(joined, "caller and agent were not joined")
    async with asyncio.TaskGroup() as both:
        both.create_task(answered.speak(voice))
        both.create_task(caller.speak(voice))
    await caller.heard_audio(voice)
    await answered.heard_audio(voice)
