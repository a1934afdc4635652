"""`make demo`: a scripted caller speaks to the bank hotline and reaches an agent."""

import asyncio
import sys
import time
from pathlib import Path

from rich.console import Console

from ivr.cli.live import LiveView
from ivr.cli.main import report
from ivr.errors import IvrError
from ivr.server.settings import project_root
from tests.demo.call import Evidence, place_call
from tests.demo.checks import checked
from tests.demo.pictures import keep_pictures
from tests.house_fixture import open_hotline, settings_on_free_ports

PATIENCE = 120.0
"""A demonstration that takes longer hangs."""


async def demonstrate(console: Console, folder: Path) -> int:
    started = time.monotonic()
    view = LiveView(console)
    settings = settings_on_free_ports(folder)
    async with open_hotline(
        settings,
        sinks=(view.show,),
        progress=lambda line: console.print(f"  {line}", style="dim", markup=False, soft_wrap=True),
    ) as hotline:
        ready = time.monotonic() - started
        console.print(f"  ready after {ready:.1f} s; calling {hotline.uri}\n", style="dim")
        async with asyncio.timeout(PATIENCE):
            evidence = await place_call(hotline, folder)
    return summarise(console, evidence, folder)


def summarise(console: Console, evidence: Evidence, folder: Path) -> int:
    console.print()
    results = checked(evidence)
    for holds, what in results:
        mark, style = ("yes", "green") if holds else ("NO", "bold red")
        console.print(f"  {mark:<4}", style=style, end="")
        console.print(what, markup=False)
    console.print()
    for name, path in keep_pictures(evidence, folder):
        console.print(f"  {name:<10} {path}", markup=False, soft_wrap=True)
    console.print("  next       make serve, and beside it .venv/bin/ivr top (or ivr top --demo)")
    return 0 if all(holds for holds, _ in results) else 1


def main() -> int:
    console = Console(highlight=False)
    folder = project_root() / ".run" / "demo"
    console.print("One call to the bank hotline, with real parts everywhere.", style="bold")
    try:
        return asyncio.run(demonstrate(console, folder))
    except IvrError as error:
        return report(error)
    except TimeoutError as error:
        console.print(f"the call did not go as it should: {error}", style="red", markup=False)
        return 1


if __name__ == "__main__":
    sys.exit(main())
