"""`ivr callers`: what is known of callers, and what knowing them saves."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from ivr.cli.issue_list import print_json
from ivr.rehearsal.journals import find_journals, read_journal
from ivr.rehearsal.order_effect import ENOUGH, GROUPS, Effect, effect_of, saved
from ivr.server.ami_secret import CALLERS_KEY, kept_secret
from ivr.server.settings import load_settings
from ivr.store.sqlite_callers import SqliteCallers

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")


@app.command()
def effect(
    calls: Annotated[
        list[str] | None, typer.Argument(help="Calls, files or folders; all journals otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """What `order: by_caller` saves, against the callers who keep the written order."""
    settings = load_settings()
    folder = settings.path(settings.paths.runs) / "journal"
    found = effect_of(map(read_journal, find_journals(calls or [str(folder)], folder)))
    if as_json:
        print_json(_record(found))
    elif not found:
        print("no call of a returning caller came to a menu with `order: by_caller`")
    else:
        _show(found)


@app.command()
def tier(
    number: Annotated[str, typer.Argument(help="The caller's number.")],
    name: Annotated[str, typer.Argument(help='For example vip; "" for none.')],
) -> None:
    """Give a caller a class, which flows know as caller.tier and queues order by."""
    asyncio.run(_with_callers(lambda callers: callers.set_tier(number, name)))
    print("done")


@app.command()
def forget(number: Annotated[str, typer.Argument(help="The caller's number.")]) -> None:
    """Forget all that is known of a caller; exit status 1 if nothing was."""
    if not asyncio.run(_with_callers(lambda callers: callers.forget(number))):
        print("nothing was known of this number")
        raise typer.Exit(1)
    print("forgotten")


async def _with_callers(work: Callable[[SqliteCallers], Coroutine[Any, Any, T]]) -> T:
    settings = load_settings()
    runs = settings.path(settings.paths.runs)
    key = kept_secret(runs, CALLERS_KEY).encode()
    async with SqliteCallers(runs / "callers.sqlite3", key) as callers:
        return await work(callers)


def _record(found: Effect) -> dict[str, object]:
    return {
        menu: {
            "groups": {
                name: {
                    "visits": group.visits,
                    "chosen": len(group.seconds),
                    "nomatches": group.nomatches,
                    "median_seconds": group.median,
                }
                for name, group in groups.items()
            },
            "saved_seconds": saved(groups),
        }
        for menu, groups in found.items()
    }


def _show(found: Effect) -> None:
    screen = Console(highlight=False)
    for menu, groups in found.items():
        table = Table("group", "visits", "chosen", "nomatches", "median s", box=None, title=menu)
        for name in GROUPS:
            group = groups[name]
            median = "-" if group.median is None else f"{group.median:.1f}"
            row = (group.visits, len(group.seconds), group.nomatches)
            table.add_row(name, *map(str, row), median)
        screen.print(table)
        if (figures := saved(groups)) is None:
            screen.print(f"too few to tell: each group needs {ENOUGH} choices")
        else:
            screen.print(
                "the choice comes {:.1f} s earlier (95 %: {:.1f} to {:.1f})".format(*figures)
            )
