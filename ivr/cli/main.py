"""The `ivr` command: one file a family of verbs; expected errors end in one line."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from ivr import __version__
from ivr.cli import (
    agents,
    asterisk,
    bench,
    callbacks,
    callers,
    calls,
    console,
    explain,
    flows,
    grammar,
    graph,
    init,
    intents,
    lint,
    models,
    prompts,
    publish,
    queues,
    record,
    replay,
    search,
    serve,
    simulate,
    talk,
    tokens,
    top,
    validate,
)
from ivr.cli import report as reporting
from ivr.cli import test as testing
from ivr.errors import FlowError, IvrError, SettingsError

app = typer.Typer(
    name="ivr",
    help="A telephone hotline: callers speak, are understood offline, and reach the right agent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(agents.app, name="agents", help="Who answers, and who would get a call.")
app.add_typer(asterisk.app, name="asterisk", help="The private Asterisk: fetch, start, stop.")
app.add_typer(bench.app, name="bench", help="Measure turns and barge-in on real calls.")
app.add_typer(grammar.app, name="grammar", help="What callers may say, in the model's words.")
app.add_typer(intents.app, name="intents", help="Open questions: train, measure, try.")
app.add_typer(calls.app, name="calls", help="Calls that go on, and past ones: look and steer.")
app.add_typer(callbacks.app, name="callbacks", help="Calls that the hotline has promised.")
app.add_typer(callers.app, name="callers", help="Who called before, and what knowing it saves.")
app.add_typer(models.app, name="models", help="Speech models: list, install, build, evaluate.")
app.add_typer(tokens.app, name="tokens", help="Who may use the control API over TCP.")
app.add_typer(prompts.app, name="prompts", help="What the hotline says: pre-render, list.")
app.add_typer(simulate.app, name="simulate", help="Play calls through the routing code.")
app.command("top", help="The supervisor's live board: watch and steer calls.")(top.top)
app.command("queues", help="Who waits where, how long, and who could answer.")(queues.queues)
app.command("alarms", help="What needs somebody now.")(queues.alarms)
app.command("lint", help="Find what callers would stumble over; time to a human.")(lint.lint)
app.command("init", help="Write a small flow to begin with, and its tests.")(init.init)
app.command("console", help="Talk to a flow by typing, on a virtual clock.")(console.console)
app.command("talk", help="Talk to a flow by voice, or with sound files.")(talk.talk)
app.command("test", help="Play written conversations; coverage, JUnit, --audio.")(testing.test)
app.command("replay", help="Journalled calls against the flows of today.")(replay.replay_calls)
app.command("publish", help="Put the draft of the flows in force.")(publish.publish)
app.command("rollback", help="Put an earlier version in force again.")(publish.rollback)
app.command("versions", help="List the published versions.")(publish.versions)
app.command("diff", help="What changed, in nodes, choices and prompts.")(publish.diff)
app.add_typer(flows.app, name="flows", help="The JSON Schema of flow files.")
app.command("graph", help="Draw a flow: SVG, Mermaid, or a page to search.")(graph.graph)
app.command("explain", help="Why a call got this queue, this priority, this agent.")(
    explain.explain
)
app.command("whatif", help="Journalled calls again, with other settings.")(explain.whatif)
app.command("report", help="Volume, service level, containment; charts and a page.")(
    reporting.report
)
app.add_typer(record.app, name="record", help="The record of calls: export, check, clear.")
app.command("search", help="Find past calls by what was said in them.")(search.search)
app.command("serve", help="Run the hotline until Ctrl-C.")(serve.serve)
app.command("validate", help="Check a flow and the agents file; show every fault.")(
    validate.validate
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"ivr {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Options of every verb."""


def run() -> None:
    """Entry point. Exit status: 0 done, 1 failed, 2 wrong usage, settings or flow, 130 stopped."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except IvrError as error:
        sys.exit(report(error))


def report(error: IvrError) -> int:
    """Print an expected error on stderr and give its exit status."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if isinstance(error, FlowError):
        for issue in error.issues:
            console.print(str(issue), markup=False)
        count = len(error.issues)
        console.print(f"ivr: {count} fault{'s' if count != 1 else ''} found", style="red")
    else:
        console.print(f"ivr: {error}", style="red", markup=False)
    return 2 if isinstance(error, SettingsError | FlowError) else 1
