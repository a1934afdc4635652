"""`ivr test`: plays written conversations and shows what went otherwise, and what is covered."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.dialogue.coverage import FlowCoverage, percent_of
from ivr.errors import SettingsError
from ivr.flow.model import FlowBook
from ivr.rehearsal.expectation import Failure, QueueOf
from ivr.rehearsal.files import TestFile, find_tests
from ivr.rehearsal.junit import junit_xml
from ivr.rehearsal.performance import typed_stage
from ivr.rehearsal.queues import queues_for
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.suite import Result, StageFor, Suite, by_file, run_suite
from ivr.rehearsal.updating import updated
from ivr.routing.agents_file import load_agents
from ivr.server.plans import shown
from ivr.server.settings import Settings, load_settings

MISSED_SHOWN = 12


def test(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Flow folders, tests folders or test files; the settings' own flow."),
    ] = None,
    flow: Annotated[
        Path | None, typer.Option(help="The flow, for files that lie in no tests folder.")
    ] = None,
    only: Annotated[str, typer.Option("-k", help="Only conversations whose name holds this.")] = "",
    audio: Annotated[
        bool, typer.Option("--audio", help="Speak the caller's lines; hear them by VAD and Vosk.")
    ] = False,
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML to this file.")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show which nodes and exits were reached.")
    ] = False,
    min_nodes: Annotated[float, typer.Option(help="Fail under this percentage of nodes.")] = 0.0,
    min_exits: Annotated[float, typer.Option(help="Fail under this percentage of exits.")] = 0.0,
    update: Annotated[
        bool, typer.Option("--update", help="Write what happened in place of what was expected.")
    ] = False,
    verbose: Annotated[bool, typer.Option("-v", help="Show every conversation.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Play conversations; exit status 1 if one goes otherwise or too little is covered."""
    settings = load_settings()
    files = find_tests(paths or [shown(settings.path(settings.paths.flow))], flow)
    screen = Console(highlight=False)
    with stages(settings, audio) as (stage_for, fit):
        suite = run_suite(
            files,
            only=only,
            fit=fit,
            stage_for=stage_for,
            queues_for=agents_of(settings),
            told=_teller(screen) if verbose and not as_json else lambda result: None,
        )
    if junit is not None:
        write(junit, junit_xml(suite))
    rewritten = _update(files, suite) if update else 0
    thin = _thin(suite, min_nodes, min_exits)
    if as_json:
        print(json.dumps(as_dict(suite, thin), ensure_ascii=False, indent=2))
    else:
        show(screen, suite)
        if coverage or thin:
            show_coverage(screen, suite.covered)
        if update:
            screen.print(f"{rewritten} expectations rewritten")
        for line in thin:
            screen.print(line, style="red")
    if (suite.failed and not update) or thin:
        raise typer.Exit(1)


@contextmanager
def stages(
    settings: Settings, audio: bool
) -> Iterator[tuple[StageFor, Callable[[Conversation], bool]]]:
    """Where conversations are played: typed, or spoken through the real ears and voice."""
    if not audio:
        yield typed_stage, lambda conversation: True
        return
    from ivr.cli.studio import studio_of  # loads the speech engine
    from ivr.rehearsal.audio_stage import speakable

    with studio_of(settings) as studio:
        yield studio.stage, speakable


def agents_of(settings: Settings) -> Callable[[FlowBook], QueueOf | None]:
    """Finds the queues of a book by the agents file, where there is one."""
    path = settings.path(settings.paths.agents)
    team = load_agents(path) if path.is_file() else None
    return lambda book: queues_for(book, team) if team is not None else None


def write(path: Path, text: str) -> None:
    """Write a file whole. Raises SettingsError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written: {error.strerror}") from error


def _update(files: list[TestFile], suite: Suite) -> int:
    """Rewrite the files of failed conversations; how many values were changed."""
    changed = 0
    texts = {file.path: file.read() for file in files}
    for path, results in by_file(suite.failed):
        failures = [failure for result in results for failure in result.failures]
        text, count = updated(texts[path], failures)
        if count:
            write(path, text)
        changed += count
    return changed


def _thin(suite: Suite, min_nodes: float, min_exits: float) -> list[str]:
    nodes, exits = percent_of(suite.covered)
    wanted = (("nodes", nodes, min_nodes), ("exits", exits, min_exits))
    return [
        f"coverage of {what} is {have:.1f} %, less than {least:g} %"
        for what, have, least in wanted
        if have < least
    ]


# -- showing -------------------------------------------------------------------------------------


def _teller(screen: Console) -> Callable[[Result], None]:
    def tell(result: Result) -> None:
        style, word = ("green", "ok  ") if result.passed else ("bold red", "FAIL")
        line = Text(f"{word} ", style=style)
        line.append(result.name, style="default")
        line.append(f"  {1000 * result.seconds:.0f} ms", style="dim")
        screen.print(line)

    return tell


def show(screen: Console, suite: Suite) -> None:
    """Failures with their places and the talk that led there, then one line of counts."""
    for result in suite.failed:
        screen.print()
        screen.print(Text(result.name, style="bold red"), Text(f"({result.file})", style="dim"))
        for failure in result.failures:
            _show_failure(screen, failure)
        screen.print("  the talk", style="dim")
        for said in result.performance.stage.lines:
            head = Text(f"  {said.at:6.1f}  {said.who:<7}", style="dim")
            screen.print(head.append(said.text, style="default"))
    for file, results in by_file(suite.results):
        bad = sum(not result.passed for result in results)
        line = Text(f"{file}  ")
        line.append(f"{len(results) - bad} passed", style="green" if not bad else "default")
        screen.print(line.append(f", {bad} failed", style="red") if bad else line)
    count, failed = len(suite.results), len(suite.failed)
    screen.print(
        f"{count} conversations, {count - failed} passed, {failed} failed in {suite.seconds:.2f} s",
        style="bold red" if failed else "bold",
    )
    if suite.left_out:
        screen.print(f"{suite.left_out} left out: no person could say them", style="dim")


def _show_failure(screen: Console, failure: Failure) -> None:
    place = failure.place
    screen.print(f"  {place.file}:{place.line}: {failure.what}", markup=False, soft_wrap=True)
    screen.print(Text("    - expected ", style="red").append(failure.expected, style="default"))
    screen.print(Text("    + got      ", style="green").append(failure.got, style="default"))


def show_coverage(screen: Console, covered: list[FlowCoverage]) -> None:
    """A table by flow, then what was not reached."""
    table = Table(box=None, pad_edge=False)
    for name in ("coverage", "nodes", "exits"):
        table.add_column(name, justify="left" if name == "coverage" else "right")
    for one in covered:
        table.add_row(one.flow, *_shares(one))
    screen.print(table)
    for one in covered:
        for what, missed in (("nodes", one.missed_nodes), ("exits", one.missed_exits)):
            if missed:
                more = len(missed) - MISSED_SHOWN
                names = ", ".join(missed[:MISSED_SHOWN]) + (f", {more} more" if more > 0 else "")
                screen.print(f"{one.flow}: {what} not reached: {names}", style="yellow")


def _shares(one: FlowCoverage) -> tuple[str, str]:
    nodes = f"{one.nodes - len(one.missed_nodes)}/{one.nodes} {one.node_percent:5.1f} %"
    exits = f"{one.exits - len(one.missed_exits)}/{one.exits} {one.exit_percent:5.1f} %"
    return nodes, exits


def as_dict(suite: Suite, thin: list[str]) -> dict[str, Any]:
    """The whole outcome, JSON-able."""
    return {
        "conversations": len(suite.results),
        "failed": len(suite.failed),
        "left_out": suite.left_out,
        "seconds": round(suite.seconds, 3),
        "faults": thin,
        "results": [
            {
                "name": result.name,
                "file": str(result.file),
                "line": result.performance.conversation.place.line,
                "passed": result.passed,
                "seconds": round(result.seconds, 4),
                "failures": [
                    {
                        "what": failure.what,
                        "expected": failure.expected,
                        "got": failure.got,
                        "file": failure.place.file,
                        "line": failure.place.line,
                    }
                    for failure in result.failures
                ],
            }
            for result in suite.results
        ],
        "coverage": [
            {
                "flow": one.flow,
                "nodes": one.nodes,
                "exits": one.exits,
                "node_percent": round(one.node_percent, 1),
                "exit_percent": round(one.exit_percent, 1),
                "missed_nodes": one.missed_nodes,
                "missed_exits": one.missed_exits,
            }
            for one in suite.covered
        ],
    }
