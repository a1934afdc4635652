"""`ivr asterisk`: fetch, start, stop and ask the private Asterisk."""

import asyncio
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.cli.options import AsJson, SettingsFile
from ivr.errors import AsteriskError, VoiceError
from ivr.server.plans import plan_asterisk, read_plans
from ivr.server.published import in_force
from ivr.server.settings import load_settings
from ivr.server.sounds import write_sounds
from ivr.speech.espeak_voice import EspeakVoice
from ivr.telephony.private_asterisk import (
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    PrivateAsterisk,
    attach,
    fetch,
    find,
    find_or_fetch,
    start,
)

app = typer.Typer(no_args_is_help=True)

Run = Annotated[
    Path | None, typer.Option("--run", help="The run folder; else one of your own per machine.")
]
_screen = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command("fetch")
def fetch_command(
    again: Annotated[bool, typer.Option("--again", help="Fetch anew what is there.")] = False,
) -> None:
    """Fetch Asterisk 22 without root (about 50 MB), unless one is there."""
    if not again and (found := find()) is not None:
        print(f"Asterisk {found.version} is there: {found.command[-1]}")
        return
    print(fetch(_say, again=again))


START_HELP = (
    "Start Asterisk with the queues and phones that the settings' flows and agents need, and leave "
    "it running until `ivr asterisk stop`.\n\n"
    "A server for it is started apart, with the same settings: IVR_ASTERISK_MODE=external ivr serve"
    "\n\n"
    "It may be stopped and started again; meanwhile the fallback queue takes the callers. The "
    "password of the manager interface (AMI) is asterisk.ami_secret of the settings or, without "
    "one, a secret that both find in the settings' folder for runs. What is given as an option "
    "here must be told to the server too: --ami-port 5039 as IVR_ASTERISK_AMI_PORT=5039."
)


@app.command("start", help=START_HELP)
def start_command(
    run: Run = None,
    settings_file: SettingsFile = None,
    sip_port: Annotated[int | None, typer.Option(help="UDP port for phones.")] = None,
    ami_port: Annotated[int | None, typer.Option(help="TCP port for the server.")] = None,
    agi_port: Annotated[int | None, typer.Option(help="TCP port where the bot listens.")] = None,
    rtp_first: Annotated[int | None, typer.Option(help="First UDP port for sound.")] = None,
    rtp_last: Annotated[int | None, typer.Option(help="Last UDP port for sound.")] = None,
    queue: Annotated[
        list[str] | None, typer.Option(help="A queue, instead of the flows'; may be repeated.")
    ] = None,
    agent: Annotated[
        list[str] | None,
        typer.Option(help="NAME=sip:ADDRESS:PORT of a phone, instead of the agents'; repeatable."),
    ] = None,
    recordings: Annotated[Path | None, typer.Option(help="Record calls into this folder.")] = None,
) -> None:
    """Start Asterisk as the settings' flows and agents need it; see `START_HELP`."""
    settings = load_settings(settings_file)
    given = {
        "run_folder": run_folder(run),
        "sip_port": sip_port,
        "ami_port": ami_port,
        "agi_port": agi_port,
        "rtp_first": rtp_first,
        "rtp_last": rtp_last,
        "queues": tuple(AsteriskQueue(name) for name in queue or ()) or None,
        "agents": tuple(_agent(text) for text in agent or ()) or None,
        "recordings": recordings,
    }
    plan: AsteriskPlan = replace(
        plan_asterisk(settings, read_plans(in_force(settings))),
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )
    asterisk = asyncio.run(_start(plan))
    print(f"Asterisk {asterisk.installation.version}, process {asterisk.mark.pid}")
    _show(asterisk)


async def _start(plan: AsteriskPlan) -> PrivateAsterisk:
    asterisk = await start(plan, await asyncio.to_thread(find_or_fetch, _say), leashed=False)
    try:
        async with EspeakVoice() as voice:
            await write_sounds(plan, voice)
    except VoiceError as error:
        _say(f"what Asterisk says without a server could not be spoken: {error}")
    return asterisk


@app.command("stop")
def stop_command(run: Run = None) -> None:
    """Stop it and remove its run folder."""
    folder = run_folder(run)
    if (asterisk := _attached(folder)) is None:
        print(f"no Asterisk runs in {folder}")
        return
    asyncio.run(asterisk.stop())
    print(f"stopped process {asterisk.mark.pid}")


@app.command("status")
def status_command(
    run: Run = None,
    as_json: AsJson = False,
) -> None:
    """Say whether it runs and on which ports. Exit status 1 if it does not."""
    folder = run_folder(run)
    asterisk = _attached(folder)
    if as_json:
        print(json.dumps(_facts(asterisk) if asterisk else {"running": False}, indent=2))
    elif asterisk is None:
        print(f"no Asterisk runs in {folder}")
    else:
        print(f"running, process {asterisk.mark.pid}")
        _show(asterisk)
    if asterisk is None:
        raise typer.Exit(1)


@app.command("cli")
def cli_command(
    command: Annotated[list[str], typer.Argument(help="Such as: queue show")], run: Run = None
) -> None:
    """Run one command of Asterisk's console."""
    folder = run_folder(run)
    if (asterisk := _attached(folder)) is None:
        raise AsteriskError(f"no Asterisk runs in {folder}. Start one: ivr asterisk start")
    print(asyncio.run(asterisk.cli(" ".join(command))).rstrip())


def run_folder(given: Path | None) -> Path:
    """The folder that `start` uses unless told otherwise: one for each user, gone after a boot."""
    if given is not None:
        return given.absolute()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_dir():
        return Path(runtime) / "ivr-asterisk"
    return Path(tempfile.gettempdir()) / f"ivr-asterisk-{os.getuid()}"


def _attached(folder: Path) -> PrivateAsterisk | None:
    installation = find()
    return attach(folder, installation) if installation else None


def _agent(text: str) -> AgentPhone:
    name, _, contact = text.partition("=")
    return AgentPhone(name, contact=contact)


def _facts(asterisk: PrivateAsterisk) -> dict[str, object]:
    plan = asterisk.plan
    return {
        "running": True,
        "pid": asterisk.mark.pid,
        "version": asterisk.installation.version,
        "hotline": plan.hotline_uri,
        "ami": f"{plan.ami_address}:{plan.ami_port}",
        "agi": plan.agi_url,
        "rtp": f"{plan.rtp_first}-{plan.rtp_last}",
        "queues": [queue.name for queue in plan.queues],
        "run_folder": str(plan.run_folder),
        "log": str(plan.log_file),
    }


def _show(asterisk: PrivateAsterisk) -> None:
    facts = _facts(asterisk)
    for name in ("hotline", "ami", "agi", "rtp", "log"):
        print(f"  {name:<8} {facts[name]}")


def _say(line: str) -> None:
    _screen.print(line, markup=False)
