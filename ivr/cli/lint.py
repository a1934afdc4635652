"""`ivr lint`: what callers would stumble over, and how long they need to reach a person."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ivr.cli.collection import collection_paused
from ivr.cli.issue_list import as_records, count_line, leave, show_issues
from ivr.cli.json_output import print_json
from ivr.cli.prompt_durations import PromptDurations
from ivr.cli.words_missing import words_missing
from ivr.flow.checks.durations import prompt_seconds
from ivr.flow.checks.every import check_flows
from ivr.flow.checks.time_to_human import Route, TimeToHuman, time_to_human
from ivr.flow.issues import Issue, Severity, in_order
from ivr.flow.library import load_book, read_path
from ivr.flow.lint_calendars import lint_calendars
from ivr.flow.model import Flow
from ivr.server.plans import shown
from ivr.server.settings import load_settings
from ivr.training.intents.staleness import stale_intents

CALLERS = {
    "typical": "asks for a person at the first question",
    "worst": "hears everything out, asks once told how",
    "silent": "says and presses nothing",
}


def lint(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day to check the holidays' data for."),
    ] = None,
    words: Annotated[
        bool, typer.Option("--words/--no-words", help="Ask the speech models for unknown words.")
    ] = True,
) -> None:
    """Check a flow as its callers meet it; exit status 1 if there is an error."""
    settings = load_settings()
    folder = flow or shown(settings.path(settings.paths.flow))
    durations = PromptDurations(settings)
    with collection_paused():
        flows, read = read_path(folder)
        issues = [*check_flows(flows, read, durations)]
    issues += lint_calendars(flows.values(), today.date() if today else date.today())
    if words:
        issues += words_missing(flows.values(), settings)
    if not any(issue.severity is Severity.ERROR for issue in read):
        stale = stale_intents(folder, load_book(folder))
        issues += [stale] if stale else []
    found = in_order(issues)
    seconds = prompt_seconds(durations)
    times = {
        name: time_to_human(one, flows, seconds)
        for name, one in flows.items()
        if not one.unread and not _is_part(one, flows)
    }
    if as_json:
        print_json(_record(found, times, durations))
    else:
        show_issues(found)
        _show_times(times, flows)
        print(count_line(found))
    leave(found, strict=strict)


def _is_part(flow: Flow, flows: Mapping[str, Flow]) -> bool:
    """Whether this flow is only walked through by others."""
    return any(
        getattr(node, "flow", "") == flow.name
        for one in flows.values()
        for node in one.nodes.values()
    )


def _record(
    issues: tuple[Issue, ...], times: Mapping[str, TimeToHuman], durations: PromptDurations
) -> dict[str, Any]:
    return {
        "errors": sum(issue.severity is Severity.ERROR for issue in issues),
        "warnings": sum(issue.severity is Severity.WARNING for issue in issues),
        "issues": as_records(issues),
        "time_to_human": {name: asdict(found) for name, found in times.items()},
        "durations_from": dict(durations.sources),
    }


def _show_times(times: Mapping[str, TimeToHuman], flows: Mapping[str, Flow]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for name, found in times.items():
        budget = flows[name].budget.time_to_human
        kept = f", budget {budget:g} s at worst" if budget else ", no budget declared"
        console.print(f"\n{name}: time to a human{kept}", style="bold", markup=False)
        for caller, why in CALLERS.items():
            console.print(f"  {caller:<8}{_told(getattr(found, caller))}", markup=False)
            console.print(f"          {why}", style="dim", markup=False)
    if times:
        print()


def _told(route: Route | None) -> str:
    if route is None:
        return "   never"
    walk = " > ".join(f"{node} {seconds:.1f}" for node, seconds in route.steps)
    keys = f"{route.keys} key" + ("s" if route.keys != 1 else "")
    return f"{route.seconds:5.1f} s  {keys:<7} {route.language}: {walk}"
