"""Places: where each card of a sheet stands, in pixels, as level with its neighbours as room lets.

Within a column the order is given; each card wants to stand where its lines are level. Pooling
neighbours that would overlap gives the places with the least sum of squared shifts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.flow.drawing import look
from ivr.flow.drawing.cards import Card, Sheet
from ivr.flow.drawing.columns import Columns, Line, columns_of
from ivr.flow.drawing.text import lines

ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """Top left corner and size of a card; `said` are the lines of its text."""

    card: Card
    x: float
    y: float
    high: float
    said: tuple[str, ...]

    def row_y(self, row: int) -> float:
        """The middle of a row."""
        return self.y + _rows_top(len(self.said)) + (row + 0.5) * look.ROW


@dataclass(frozen=True, slots=True)
class Placed:
    """A sheet laid out; its own corner is 0, 0."""

    sheet: Sheet
    boxes: Mapping[str, Box]
    lines: tuple[Line, ...]
    wide: float
    high: float


def _rows_top(said: int) -> float:
    return look.HEADER + (said * look.TEXT_LINE + look.PADDING if said else 0) + 4


def place(sheet: Sheet) -> Placed:
    """Lay out one sheet."""
    found = columns_of(sheet)
    cards = {card.name: card for card in sheet.cards}
    said = {name: _said(card) for name, card in cards.items()}
    high = {
        name: _rows_top(len(said[name])) + len(card.rows) * look.ROW + 6
        for name, card in cards.items()
    }
    tops = _tops(found, high, {name: len(text) for name, text in said.items()})
    step = look.CARD_WIDTH + look.GAP_ACROSS
    boxes = {
        name: Box(cards[name], column * step, tops[name], high[name], said[name])
        for column, names in enumerate(found.columns)
        for name in names
    }
    bottom = max((box.y + box.high for box in boxes.values()), default=0.0)
    return Placed(sheet, boxes, found.lines, len(found.columns) * step - look.GAP_ACROSS, bottom)


def _said(card: Card) -> tuple[str, ...]:
    room = look.CARD_WIDTH - 2 * look.PADDING - 4
    return tuple(lines(card.text, 12, room, look.TEXT_LINES))


def _tops(found: Columns, high: Mapping[str, float], said: Mapping[str, int]) -> dict[str, float]:
    tops: dict[str, float] = {}
    for names in found.columns:
        at = 0.0
        for name in names:
            tops[name] = at
            at += high[name] + look.GAP_DOWN
    into: dict[str, list[Line]] = {}
    out: dict[str, list[Line]] = {}
    for line in found.lines:
        into.setdefault(line.target, []).append(line)
        out.setdefault(line.source, []).append(line)

    def port(line: Line) -> float:
        return _rows_top(said[line.source]) + (line.row + 0.5) * look.ROW

    for turn in range(ROUNDS):
        columns = found.columns if turn % 2 == 0 else found.columns[::-1]
        for names in columns:
            wanted = []
            for name in names:
                if turn % 2 == 0:
                    pulls = [tops[b.source] + port(b) - look.HEADER / 2 for b in into.get(name, ())]
                else:
                    pulls = [tops[b.target] + look.HEADER / 2 - port(b) for b in out.get(name, ())]
                wanted.append(sum(pulls) / len(pulls) if pulls else tops[name])
            for name, top in zip(names, spread(wanted, [high[n] for n in names]), strict=True):
                tops[name] = top
    least = min(tops.values(), default=0.0)
    return {name: top - least for name, top in tops.items()}


def spread(wanted: Sequence[float], high: Sequence[float]) -> list[float]:
    """Tops in this order without overlap, as near to those wanted as can be (pooled means)."""
    offsets, at = [], 0.0
    for one in high:
        offsets.append(at)
        at += one + look.GAP_DOWN
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            before, number = pools.pop()
            mean = (before * number + mean * count) / (number + count)
            count += number
        pools.append((mean, count))
    means = [mean for mean, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
