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


def show_soak(measuring: Any, calls: int, at_once: int, as_json: bool, machine: str) -> None:
    """Run it and show the levels before and after.

    Raises:
        Exit: with status 1 if something countable was not given back.
    """
    screen = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("short calls", total=calls)
        result = asyncio.run(
            measuring.soak(calls, at_once, lambda n: progress.update(task, completed=n))
        )
    before, halfway, after = (asdict(one) for one in (result.before, result.halfway, result.after))
    if as_json:
        print(json.dumps({"machine": machine, **asdict(result)}, indent=2))
    else:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
        table.add_column("held")
        table.add_column("before", justify="right")
        table.add_column("halfway", justify="right")
        table.add_column("after", justify="right")
        for name, value in before.items():
            unit = " MiB" if isinstance(value, float) else ""
            levels = (value, halfway[name], after[name])
            table.add_row(name.replace("_", " "), *(f"{level:.4g}{unit}" for level in levels))
        console = Console(highlight=False)
        console.print(table)
        ends = ", ".join(f"{count} {name}" for name, count in sorted(result.outcomes.items()))
        console.print(f"{calls} calls in {result.seconds:.0f} s, {at_once} at once: {ends}")
        console.print(machine, style="dim")
    countable = ("channels", "sockets", "files", "threads", "tasks")
    if any(after[name] > before[name] for name in countable):
        raise typer.Exit(1)
