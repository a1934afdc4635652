"""One call as text: its facts in two columns, then what was said."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli.board.cells import short_id, span

WHO = {"caller": "cyan", "bot": "blue", "hotline": "blue", "agent": "green", "queue": "yellow"}
QUIET = ("node", "why", "call")


def print_call(row: Mapping[str, Any], now: float) -> None:
    """Print what is known of a call that goes on."""
    from ivr.cli.board.call_facts import facts_of
    from ivr.cli.board.call_table import Seen
    from ivr.live.picture import from_record

    found = from_record({"at": now, "calls": [row]}).calls[0]
    print_facts([("call", found.call), ("state", f"{found.stage} since {span(now - found.since)}")])
    print_facts(
        [(label, cell.text) for label, cell in facts_of(Seen(found, agent=found.agent), now)]
    )


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print labelled values, two beside each other."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold", min_width=24)
    pairs = [list(facts[i : i + 2]) for i in range(0, len(facts), 2)]
    for pair in pairs:
        cells = [text for fact in pair for text in fact]
        table.add_row(*(Text(text) for text in cells))
    Console(highlight=False).print(table)


def print_lines(lines: Sequence[Mapping[str, Any]], *, call: str = "") -> None:
    """Print lines of a transcript; with `call` its id stands before each."""
    console = Console(highlight=False)
    for line in lines:
        console.print(line_text(line, call, console.width))


def line_text(line: Mapping[str, Any], call: str, width: int) -> Table:
    """One line of a transcript: when, who, what."""
    who = str(line.get("who", ""))
    style = {"bad": "red", "quiet": "dim"}.get(str(line.get("tone", "")), "")
    style = style or ("dim" if who in QUIET else "")
    row = Table.grid(padding=(0, 2, 0, 0))
    cells: list[Text] = []
    if call:
        row.add_column(width=8)
        cells.append(Text(short_id(call), style="dim"))
    row.add_column(width=7, justify="right")
    row.add_column(width=7)
    row.add_column(ratio=1)
    cells.append(Text(span(float(line.get("at", 0.0))), style="dim"))
    cells.append(Text(who, style=WHO.get(who, "dim")))
    text = Text(str(line.get("text", "")), style=style)
    if detail := line.get("detail"):
        text.append(f"  {detail}", style="dim")
    cells.append(text)
    row.add_row(*cells)
    return row
