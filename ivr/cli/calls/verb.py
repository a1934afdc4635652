"""`ivr calls ...`: what the board shows and does, for scripts; and past calls."""

import time
from typing import Annotated, Any

import typer

from ivr.cli.board.wording import done
from ivr.cli.calls.choices import choices_for, print_choices, told
from ivr.cli.calls.past import list_past, show_past
from ivr.cli.calls.shown import print_call, print_lines
from ivr.cli.json_output import print_json
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.remote import Call, Server, Token, Url
from ivr.errors import SettingsError, UnknownCallError

app = typer.Typer(no_args_is_help=True)

Phone = Annotated[
    str, typer.Option("--phone", "-p", help="Whose telephone rings; else that of the token.")
]
Day = Annotated[str, typer.Option(help="From this day or moment on: 2026-11-20, 09:30.")]


@app.command("ls")
def list_calls(
    past: Annotated[bool, typer.Option("--past", help="Calls that are over.")] = False,
    since: Day = "",
    until: Annotated[str, typer.Option(help="Before this day or moment.")] = "",
    queue: Annotated[str, typer.Option(help="Only of this queue.")] = "",
    agent: Annotated[str, typer.Option(help="Only of this agent.")] = "",
    outcome: Annotated[str, typer.Option(help="With --past: only with this end.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="With --past: so many.")] = 50,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """List the calls that go on, those who need somebody first; or past ones, the newest first."""
    server = Server(settings_file, url, token)
    if past:
        wanted = {"since": since, "until": until, "queue": queue, "agent": agent}
        list_past(server, {**wanted, "outcome": outcome}, limit, as_json)
        return
    picture = server.get("/v1/picture")
    picture["calls"] = [
        row
        for row in picture["calls"]
        if queue in ("", row["queue"]) and agent in ("", row["agent"])
    ]
    if as_json:
        print_json(picture["calls"])
    else:
        _print_calls(picture)


def _print_calls(record: dict[str, Any]) -> None:
    from ivr.cli.board.call_table import CALLS, chosen
    from ivr.cli.board.summary import seen_calls
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    picture = from_record(record)
    rows = chosen(seen_calls(picture), "", "attention", False, picture.at)
    print_table(CALLS, rows, picture.at)


@app.command()
def show(
    call: Call,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show one call: what is known of it and what was said, digits masked."""
    server = Server(settings_file, url, token)
    try:
        found = server.call(call) if server.runs() else ""
    except UnknownCallError:
        found = ""
    if not found:
        show_past(server, call, as_json)
        return
    from ivr.server.api.client import path_of

    shown = server.get(path_of("calls", found))
    if as_json:
        print_json(shown)
    else:
        print_call(shown["row"], time.time())
        print_lines(shown["lines"])


@app.command()
def tail(
    call: Annotated[str, typer.Argument(help="One call; else all of them.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show what is said as it is said, digits masked, until the call ends or Ctrl-C."""
    from ivr.cli.calls.tail import follow

    server = Server(settings_file, url, token)
    follow(server, server.call(call) if call else "", as_json)


@app.command()
def choices(
    call: Annotated[str, typer.Argument(help="Only the nodes that this call can go to.")] = "",
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show what orders may name now: nodes, skills, telephones, queues."""
    server = Server(settings_file, url, token)
    found = choices_for(server, server.call(call) if call else "")
    if as_json:
        print_json(found.record())
    else:
        print_choices(found)


@app.command()
def hangup(
    call: Call,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """End a call at once."""
    _give(Server(settings_file, url, token), "hangup", call)


@app.command()
def transfer(
    call: Call,
    skill: Annotated[str, typer.Argument(help="A skill of the agents file.")] = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Send a caller to the queue of a skill; without one, says which there are."""
    server = Server(settings_file, url, token)
    if not skill:
        raise SettingsError(
            f"say which skill: {told([s.skill for s in choices_for(server).skills])}"
        )
    _give(server, "transfer", call, skill=skill)


@app.command()
def goto(
    call: Call,
    node: Annotated[str, typer.Argument(help="A node of the call's flow.")] = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Send a caller to a node of the flow; without one, says which there are."""
    server = Server(settings_file, url, token)
    if not node:
        flows = choices_for(server, server.call(call)).flows
        names = [one.node for flow in flows for one in flow.nodes]
        raise SettingsError(f"say which node: {told(names)}")
    _give(server, "goto", call, node=node)


@app.command()
def listen(
    call: Call,
    phone: Phone = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Hear a call on a telephone; nobody hears you."""
    _by_phone(Server(settings_file, url, token), "listen", call, phone)


@app.command()
def whisper(
    call: Call,
    phone: Phone = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Hear a call and speak to its agent alone."""
    _by_phone(Server(settings_file, url, token), "whisper", call, phone)


@app.command()
def barge(
    call: Call,
    phone: Phone = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Join a call; both hear you."""
    _by_phone(Server(settings_file, url, token), "barge", call, phone)


@app.command()
def takeover(
    call: Call,
    phone: Phone = "",
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Take a caller over from the hotline or an agent."""
    _by_phone(Server(settings_file, url, token), "takeover", call, phone)


def _by_phone(server: Server, order: str, call: str, phone: str) -> None:
    phone = phone or str(server.get("/v1/whoami").get("phone", ""))
    if not phone:
        names = told([one.phone for one in choices_for(server).phones])
        raise SettingsError(f"say whose telephone is to ring: --phone NAME, of {names}")
    _give(server, order, call, phone=phone)


def _give(server: Server, order: str, call: str, **words: str) -> None:
    from ivr.server.api.client import path_of

    found = server.call(call)
    server.post(path_of("calls", found, order), **words)
    print(done(order, found, words))
