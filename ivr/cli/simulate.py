"""`ivr simulate`: play calls through the routing code, and hold the simulator to exact figures."""

import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ivr.cli.options import AsJson
from ivr.cli.routing_speed import speed
from ivr.errors import SettingsError
from ivr.flow.need import Need
from ivr.flow.yaml_tree import MAX_BYTES
from ivr.routing.agents_file import load_agents
from ivr.routing.experiment import ALL, WARM_UP, Setup, by_class, estimates, play, repeat
from ivr.routing.figures import Estimate, Figures, judge_waits
from ivr.routing.formulas import QueueFigures, erlang_a, erlang_c
from ivr.routing.policies import policies
from ivr.routing.recorded_calls import parse_calls
from ivr.routing.scenario import CallClass, draw_calls
from ivr.routing.scenario_file import Scenario, check_scenario, parse_scenario
from ivr.routing.skills import Agent, Team
from ivr.server.settings import load_settings

app = typer.Typer(no_args_is_help=True)

Hours = Annotated[float, typer.Option(min=1, max=10_000, help="Length of one simulated day.")]
Runs = Annotated[int, typer.Option(min=2, max=200, help="Independent days.")]
Seed = Annotated[int, typer.Option(help="The same seed draws the same calls.")]

FIGURES = ("abandoned", "answer_wait", "service_level")


@app.command("queue")
def simulate_queue(
    file: Annotated[Path, typer.Argument(help="A scenario: who calls how often.")],
    agents: Annotated[Path | None, typer.Option(help="The agents file.")] = None,
    calls: Annotated[
        Path | None, typer.Option(help="Recorded calls (CSV) instead of drawn ones.")
    ] = None,
    hours: Hours = 10,
    runs: Runs = 10,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Play a scenario: how long callers wait and how many give up, class by class."""
    scenario = parse_scenario(_read(file), str(file))
    team = load_agents(_agents_path(agents, scenario, file))
    check_scenario(scenario, team)
    setup = Setup(scenario.classes, team, wrap_up=scenario.wrap_up, within=scenario.within)
    if calls is not None:
        recorded = parse_calls(_read(calls).splitlines(), scenario.classes, str(calls))
        _print_day(by_class(play(setup, iter(recorded)), setup.within), setup.within, as_json)
        return
    days = _days("simulating", setup, hours, runs, seed)
    kinds = [*(kind.name for kind in scenario.classes), ALL]
    found = {kind: estimates(days, kind) for kind in kinds if any(kind in day for day in days)}
    if as_json:
        plain = {kind: {n: asdict(e) for n, e in values.items()} for kind, values in found.items()}
        print(json.dumps(plain, indent=2))
        return
    table = _table("class", "calls a day", *_headings(setup.within), "longest s")
    for kind, values in found.items():
        table.add_row(kind, f"{values['calls'].mean:.0f}", *_columns(values))
    Console(highlight=False).print(table)
    _footnote(hours, runs, seed)


@app.command("check")
def check(hours: Hours = 200, runs: Runs = 10, seed: Seed = 1) -> None:
    """Hold the simulator against exact formulas; fails if a figure is out of its interval.

    Two 95 % margins are allowed: with a dozen figures one margin would be left now and then.
    """
    table = _table("queue", "figure", "exact", "simulated", "")
    wrong = 0
    for name, setup, exact in _known_queues():
        found = estimates(_days(name, setup, hours, runs, seed))
        for figure, heading in zip(FIGURES, _headings(20.0), strict=True):
            true = float(getattr(exact, figure))
            good = found[figure].holds(true, margins=2.0)
            wrong += not good
            show = _around if figure == "answer_wait" else _share
            table.add_row(
                name,
                heading,
                show(Estimate(true, 0.0)),
                show(found[figure]),
                "" if good else "OUT",
            )
    Console(highlight=False).print(table)
    _footnote(hours, runs, seed)
    if wrong:
        raise typer.Exit(1)


@app.command("policies")
def compare_policies(hours: Hours = 200, runs: Runs = 10, seed: Seed = 1) -> None:
    """Three kinds of calls, twelve agents: what sharing skills is worth."""
    table = _table("policy", "exactly", *_headings(20.0))
    for policy in policies():
        found = estimates(_days(policy.name, policy.setup, hours, runs, seed))
        exact = _share(Estimate(policy.exact.abandoned, 0.0)) if policy.exact else ""
        table.add_row(policy.name, exact, *_columns(found)[:3])
    console = Console(highlight=False)
    console.print(table)
    for policy in policies():
        console.print(f"{policy.name:<14}{policy.meaning}")
    _footnote(hours, runs, seed)


@app.command("waits")
def judge_expected_waits(hours: Hours = 200, seed: Seed = 1) -> None:
    """How far the wait that callers are told is from the wait they have."""
    table = _table("queue", "waited", "mean s", "bias s", "error s", "of mean s")
    setups = [
        *((name, setup) for name, setup, _ in _known_queues()),
        *((policy.name, policy.setup) for policy in policies() if policy.name == "ours"),
    ]
    for name, setup in setups:
        chances = tuple(random.Random(f"{seed}/{kind.name}") for kind in setup.classes)
        found = judge_waits(play(setup, draw_calls(setup.classes, hours, chances)), WARM_UP)
        seconds = (found.mean_wait, found.bias, found.error, found.error_of_mean)
        table.add_row(name, str(found.calls), *(f"{value:.1f}" for value in seconds))
    console = Console(highlight=False)
    console.print(table)
    console.print(
        "callers who waited and were answered; bias: told minus true; error: the mean",
        style="dim",
    )
    console.print("distance; of mean: the error of one who always tells the mean wait", style="dim")


def _known_queues() -> list[tuple[str, Setup, QueueFigures]]:
    service, rate = 180.0, 5 / 180
    team = Team(tuple(Agent(f"a{n}", f"PJSIP/a{n}", {"language.zh": 5}) for n in range(6)))
    impatient = CallClass("calls", Need(), "zh", 3600 * rate, service, patience=180.0)
    patient = CallClass("calls", Need(), "zh", 3600 * rate, service)
    shared = [
        (f"Erlang A, {policy.name}", policy.setup, policy.exact)
        for policy in policies()
        if policy.exact is not None
    ]
    return [
        ("Erlang C, 5 erl, 6 agents", Setup((patient,), team), erlang_c(rate, service, 6)),
        (
            "Erlang A, 5 erl, 6 agents",
            Setup((impatient,), team),
            erlang_a(rate, service, 6, 180.0),
        ),
        *shared,
    ]


def _days(name: str, setup: Setup, hours: float, runs: int, seed: int) -> list[dict[str, Figures]]:
    """Play all days, with a bar on a terminal: they take seconds to minutes."""
    days = repeat(setup, hours, runs, lambda stream: random.Random(f"{seed}/{stream}"))
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        return list(progress.track(days, total=runs, description=name))


def _print_day(figures: dict[str, Figures], within: float, as_json: bool) -> None:
    if as_json:
        print(json.dumps({kind: asdict(values) for kind, values in figures.items()}, indent=2))
        return
    table = _table("class", "calls", *_headings(within), "longest s")
    for kind, day in figures.items():
        table.add_row(
            kind,
            str(day.calls),
            f"{day.abandoned * 100:.1f}",
            f"{day.answer_wait:.1f}",
            f"{day.service_level * 100:.1f}",
            f"{day.longest:.0f}",
        )
    Console(highlight=False).print(table)


def _agents_path(given: Path | None, scenario: Scenario, file: Path) -> Path:
    if given is not None:
        return given
    if scenario.agents:
        return file.parent / scenario.agents
    settings = load_settings()
    return settings.path(settings.paths.agents)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(16 * MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 text (byte {error.start})") from error
    if len(text) > 16 * MAX_BYTES:
        raise SettingsError(f"{path}: longer than {16 * MAX_BYTES} characters")
    return text


def _columns(values: dict[str, Estimate]) -> tuple[str, str, str, str]:
    return (
        _share(values["abandoned"]),
        _around(values["answer_wait"]),
        _share(values["service_level"]),
        _around(values["longest"], digits=0),
    )


def _share(value: Estimate) -> str:
    return _around(Estimate(value.mean * 100, value.margin * 100), digits=2)


def _around(value: Estimate, digits: int = 1) -> str:
    margin = f" ± {value.margin:.{digits}f}" if value.margin else ""
    return f"{value.mean:.{digits}f}{margin}"


def _headings(within: float) -> tuple[str, str, str]:
    return "gave up %", "ASA s", f"in {within:g} s %"


def _footnote(hours: float, runs: int, seed: int) -> None:
    Console(stderr=True, highlight=False).print(
        f"{runs} days of {hours:g} h each, seed {seed}; ± is the 95 % margin", style="dim"
    )


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


app.command("speed")(speed)
