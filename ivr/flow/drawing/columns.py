"""Columns: which card stands in which column and in which order, so that few lines cross.

A card's column is its distance from the start. A line is drawn only to the next column; whatever
leads back, sideways or further is named in its row instead, so that no line ever passes a card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.flow.drawing.cards import ANYWHERE, Card, Sheet

SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Line:
    """From a row of a card to a card in the next column."""

    source: str
    row: int
    target: str


@dataclass(frozen=True, slots=True)
class Columns:
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]


def columns_of(sheet: Sheet) -> Columns:
    """Ranks by breadth first, then the barycentre method to and fro."""
    cards = {card.name: card for card in sheet.cards}
    rank = _ranks(sheet.cards, cards)
    width = max(rank.values(), default=0) + 1
    columns = [[name for name in cards if rank[name] == column] for column in range(width)]
    lines = _lines(cards, rank)
    return Columns(tuple(map(tuple, _uncrossed(columns, lines))), lines)


def _ranks(order: Sequence[Card], cards: Mapping[str, Card]) -> dict[str, int]:
    """Roots are the first node and the commands, then whatever nothing leads to."""
    roots = [card.name for card in order if card.first or card.name == ANYWHERE]
    rank: dict[str, int] = {}
    for root in [*roots, *(card.name for card in order)]:
        if root in rank:
            continue
        front = [name for name in roots if name not in rank] if root in roots else [root]
        for name in front:
            rank[name] = 0
        while front:
            beyond = []
            for name in front:
                for row in cards[name].rows:
                    if row.target in cards and row.target not in rank:
                        rank[row.target] = rank[name] + 1
                        beyond.append(row.target)
            front = beyond
    return rank


def _lines(cards: Mapping[str, Card], rank: Mapping[str, int]) -> tuple[Line, ...]:
    return tuple(
        Line(name, number, row.target)
        for name, card in cards.items()
        for number, row in enumerate(card.rows)
        if row.target in rank and rank[row.target] == rank[name] + 1
    )


def _uncrossed(columns: list[list[str]], lines: Sequence[Line]) -> list[list[str]]:
    """The order with the fewest crossings met while sweeping to and fro."""
    best, fewest = [list(column) for column in columns], crossings(columns, lines)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        order = range(1, len(columns)) if forwards else range(len(columns) - 2, -1, -1)
        for at in order:
            _sort(columns, at, lines, forwards=forwards)
        now = crossings(columns, lines)
        if now < fewest:
            best, fewest = [list(column) for column in columns], now
        if not fewest:
            break
    return best


def _sort(columns: list[list[str]], at: int, lines: Sequence[Line], *, forwards: bool) -> None:
    beside = {name: i for i, name in enumerate(columns[at - 1 if forwards else at + 1])}
    pulls: dict[str, list[float]] = {}
    for line in lines:
        near, far = (line.target, line.source) if forwards else (line.source, line.target)
        if far in beside:
            pulls.setdefault(near, []).append(beside[far] + (line.row / 100 if forwards else 0))
    here = {name: i for i, name in enumerate(columns[at])}
    columns[at].sort(
        key=lambda name: (
            sum(pulls[name]) / len(pulls[name]) if name in pulls else float(here[name]),
            here[name],
        )
    )


def crossings(columns: Sequence[Sequence[str]], lines: Sequence[Line]) -> int:
    """How many pairs of lines between neighbouring columns cross."""
    place = {name: (at, i) for at, column in enumerate(columns) for i, name in enumerate(column)}
    by_column: dict[int, list[tuple[int, int, int]]] = {}
    for line in lines:
        at, i = place[line.source]
        by_column.setdefault(at, []).append((i, line.row, place[line.target][1]))
    return sum(_inversions(sorted(found)) for found in by_column.values())


def _inversions(found: Sequence[tuple[int, int, int]]) -> int:
    ends = [end for _, _, end in found]
    return sum(ends[i] > ends[j] for i in range(len(ends)) for j in range(i + 1, len(ends)))
