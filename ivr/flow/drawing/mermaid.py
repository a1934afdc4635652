"""Mermaid: the same cards as a flowchart in text, for documents and pull requests."""

from collections.abc import Iterator, Sequence

from ivr.flow.drawing import look
from ivr.flow.drawing.cards import ANYWHERE, Card, Sheet
from ivr.flow.drawing.text import cut

_SHAPES = {"round": ('("', '")'), "cut": ('{{"', '"}}'), "pill": ('(["', '"])')}
_PLAIN = ('["', '"]')


def mermaid(sheets: Sequence[Sheet]) -> str:
    """A `flowchart LR`; each flow is a subgraph, faults are coloured at their edge."""
    return "\n".join(_all(sheets)) + "\n"


def _all(sheets: Sequence[Sheet]) -> Iterator[str]:
    yield "flowchart LR"
    for number, sheet in enumerate(sheets):
        yield f'  subgraph f{number}["{_quoted(sheet.flow)}"]'
        for card in sheet.cards:
            open_mark, close_mark = _SHAPES.get(look.look_of(card.kind).shape, _PLAIN)
            yield f"    {_id(number, card.name)}{open_mark}{_shown(card)}{close_mark}"
        yield "  end"
    names = {sheet.flow: number for number, sheet in enumerate(sheets)}
    for number, sheet in enumerate(sheets):
        known = {card.name for card in sheet.cards}
        for card in sheet.cards:
            for row in card.rows:
                label = _quoted(" ".join(filter(None, (row.key, cut(row.label, 12, 160)))))
                if row.target in known:
                    yield f'  {_id(number, card.name)} -->|"{label}"| {_id(number, row.target)}'
                elif row.flow in names:
                    yield f"  {_id(number, card.name)} -.-> f{names[row.flow]}"
    yield from _styles(sheets)


def _shown(card: Card) -> str:
    if card.name == ANYWHERE:
        return "at any question"
    text = f"<br/>{_quoted(cut(card.text, 12, 220))}" if card.text else ""
    return f"<b>{_quoted(card.name)}</b> {card.kind}{text}"


def _styles(sheets: Sequence[Sheet]) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    faulty: dict[str, list[str]] = {}
    for number, sheet in enumerate(sheets):
        for card in sheet.cards:
            kinds.setdefault(card.kind, []).append(_id(number, card.name))
            if card.severity:
                faulty.setdefault(card.severity, []).append(_id(number, card.name))
    for kind, members in kinds.items():
        yield f"  classDef {kind}_kind fill:#ffffff,stroke:{look.look_of(kind).colour}"
        yield f"  class {','.join(members)} {kind}_kind"
    for severity, members in faulty.items():
        yield f"  classDef {severity}_fault stroke:{look.FAULTS[severity]},stroke-width:4px"
        yield f"  class {','.join(members)} {severity}_fault"


def _id(flow: int, name: str) -> str:
    """Mermaid takes no words of its own ("end") and no dots as names."""
    return f"n{flow}_{'any' if name == ANYWHERE else name.replace('.', '__')}"


def _quoted(text: str) -> str:
    for sign, entity in (("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(sign, entity)
    return text
