"""`ivr bench api`: how late audio frames come while clients follow every call by the API."""

import asyncio
import json
import sys
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ivr.cli.bench.control import GeneratedApi, generated_api

FRAME_SECONDS = 0.02
AGENTS = 60
SLICES = 25
"""What happens in half a second is told in so many parts, one a frame."""

_CLIENT = """
import asyncio, sys
from pathlib import Path
from ivr.server.api.client import api_of

async def follow(api):
    count = 0
    async for message in api.stream("/v1/stream", topics="records,screens,alarms"):
        count += 1
        if count == 1:
            print("ready", flush=True)

async def main():
    async with api_of(Path(sys.argv[1]), environment={}) as api, asyncio.TaskGroup() as group:
        for _ in range(int(sys.argv[2])):
            group.create_task(follow(api))

asyncio.run(main())
"""


def bench_api(
    calls: Annotated[int, typer.Option(min=1, max=5000, help="Calls at the same time.")] = 200,
    clients: Annotated[int, typer.Option(min=1, max=60, help="Streams of everything.")] = 5,
    seconds: Annotated[int, typer.Option(min=2, max=3600, help="Of each measurement.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Follow many calls by the control API, and see whether 20 ms frames come late for it."""
    found = asyncio.run(_measure(calls, clients, seconds))
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("", "p50 ms", "p99 ms", "max ms", "longest tick ms", "CPU % of a core"):
        table.add_column(column, justify="left" if not column else "right")
    for name, row in found.items():
        table.add_row(name, *(f"{row[key]:.2f}" for key in ("p50", "p99", "max", "tick", "cpu")))
    Console(highlight=False).print(table)


async def _measure(calls: int, clients: int, seconds: int) -> dict[str, dict[str, float]]:
    async with generated_api(calls, AGENTS) as api:
        await _frames(api, 3)  # until all is loaded and warm
        found = {"nobody follows": await _frames(api, seconds)}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CLIENT, str(api.runs), str(clients)),
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            for _ in range(clients):
                await process.stdout.readline()
            found[f"{clients} clients"] = await _frames(api, seconds)
            assert api.control.hub.count == clients, "a client was dropped"
        finally:
            process.kill()
            await process.wait()
    return found


async def _frames(api: GeneratedApi, seconds: int) -> dict[str, float]:
    """How late each frame's turn in the event loop came, the longest tick of the streams in
    processor time (which other programs do not lengthen), and that of this process."""
    late: list[float] = []
    ticks: list[float] = [0.0]
    hub: Any = api.control.hub
    tell = hub.tell_changes

    def timed() -> None:
        began = time.thread_time()
        tell()
        ticks.append(time.thread_time() - began)

    hub.tell_changes = timed
    due, spent = time.perf_counter(), time.process_time()
    for _ in range(seconds * 2):
        told = api.hotline.step()
        for part in range(SLICES):
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            late.append(max(0.0, time.perf_counter() - due))
            api.tell(told[part::SLICES])
    late.sort()
    hub.tell_changes = tell
    return {
        "p50": 1000 * late[len(late) // 2],
        "p99": 1000 * late[len(late) * 99 // 100],
        "max": 1000 * late[-1],
        "tick": 1000 * max(ticks),
        "cpu": 100 * (time.process_time() - spent) / seconds,
    }
