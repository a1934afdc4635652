"""`ivr queues` and `ivr alarms`: who waits where, and what needs somebody now."""

from typing import Annotated

import typer
from rich.console import Console

from ivr.cli.json_output import print_json
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.remote import Server, Token, Url


def queues(
    every: Annotated[bool, typer.Option("--all", help="Unused ones too.")] = False,
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show who waits, how long, how many could answer, and this day's service level.

    Queues that nobody was in this day are left out of the table; --json has them all.
    """
    picture = Server(settings_file, url, token).get("/v1/picture")
    if as_json:
        print_json(picture["queues"])
        return
    from ivr.cli.board.other_tables import QUEUES, in_use, queue_order
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    shown = from_record(picture)
    rows = sorted((q for q in shown.queues if every or in_use(q)), key=queue_order)
    print_table(QUEUES, rows, shown.at)
    if unused := len(shown.queues) - len(rows):
        more = "others" if rows else "queues"
        Console(stderr=True).print(f"{unused} {more} without callers this day", style="dim")


def alarms(
    as_json: AsJson = False,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Show the alarms that stand, the critical first."""
    picture = Server(settings_file, url, token).get("/v1/picture")
    if as_json:
        print_json(picture["alarms"])
        return
    from ivr.cli.board.other_tables import ALARMS, alarm_order
    from ivr.cli.plain_table import print_table
    from ivr.live.picture import from_record

    shown = from_record(picture)
    print_table(ALARMS, sorted(shown.alarms, key=alarm_order), shown.at)
