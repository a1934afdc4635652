"""`ivr agents now|login|logout|pause|resume|reload`: the agents of the hotline that runs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.cli.calls.choices import choices_for
from ivr.cli.json_output import print_json
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.remote import Server
from ivr.live.choices import SUPERVISOR
from ivr.server.settings import load_settings

Name = Annotated[str, typer.Argument(help="The agent's name in the agents file.")]


def now(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """Show who is there now, who waits, and where."""
    picture = _ask("GET", "/v1/picture", settings_file)
    agents = [
        {"name": row["agent"], **{key: row[key] for key in ("title", "presence", "reason")}}
        for row in picture["agents"]
    ]
    waiting = [
        {"call": row["call"], "queue": row["queue"], "waited": _span(row["joined"], picture["at"])}
        for row in picture["calls"]
        if row["stage"] == "waiting"
    ]
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


def list_now(server: Server, as_json: bool) -> None:
    """List the agents with what they do now."""
    picture = server.get("/v1/picture")
    if as_json:
        print_json(picture["agents"])
        return
    from ivr.cli.board.other_tables import AGENTS, agent_order
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    shown = from_record(picture)
    print_table(AGENTS, sorted(shown.agents, key=agent_order), shown.at)
    phones = choices_for(server).phones
    print_supervisors([(one.phone, one.title) for one in phones if one.role == SUPERVISOR])


def print_supervisors(people: Sequence[tuple[str, str]]) -> None:
    """Names and titles of those who steer calls and answer none, below the agents."""
    if not people:
        return
    from ivr.cli.board.cells import clean, fitted

    console = Console(highlight=False)
    console.print("\nsupervisors", style="dim")
    wide = max(len(name) for name, _ in people)
    for name, title in people:
        line = f"{fitted(name, wide)}  {clean(title)}".rstrip()
        console.print(line, markup=False, no_wrap=True, overflow="ellipsis")


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
    print(_ask("POST", "/v1/agents/reload", settings_file)["changed"])


def _tell(order: str, name: str, settings_file: Path | None, done: str, **words: str) -> None:
    from ivr.server.api.client import path_of

    _ask("POST", path_of("agents", name, order), settings_file, **words)
    print(f"{name} {done}")


def _ask(method: str, path: str, settings_file: Path | None, **words: str) -> Any:
    from ivr.server.api.client import ask  # loads aiohttp

    return ask(load_settings(settings_file), method, path, words)


def _span(since: float, now: float) -> int:
    return max(0, round(now - since)) if since else 0
