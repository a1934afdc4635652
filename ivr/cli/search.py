"""`ivr search`: finds past calls by what was said in them."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli.moments import moment
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.record import Since, Until, opened_record
from ivr.errors import SettingsError
from ivr.server.settings import load_settings

if TYPE_CHECKING:
    from ivr.store.past import Found

SPEAKERS = {"caller": "caller", "hotline": "hotline", "both": ""}
NOBODY = {
    "caller": "no caller said that in a call that is over; --who both looks at the hotline, too",
    "hotline": "the hotline said that in no call that is over",
    "both": "nobody said that in a call that is over",
}


def search(
    text: Annotated[str, typer.Argument(help="Words that were said.")],
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(help="So many turns at most.")] = 20,
    who: Annotated[str, typer.Option(help="Whose words: caller, hotline or both.")] = "caller",
    settings_file: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Find calls in which something was said, the newest first; exit status 1 if there is none.

    Callers are searched unless `--who` says otherwise: the hotline's menus name everything in every
    call. No character has a meaning of its own. Digits are hidden.
    """
    if who not in SPEAKERS:
        raise SettingsError(f"--who {who[:20]!r}: it is caller, hotline or both")
    from ivr.store.history import History

    bounds = moment(since, "--since"), moment(until, "--until")
    with opened_record(load_settings(settings_file)) as engine:
        kept = History(engine).search(text, *bounds, limit=limit, who=SPEAKERS[who])
    found = [one.masked() for one in kept]
    if as_json:
        print(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
    elif found:
        _show(found, text)
    else:
        Console(stderr=True, highlight=False).print(NOBODY[who])
    if not found:
        raise typer.Exit(1)


def _plain(one: "Found") -> dict[str, object]:
    return {
        "call": one.call.call,
        "began": one.call.began,
        "at": one.turn.at,
        "who": one.turn.who,
        "node": one.turn.node,
        "confidence": one.turn.confidence,
        "text": one.turn.text,
        "outcome": one.call.outcome,
    }


def _show(found: "list[Found]", wanted: str) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("when", "call", "who"):
        table.add_column(name, no_wrap=True)
    table.add_column("what was said", overflow="fold")
    for one in found:
        when = datetime.fromtimestamp(one.call.began + one.turn.at)
        said = Text(one.turn.text)
        said.highlight_words([wanted.strip()], "bold yellow", case_sensitive=False)
        row = (f"{when:%Y-%m-%d %H:%M}", one.call.call, one.turn.who)
        table.add_row(*(Text(field) for field in row), said)
    Console(highlight=False).print(table)
