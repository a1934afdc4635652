"""`ivr bench engine`: how long one step of the dialogue takes, and reading and checking a flow."""

import gc
import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ivr.cli.collection import collection_paused
from ivr.cli.generated_flow import generated_flow
from ivr.dialogue import engine
from ivr.dialogue.events import Event
from ivr.dialogue.simulator import Simulator
from ivr.flow.checks.every import check_flows
from ivr.flow.issues import Issue
from ivr.flow.library import load_book, read_texts
from ivr.flow.model import FlowBook
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu
from ivr.server.settings import load_settings

STEP_GOAL = 20.0
"""Microseconds."""

CHECK_GOAL = 1.0
"""Seconds."""


def bench_engine(
    nodes: Annotated[int, typer.Option(min=10, max=2000, help="Nodes of the generated flow.")] = (
        1000
    ),
    calls: Annotated[int, typer.Option(min=10, max=100_000, help="Calls played.")] = 1000,
    flow: Annotated[Path | None, typer.Option(help="The flow they walk; else the settings'.")] = (
        None
    ),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Measure a step of the dialogue, and validate plus lint of a generated flow."""
    settings = load_settings()
    book = load_book(flow or settings.path(settings.paths.flow))
    name = "main" if "main" in book.flows else next(iter(book.flows))
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}",
        "step": steps_measured(book, name, calls),
        "check": checks_measured(nodes),
    }
    if as_json:
        print(json.dumps(result, indent=2))
    else:
        _show(result)


def steps_measured(book: FlowBook, flow: str, calls: int) -> dict[str, float]:
    """Microseconds a step: what calls do is recorded first, then stepped through with a clock."""
    scripts = list(_scripts(book, flow))
    begin = time.perf_counter()
    for number in range(calls):
        scripts[number % len(scripts)]()
    conversations = calls / (time.perf_counter() - begin)
    recorded = [_events(script()) for script in scripts]
    gc.collect()
    times: list[float] = []
    busy = time.process_time()
    for number in range(calls):
        state = engine.start(book, flow)
        for event in recorded[number % len(recorded)]:
            begin = time.perf_counter()
            state, _ = engine.step(book, state, event)
            times.append(time.perf_counter() - begin)
    busy = time.process_time() - busy
    times.sort()
    return {
        "steps": len(times),
        "mean_cpu_us": round(busy / len(times) * 1e6, 2),
        "mean_us": round(statistics.fmean(times) * 1e6, 2),
        "p50_us": round(times[len(times) // 2] * 1e6, 2),
        "p99_us": round(times[int(len(times) * 0.99)] * 1e6, 2),
        "goal_us": STEP_GOAL,
        "conversations_per_second": round(conversations, 1),
    }


def _scripts(book: FlowBook, flow: str) -> Iterator[Callable[[], Simulator]]:
    """One call for each choice of each menu, spoken and keyed: what callers do all day."""
    found = book.flow(flow)
    menus = [node for node in found.nodes.values() if isinstance(node, Menu)]
    for menu in menus:
        for choice in menu.choices:
            yield lambda choice=choice: _call(book, flow, choice)  # type: ignore[misc]


def _call(book: FlowBook, flow: str, choice: Choice) -> Simulator:
    simulator = Simulator(book, flow)
    simulator.start()
    said = next(iter(choice.phrases.get(book.flow(flow).languages[0], ())), "")
    for _ in range(3):
        if said and not simulator.state.ended:
            simulator.say(said)
        if choice.key and not simulator.state.ended:
            simulator.press(choice.key)
    simulator.press("6688")
    simulator.press("1")
    simulator.until_turn()
    simulator.end_transfer("answered")
    if not simulator.state.ended:
        simulator.hang_up()
    return simulator


def _events(simulator: Simulator) -> list[Event]:
    return [what for _, what in simulator.log if type(what).__module__ == "ivr.dialogue.events"]  # type: ignore[misc]


def checks_measured(nodes: int) -> dict[str, Any]:
    """Seconds to read, validate and lint a generated flow, the best of three."""
    text = generated_flow(nodes)
    found: list[tuple[float, float, float, tuple[Issue, ...]]] = []
    for _ in range(3):
        gc.collect()
        with collection_paused():  # as `ivr validate` and `ivr lint` do
            begin, busy = time.perf_counter(), time.process_time()
            flows, read = read_texts({"generated.yaml": text})
            middle = time.perf_counter()
            issues = check_flows(flows, read)
            end, busy = time.perf_counter(), time.process_time() - busy
            found.append((middle - begin, end - middle, busy, issues))
    validate, lint, _, issues = min(found, key=lambda one: one[0] + one[1])
    return {
        "nodes": nodes,
        "bytes": len(text.encode()),
        "validate_seconds": round(validate, 3),
        "lint_seconds": round(lint, 3),
        "both_seconds": round(validate + lint, 3),
        "first_seconds": round(found[0][0] + found[0][1], 3),
        "cpu_seconds": round(min(one[2] for one in found), 3),
        "goal_seconds": CHECK_GOAL,
        "issues": len(issues),
    }


def _show(result: dict[str, Any]) -> None:
    step, check = result["step"], result["check"]
    table = Table(box=None, pad_edge=False)
    for column in ("", "measured", "goal"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row("step, mean, CPU", f"{step['mean_cpu_us']:.1f} us", f"< {STEP_GOAL:g} us")
    for name in ("mean", "p50", "p99"):
        table.add_row(f"step, {name}", f"{step[f'{name}_us']:.1f} us", "")
    table.add_row("conversations a second", f"{step['conversations_per_second']:.0f}", "")
    size = f"{check['nodes']} nodes"
    table.add_row(f"validate {size}", f"{check['validate_seconds']:.2f} s", "")
    table.add_row(f"lint {size}", f"{check['lint_seconds']:.2f} s", "")
    table.add_row("both", f"{check['both_seconds']:.2f} s", f"< {CHECK_GOAL:g} s")
    table.add_row("both, CPU", f"{check['cpu_seconds']:.2f} s", "")
    table.add_row("both, the first time", f"{check['first_seconds']:.2f} s", "")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{step['steps']} steps, {check['issues']} issues", style="dim")
    console.print(result["machine"], style="dim")
