"""`ivr callbacks`: calls that the hotline has promised; numbers show their last four digits."""

import time
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.cli.json_output import print_json
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.remote import Server, Token, Url

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(min=1, help="Its number in `ivr callbacks ls`.")]


@app.command("ls")
def list_callbacks(
    over: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show promised calls, who waits longest first."""
    found = Server(settings_file, url, token).get("/v1/callbacks", over=str(over).lower())
    if as_json:
        print_json(found)
        return
    if not found:
        print("nobody is to be called back")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for title in ("nr", "number", "state", "waits since", "tries", "why"):
        table.add_column(title)
    for one in found:
        since = time.strftime("%m-%d %H:%M", time.localtime(one["joined"]))
        tries = str(one["attempts"])
        table.add_row(str(one["id"]), one["number"], one["state"], since, tries, one["reason"])
    Console(highlight=False).print(table)


@app.command()
def show(
    number: Number,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show one promised call, and what it is about."""
    found = Server(settings_file, url, token).get(f"/v1/callbacks/{number}")
    if as_json:
        print_json(found)
        return
    skills = ", ".join(f"{skill} {level}" for skill, level in found["skills"].items())
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found["joined"]))
    about = ", ".join(word for word in (found["intent"], skills, found["issue"]) if word)
    rows = {
        "number": found["number"],
        "state": found["state"],
        "about": about or "-",
        "language": found["language"] or "-",
        "waits since": since,
        "tries": str(found["attempts"]),
        "why": found["reason"] or "-",
    }
    for name, value in rows.items():
        print(f"{name:12} {value}")


@app.command()
def cancel(
    number: Number,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Drop a promised call; refused once it is being dialled."""
    _tell(Server(settings_file, url, token).post(f"/v1/callbacks/{number}/cancel"), as_json)


@app.command()
def now(
    number: Number,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Try a promised call as soon as an agent is free, without the pause after a failure."""
    _tell(Server(settings_file, url, token).post(f"/v1/callbacks/{number}/now"), as_json)


def _tell(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        print(f"callback {found['id']}: {found['state']}, {found['reason'] or 'due now'}")
