"""`ivr agents now|login|logout|pause|resume|reload`: the agents of the hotline that runs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.server.control.client import ask
from ivr.server.settings import load_settings

Name = Annotated[str, typer.Argument(help="The agent's name in the agents file.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Another ivr.toml.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def now(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """Show who is there now, who waits, and where."""
    agents, waiting = _ask("agents", settings_file), _ask("waiting", settings_file)
    if as_json:
        print(json.dumps({"agents": agents, "waiting": waiting}, ensure_ascii=False, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("agent", "", "presence", "reason"):
        table.add_column(column)
    for agent in agents:
        away = agent["presence"] in ("offline", "paused")
        row = (agent["name"], agent["title"], agent["presence"], agent["reason"])
        table.add_row(*row, style="dim" if away else "")
    console = Console(highlight=False)
    console.print(table)
    for caller in waiting:
        console.print(f"{caller['waited']:>5} s  {caller['queue']}  {caller['call']}", markup=False)
    console.print(f"{len(waiting)} waiting", style="dim")


def login(name: Name, settings_file: SettingsFile = None) -> None:
    """Offer an agent calls."""
    _tell("login", name, settings_file, "takes calls")


def logout(name: Name, settings_file: SettingsFile = None) -> None:
    """Offer an agent no calls until they log in, not even after a restart."""
    _tell("logout", name, settings_file, "is logged out")


def pause(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")] = "pause",
    settings_file: SettingsFile = None,
) -> None:
    """Offer an agent no calls for a while."""
    _tell("pause", name, settings_file, f"is paused ({reason})", reason=reason)


def resume(name: Name, settings_file: SettingsFile = None) -> None:
    """End an agent's pause."""
    _tell("resume", name, settings_file, "takes calls again")


def reload(settings_file: SettingsFile = None) -> None:
    """Read the agents file anew; with a fault in it the agents stay as they are."""
    print(_ask("agents.reload", settings_file)["changed"])


def _tell(order: str, name: str, settings_file: Path | None, done: str, **words: str) -> None:
    _ask(f"agents.{order}", settings_file, name=name, **words)
    print(f"{name} {done}")


def _ask(order: str, settings_file: Path | None, **words: str) -> Any:
    settings = load_settings(settings_file)
    return ask(settings.path(settings.paths.runs), order, words)
