"""What is known of one call, as labelled values."""

from ivr.cli.board.call_table import Seen, waiting_cell, waits
from ivr.cli.board.cells import Cell, span
from ivr.live.picture import Stage

Fact = tuple[str, Cell]


def facts_of(seen: Seen, now: float) -> list[Fact]:
    """What is known of a call, in the order a supervisor asks for it."""
    row = seen.row
    wait = waiting_cell(waits(row, now), seen.goal) if row.stage is Stage.WAITING else None
    place = f"{row.queue}, place {row.position}" if row.position else row.queue
    mood = Cell(f"{row.annoyance:.2f} !", "bad") if row.annoyed else Cell(f"{row.annoyance:.2f}")
    facts: list[Fact] = [
        ("node", Cell(row.node)),
        ("queue", Cell(place)),
        ("waits", Cell(wait.text.rstrip(), wait.tone) if wait else Cell("")),
        ("agent", Cell(f"{row.agent} {seen.agent}" if seen.agent != row.agent else row.agent)),
        ("intent", Cell(row.intent)),
        ("annoyed", mood if row.turns else Cell("")),
        ("language", Cell(row.language)),
        ("turns", Cell(f"{row.turns}, {row.nomatches} not understood" if row.turns else "0")),
        ("flow", Cell(row.flow)),
        ("total", Cell(span(now - row.began))),
        ("caller", Cell(row.caller)),
        ("called", Cell(row.called)),
    ]
    return [(label, cell if cell.text else Cell("-", "dim")) for label, cell in facts]
