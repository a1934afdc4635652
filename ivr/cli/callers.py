"""`ivr callers`: what is known of callers, and what knowing them saves."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from ivr.cli.json_output import print_json
from ivr.errors import SettingsError
from ivr.ports import CallerBook
from ivr.rehearsal.order_effect import ENOUGH, GROUPS, Effect, effect_of, saved
from ivr.server.ami_secret import CALLERS_KEY, kept_secret
from ivr.server.settings import load_settings
from ivr.store.caller_history import MIN_DIGITS, known_by

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
    from ivr.rehearsal.journals import find_journals
    from ivr.server.record import journals_of  # loads the database's library

    journals = find_journals(calls or [], journals_of(load_settings()))
    found = effect_of(journal.read() for journal in journals)
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
    _check_number(number)
    asyncio.run(_with_callers(lambda callers: callers.set_tier(number, name)))
    print(f"the caller is {name} from now on" if name else "the caller has no tier any more")


@app.command()
def forget(number: Annotated[str, typer.Argument(help="The caller's number.")]) -> None:
    """Forget all that is known of a caller; exit status 1 if nothing was."""
    _check_number(number)
    if not asyncio.run(_with_callers(lambda callers: callers.forget(number))):
        print("nothing was known of this number")
        raise typer.Exit(1)
    print("forgotten")


def _check_number(number: str) -> None:
    if not known_by(number, b""):
        raise SettingsError(
            f"{number[:40]!r} is no caller's number: give {MIN_DIGITS} digits or more"
        )


async def _with_callers(work: Callable[[CallerBook], Coroutine[Any, Any, T]]) -> T:
    from ivr.server.record import open_record
    from ivr.store.callers import KeptCallers

    settings = load_settings()
    key = kept_secret(settings.path(settings.paths.runs), CALLERS_KEY).encode()
    record = open_record(settings)
    try:
        async with KeptCallers(record, key) as callers:
            return await work(callers)
    finally:
        record.dispose()


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
