"""The table of calls: what each column shows, how calls are ordered and filtered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ivr.cli.board.cells import Cell, short_id, span
from ivr.cli.board.columns import Column, Table
from ivr.live.picture import CallRow, Stage

LONG_WAIT = 60.0
"""Seconds from which a wait is shown as bad, whatever the queue's goal."""

GOAL = 20.0
"""Seconds from which a wait is marked, where the queue has no goal of its own."""

TONES = {Stage.TALKING: "", Stage.WAITING: "strong", Stage.CONNECTED: "good"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A call as the board shows it. `ended`: it is over, and stays only while it is selected."""

    row: CallRow
    goal: float = GOAL
    agent: str = ""
    """The agent's title where there is one, for people to read."""
    ended: bool = False


def waits(row: CallRow, now: float) -> float:
    """Seconds the caller has waited, 0 for one who does not wait."""
    return max(0.0, now - (row.joined or row.since)) if row.stage is Stage.WAITING else 0.0


def waiting_cell(seconds: float, goal: float) -> Cell:
    """A wait, marked so that it is seen without colour too."""
    if seconds >= max(LONG_WAIT, goal):
        return Cell(f"{span(seconds)} !!", "bad")
    if seconds >= goal:
        return Cell(f"{span(seconds)} ! ", "warn")
    return Cell(f"{span(seconds)}   ")


def _stage(seen: Seen, now: float) -> Cell:
    if seen.ended:
        return Cell("ended", "dim")
    return Cell(seen.row.stage.value, TONES[seen.row.stage])


def _time(seen: Seen, now: float) -> Cell:
    row = seen.row
    if seen.ended:
        return Cell("-   ", "dim")
    if row.stage is Stage.WAITING:
        return waiting_cell(waits(row, now), seen.goal)
    return Cell(f"{span(now - row.since)}   ")


def _where(seen: Seen, now: float) -> Cell:
    row = seen.row
    if row.stage is Stage.WAITING and row.queue:
        return Cell(_queue_place(row))
    return Cell(row.node or row.queue or "-", "" if row.node else "dim")


def _queue(seen: Seen, now: float) -> Cell:
    return Cell(_queue_place(seen.row))


def _queue_place(row: CallRow) -> str:
    return f"#{row.position} {row.queue}" if row.position else row.queue


def _mood(seen: Seen, now: float) -> Cell:
    row = seen.row
    if row.annoyed:
        return Cell(f"{row.annoyance:.2f} !", "bad")
    if not row.turns:
        return Cell("-  ", "dim")
    return Cell(f"{row.annoyance:.2f}  ", "dim")


def _intent(seen: Seen, now: float) -> Cell:
    return Cell(short_intent(seen.row.intent))


def short_intent(intent: str) -> str:
    """An intent without the flow and node it belongs to: bank.main.card_loss is card_loss."""
    return intent.rpartition(".")[2]


def _total(seen: Seen, now: float) -> Cell:
    return Cell(span(now - seen.row.began))


def _plain(name: str, tone: str = "") -> Callable[[Seen, float], Cell]:
    def cell(seen: Seen, now: float) -> Cell:
        return Cell(str(getattr(seen.row, name)), tone)

    return cell


def _count(name: str) -> Callable[[Seen, float], Cell]:
    def cell(seen: Seen, now: float) -> Cell:
        count = getattr(seen.row, name)
        return Cell(str(count), "" if count else "dim")

    return cell


CALLS: Table[Seen] = Table(
    "calls",
    (
        Column("CALLS", lambda s, now: Cell(short_id(s.row.call)), 9),
        Column("state", _stage, 9),
        Column("time", _time, 8, 10, right=True, tail=3),
        Column("where", _where, 16, 40, narrow=True, middle=True),
        Column("node", _plain("node"), 18, 32, wide=True, middle=True),
        Column("queue", _queue, 14, 26, rank=5, wide=True, middle=True),
        Column("lang", _plain("language"), 4, rank=3),
        Column("intent", _intent, 9, 24, rank=2),
        Column("annoyed", _mood, 7, rank=1, right=True),
        Column("agent", lambda s, now: Cell(s.agent), 6, 20, rank=4),
        Column("turns", _count("turns"), 5, rank=7, right=True, wide=True),
        Column("nomatch", _count("nomatches"), 7, rank=6, right=True, wide=True),
        Column("total", _total, 7, rank=8, right=True, wide=True),
        Column("caller", _plain("caller", "dim"), 8, 14, rank=9, wide=True),
    ),
    lambda seen: seen.row.call,
    "no calls now",
)  # fmt: skip


Sort = Callable[[Seen, float], tuple[float | str, ...]]


def _attention(seen: Seen, now: float) -> tuple[float | str, ...]:
    """Who needs a supervisor first: long waits, then annoyed callers, then the others by age."""
    row = seen.row
    return (
        row.stage is not Stage.WAITING,
        -waits(row, now) if row.stage is Stage.WAITING else 0.0,
        not row.annoyed,
        row.began,
        row.call,
    )


SORTS: Mapping[str, Sort] = {
    "attention": _attention,
    "newest": lambda s, now: (-s.row.began, s.row.call),
    "time in state": lambda s, now: (s.row.since, s.row.call),
    "annoyed": lambda s, now: (-s.row.annoyance, s.row.call),
    "where": lambda s, now: (s.row.node, s.row.queue, s.row.call),
    "agent": lambda s, now: (not s.agent, s.agent, s.row.call),
}
"""Orders of the table by name; `s` goes from one to the next."""

SORTED_COLUMN = {
    "time in state": ("time",),
    "annoyed": ("annoyed",),
    "where": ("where", "node"),
    "agent": ("agent",),
    "newest": ("CALLS",),
}
"""The columns whose heads tell the order."""


def matches(seen: Seen, filter_text: str) -> bool:
    """Whether a call has every word of the filter; `queue:loans` asks one field only."""
    return all(_has(seen, word) for word in filter_text.casefold().split())


FIELDS = ("call", "stage", "flow", "node", "language", "intent", "queue", "agent")


def _has(seen: Seen, word: str) -> bool:
    field, colon, text = word.partition(":")
    if colon and (field == "state" or field in FIELDS):
        return text in _field(seen, "stage" if field == "state" else field)
    if word == "annoyed":
        return seen.row.annoyed
    return any(word in _field(seen, name) for name in FIELDS)


def _field(seen: Seen, name: str) -> str:
    text = str(getattr(seen.row, name))
    return (f"{text} {seen.agent}" if name == "agent" else text).casefold()


def chosen(
    calls: Iterable[Seen], filter_text: str, order: str, backwards: bool, now: float
) -> list[Seen]:
    """The calls to show, in order."""
    key = SORTS[order]
    found = [seen for seen in calls if matches(seen, filter_text)]
    found.sort(key=lambda seen: key(seen, now), reverse=backwards)
    return found
