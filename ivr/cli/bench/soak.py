"""`ivr bench soak`: many short calls, and whether all they took is given back."""

import asyncio
import json
from dataclasses import asdict
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

COUNTABLE = ("channels", "sockets", "files", "threads", "tasks")
POOLED = 4
"""Files that the record's pool of connections opens at some time, and keeps."""
MARGIN = 4.0
"""MiB by which the server's memory may be above the start; a leak grows with the calls."""

ROWS = {
    "channels": "channels",
    "sockets": "sockets",
    "files": "open files, sockets among them",
    "threads": "threads",
    "tasks": "tasks",
    "blocks": "Python's allocations",
    "malloc_used": "malloc, in use, MiB",
    "malloc_kept": "malloc, kept free, MiB",
    "rss": "server's memory, MiB",
    "asterisk_rss": "Asterisk's memory, MiB",
}


def show_soak(measuring: Any, calls: int, at_once: int, as_json: bool, machine: str) -> None:
    """Run it and show what was held before, at each quarter and after.

    Raises:
        Exit: with status 1 if something was not given back.
    """
    screen = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("short calls", total=calls)
        result = asyncio.run(
            measuring.soak(calls, at_once, lambda n: progress.update(task, completed=n))
        )
    levels = [asdict(level) for level in result.levels]
    if as_json:
        print(json.dumps({"machine": machine, **asdict(result)}, indent=2))
    else:
        _show(result, levels, f"{at_once} at once", machine)
    before, after = levels[0], levels[-1]
    allowed = {name: before[name] for name in COUNTABLE} | {"files": before["files"] + POOLED}
    grown = [name for name in COUNTABLE if after[name] > allowed[name]]
    if after["rss"] > before["rss"] + MARGIN:
        grown.append("memory")
    if grown:
        screen.print(f"not given back: {', '.join(grown)}", style="red")
        raise typer.Exit(1)


def _show(result: Any, levels: list[dict[str, Any]], how: str, machine: str) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("held after so many calls")
    for level in levels:
        table.add_column(str(level["calls"]), justify="right")
    for name, title in ROWS.items():
        table.add_row(title, *(_figure(level[name]) for level in levels))
    console = Console(highlight=False)
    console.print(table)
    ends = ", ".join(f"{count} {name}" for name, count in sorted(result.outcomes.items()))
    console.print(f"{result.calls} calls in {result.seconds:.0f} s, {how}")
    console.print(f"with the warm-up: {ends}; {result.missed} times an agent did not answer")
    console.print(machine, style="dim")


def _figure(value: float) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
