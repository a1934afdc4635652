"""SVG: placed sheets as one picture; each card is a group that a page can find and click."""

from collections.abc import Iterator, Sequence

from ivr.flow.drawing import look
from ivr.flow.drawing.cards import Row, Sheet
from ivr.flow.drawing.places import Box, Placed, place
from ivr.flow.drawing.text import cut, width, xml


def svg(sheets: Sequence[Sheet]) -> str:
    """The whole picture, with a legend of the kinds it shows."""
    placed = [place(sheet) for sheet in sheets]
    inner = max((one.wide for one in placed), default=0.0)
    wide = max(inner + 4 * look.MARGIN, 760.0)
    parts: list[str] = []
    top = look.LEGEND + look.MARGIN
    for one in placed:
        parts += _sheet(one, look.MARGIN, top, wide - 2 * look.MARGIN)
        top += one.high + look.TITLE + 2 * look.MARGIN
    kinds = dict.fromkeys(card.kind for sheet in sheets for card in sheet.cards)
    high = top + look.MARGIN / 2
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" font-family="{xml(look.FONT)}">'
    )
    paper = f'<rect width="100%" height="100%" fill="{look.PAPER}"/>'
    return "\n".join([head, paper, *_legend(list(kinds)), *parts, "</svg>"]) + "\n"


def _legend(kinds: list[str]) -> Iterator[str]:
    x = look.MARGIN
    for kind in kinds:
        name = _kind_name(kind)
        seen = look.look_of(kind)
        y = look.LEGEND / 2 + 4
        yield f'<path d="{look.outline(seen.shape, x, y, 20, 20)}" fill="{seen.colour}"/>'
        yield _icon(seen.icon, x + 4, y + 4)
        yield _text(x + 28, y + 14, name, 12, look.SOFT)
        x += 44 + width(name, 12)


def _kind_name(kind: str) -> str:
    return {"anywhere": "at any question", "form_next": "next of a form"}.get(kind, kind)


def _text(
    x: float, y: float, text: str, size: float, fill: str, *, bold: bool = False, end: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}"{weight}{anchor}>'
        f"{xml(text)}</text>"
    )


def _icon(path: str, x: float, y: float, colour: str = "#ffffff") -> str:
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{path}" fill="none" stroke="{colour}" '
        'stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _sheet(one: Placed, x: float, y: float, wide: float) -> Iterator[str]:
    high = one.high + look.TITLE + look.MARGIN
    yield (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="14" '
        f'fill="{look.SHEET}" stroke="{look.HAIRLINE}"/>'
    )
    name, _, rest = one.sheet.title.partition("  ")
    yield _text(x + look.MARGIN, y + 28, name, 16, look.INK, bold=True)
    yield _text(x + look.MARGIN + width(name, 16) + 14, y + 28, rest, 12, look.SOFT)
    yield f'<g transform="translate({x + look.MARGIN:.1f} {y + look.TITLE:.1f})">'
    yield from _lines(one)
    drawn = {(line.source, line.row) for line in one.lines}
    for box in one.boxes.values():
        rows = {row for source, row in drawn if source == box.card.name}
        yield from _card(one, box, rows)
    yield "</g>"


def _lines(one: Placed) -> Iterator[str]:
    """Smooth lines with level ends, from a row's port to the next card's header."""
    for line in one.lines:
        source, target = one.boxes[line.source], one.boxes[line.target]
        x1, y1 = source.x + look.CARD_WIDTH, source.row_y(line.row)
        x2, y2 = target.x, target.y + look.HEADER / 2
        bend = (x2 - x1) * 0.55
        colour = look.look_of(target.card.kind).colour
        yield (
            f'<path class="line" data-from="{xml(_key(one, line.source))}" '
            f'data-to="{xml(_key(one, line.target))}" fill="none" stroke="{colour}" '
            f'stroke-opacity="0.45" stroke-width="1.6" d="M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} '
            f'{y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2 - 6:.1f} {y2:.1f}"/>'
        )
        yield (
            f'<path fill="{colour}" fill-opacity="0.8" '
            f'd="M{x2 - 7:.1f} {y2 - 4:.1f}L{x2 - 0.5:.1f} {y2:.1f}L{x2 - 7:.1f} {y2 + 4:.1f}Z"/>'
        )


def _key(one: Placed, name: str) -> str:
    return f"{one.sheet.flow}.{name}"


def _card(one: Placed, box: Box, drawn: set[int]) -> Iterator[str]:
    card, seen = box.card, look.look_of(box.card.kind)
    edge = look.FAULTS.get(card.severity, look.HAIRLINE)
    thick = 2.4 if card.severity else 1
    yield f'<g class="card" data-node="{xml(_key(one, card.name))}">'
    if card.issues:
        told = "\n".join(str(issue) for issue in card.issues)
        yield f"<title>{xml(told)}</title>"
    path = look.outline(seen.shape, box.x, box.y, look.CARD_WIDTH, box.high)
    clip = f"clip-{one.sheet.flow}-{card.name}".replace("*", "any")
    yield f'<clipPath id="{xml(clip)}"><path d="{path}"/></clipPath>'
    yield f'<path class="body" d="{path}" fill="{look.CARD}"/>'
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{look.CARD_WIDTH}" height="{look.HEADER}" '
        f'fill="{seen.colour}" clip-path="url(#{xml(clip)})"/>'
    )
    yield f'<path class="edge" d="{path}" fill="none" stroke="{edge}" stroke-width="{thick}"/>'
    yield from _header(box, seen)
    for number, text in enumerate(box.said):
        y = box.y + look.HEADER + 18 + number * look.TEXT_LINE
        yield _text(box.x + look.PADDING + 2, y, text, 12, look.INK)
    for number, row in enumerate(card.rows):
        yield from _row(box, number, row, number in drawn)
    if card.issues:
        yield from _badge(box)
    yield "</g>"


def _header(box: Box, seen: look.Look) -> Iterator[str]:
    inset = 16 if seen.shape == "pill" else 11
    yield _icon(seen.icon, box.x + inset, box.y + look.HEADER / 2 - 6)
    kind = _kind_name(box.card.kind)
    plain = box.card.kind == "anywhere"
    name = "at any question" if plain else box.card.name
    room = look.CARD_WIDTH - inset - 34 - (0 if plain else width(kind, 10.5) + 14)
    y = box.y + look.HEADER / 2 + 4.5
    yield _text(box.x + inset + 20, y, cut(name, 13, room), 13, "#ffffff", bold=True)
    if not plain:
        first = "start, " if box.card.first else ""
        x = box.x + look.CARD_WIDTH - inset
        yield _text(x, y, first + kind, 10.5, "rgba(255,255,255,0.82)", end=True)


def _row(box: Box, number: int, row: Row, drawn: bool) -> Iterator[str]:
    y = box.row_y(number)
    left, right = box.x + look.PADDING, box.x + look.CARD_WIDTH - look.PADDING
    if number == 0 and box.said:
        yield (
            f'<path d="M{box.x + 1:.1f} {y - look.ROW / 2 - 2:.1f}h{look.CARD_WIDTH - 2:.1f}" '
            f'stroke="{look.HAIRLINE}" stroke-width="1"/>'
        )
    at = left + 2
    if row.key:
        yield (
            f'<rect x="{at:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="4" fill="#eef1f6" '
            f'stroke="{look.HAIRLINE}"/>'
        )
        yield (
            f'<text x="{at + 8:.1f}" y="{y + 4:.1f}" font-size="11" font-weight="600" '
            f'fill="{look.INK}" text-anchor="middle">{xml(row.key)}</text>'
        )
        at += 23
    room = right - at
    if drawn:
        yield f'<circle cx="{box.x + look.CARD_WIDTH:.1f}" cy="{y:.1f}" r="3" fill="{look.LINE}"/>'
    elif row.target or row.flow:
        chip = "→ " + cut(row.target or f"flow {row.flow}", 11, room * 0.55)
        yield _text(right, y + 4, chip, 11, look.FAINT, end=True)
        room -= width(chip, 11) + 10
    ink = look.SOFT if not row.key else look.INK
    yield _text(at, y + 4, cut(row.label, 12, room), 12, ink)


def _badge(box: Box) -> Iterator[str]:
    x, y = box.x + look.CARD_WIDTH - 4, box.y
    colour = look.FAULTS.get(box.card.severity, look.SOFT)
    yield (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9.5" fill="{colour}" stroke="#fff" '
        'stroke-width="2"/>'
    )
    yield (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" font-weight="700" fill="#fff" '
        f'text-anchor="middle">{len(box.card.issues)}</text>'
    )
