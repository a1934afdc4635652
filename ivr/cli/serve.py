"""`ivr serve`: run the hotline until Ctrl-C, and show its calls as they happen."""

import asyncio
import logging
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

from ivr.call.journal import Sink
from ivr.cli.aside import Aside, LogAside
from ivr.cli.json_output import print_json_line
from ivr.cli.live import LiveView
from ivr.cli.options import SettingsFile
from ivr.server.open_files import allow_many
from ivr.server.phones import PASSWORDS_FILE
from ivr.server.plans import Plans, plan_asterisk, read_plans, shown
from ivr.server.published import in_force
from ivr.server.settings import Settings, load_settings
from ivr.server.watchdog import Watchdog
from ivr.telephony.private_asterisk import AsteriskPlan


def serve(
    settings_file: SettingsFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print journal records instead, one a line.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no calls.")] = False,
) -> None:
    """Run the hotline until Ctrl-C."""
    settings = load_settings(settings_file)
    allow_many()
    screen = Console(highlight=False)
    notes = Console(stderr=True, highlight=False)
    with ExitStack() as beside:
        beside.enter_context(show_logs(notes))
        plans = read_plans(in_force(settings))
        for issue in plans.warnings:
            notes.print(f"warning: {issue}", style="yellow", markup=False, soft_wrap=True)
        sinks: list[Sink] = []
        if not quiet:
            show = print_json_line if as_json else LiveView(screen).show
            sinks.append(beside.enter_context(Aside(show)).write)
        asyncio.run(_serve(settings, plans, sinks, notes))


async def _serve(settings: Settings, plans: Plans, sinks: Sequence[Sink], notes: Console) -> None:
    from ivr.server.opening import open_house  # loads the speech engine

    plan = plan_asterisk(settings, plans)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with (
        open_house(
            settings,
            plans,
            sinks=sinks,
            plan=plan,
            progress=lambda line: notes.print(line, style="dim", markup=False),
        ) as house,
        Watchdog(),
    ):
        loop.add_signal_handler(signal.SIGHUP, house.reload_agents_soon)
        for line in how_to_reach(settings, plan):
            notes.print(line, markup=False, soft_wrap=True)
        await stop.wait()
        notes.print("stopping ...", style="dim")


def how_to_reach(settings: Settings, plan: AsteriskPlan) -> list[str]:
    """What a person with a softphone needs to know."""
    from ivr.server.record import shown_place  # loads the database's library

    runs = settings.path(settings.paths.runs)
    private = settings.asterisk.mode == "private"
    lines = ["The hotline is up."]
    if private:
        lines.append(f"  call it    {plan.hotline_uri}, from any softphone, no account needed")
        registering = [phone.endpoint for phone in plan.agents if not phone.contact]
        if registering:
            where = f"{plan.address}:{plan.sip_port}"
            lines.append(f"  agents     register at {where} as {registering[0]} or another of")
            lines.append(f"             {runs / PASSWORDS_FILE}, where the passwords are")
    else:
        lines.append(
            f"  Asterisk   {plan.ami_address}:{plan.ami_port}, sending calls to {plan.agi_url}"
        )
    lines.append(f"  record     {shown_place(settings)}")
    if settings.api.port:
        lines.append(
            f"  control    http://{settings.api.address}:{settings.api.port} (ivr tokens add)"
        )
    if plan.recordings and private:
        lines.append(f"  sound      {plan.recordings}")
    lines.append(f"  watch it   {own_name()} top, in another terminal with the same settings")
    lines.append("  stop it    Ctrl-C")
    return lines


def own_name() -> str:
    """How this program is called from here: its path, where the shell would not find it."""
    called = Path(sys.argv[0])
    if called.name != "ivr" or shutil.which("ivr"):
        return "ivr"
    return str(shown(called))


def show_logs(console: Console, level: int = logging.WARNING) -> LogAside:
    """Log messages from `level` up appear on the console, one calm line each, in its block."""
    handler = RichHandler(level, console, show_path=False, show_time=False, markup=False)
    aside = LogAside(handler)
    logging.basicConfig(level=level, handlers=[aside.entrance], format="%(message)s", force=True)
    return aside
