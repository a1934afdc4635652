"""Pictures: every card has a place of its own, lines go to the next column, Mermaid is whole."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ivr.cli.generated_flow import generated_flow
from ivr.flow.drawing import look
from ivr.flow.drawing.cards import ANYWHERE, sheets
from ivr.flow.drawing.columns import columns_of, crossings
from ivr.flow.drawing.mermaid import mermaid
from ivr.flow.drawing.places import place, spread
from ivr.flow.drawing.text import cut, lines, width, xml
from ivr.flow.library import read_path, read_texts

ROOT = Path(__file__).resolve().parents[3]


def drawn(nodes: int):  # type: ignore[no-untyped-def]
    return sheets(read_texts({"g": generated_flow(nodes)})[0])[0]


def test_no_two_cards_of_sixty_overlap_and_every_node_is_there() -> None:
    sheet = drawn(60)
    placed = place(sheet)
    assert len(placed.boxes) == 60 + 1  # and what may be said at any question
    boxes = sorted(placed.boxes.values(), key=lambda box: (box.x, box.y))
    for one, other in pairwise(boxes):
        assert one.x != other.x or one.y + one.high + look.GAP_DOWN <= other.y + 0.01
    assert all(0 <= box.y <= placed.high - box.high + 0.01 for box in boxes)


def test_lines_go_to_the_next_column_only() -> None:
    found = columns_of(drawn(60))
    column = {name: at for at, names in enumerate(found.columns) for name in names}
    assert found.lines
    assert all(column[line.target] == column[line.source] + 1 for line in found.lines)


def test_few_lines_cross() -> None:
    found = columns_of(drawn(60))
    assert crossings(found.columns, found.lines) <= 12


def test_what_only_a_command_reaches_stands_beside_it() -> None:
    flows, _ = read_path(ROOT / "tests" / "dialogue" / "data" / "clinic.yaml")
    found = columns_of(sheets(flows)[0])
    assert ANYWHERE in found.columns[0]
    assert "desk" in found.columns[1]


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(10, 200)), min_size=1, max_size=12))
def test_spread_keeps_order_and_room(cards: list[tuple[float, float]]) -> None:
    tops = spread([want for want, _ in cards], [high for _, high in cards])
    for at in range(len(cards) - 1):
        assert tops[at] + cards[at][1] + look.GAP_DOWN <= tops[at + 1] + 1e-6


def test_spread_leaves_alone_what_fits() -> None:
    assert spread([0.0, 100.0], [20.0, 20.0]) == [0.0, 100.0]


@given(st.text(max_size=60), st.floats(20, 300))
def test_cut_fits(text: str, room: float) -> None:
    assert width(cut(text, 12, room), 12) <= max(room, width("…", 12))


def test_lines_break_between_words_and_never_before_a_stop() -> None:
    assert lines("for your balance press one", 12, 90, 9)[0] == "for your"
    assert all(
        line[0] not in ",。" for line in lines("您好, 这里是示范银行。请问您要" * 3, 12, 80, 9)
    )


def test_xml_takes_anything() -> None:
    assert xml('<a b="c">&\x00\x1b') == "&lt;a b=&quot;c&quot;&gt;&amp;"


def test_mermaid_names_every_node_and_quotes_texts() -> None:
    text = "flow: f\nlanguages: [zh]\nstart: a\nnodes:\n"
    text += '  a: {kind: say, prompt: "he said \\"end\\" <b>", goto: end}\n  end: {kind: hangup}\n'
    out = mermaid(sheets(read_texts({"f": text})[0]))
    assert out.startswith("flowchart LR\n")
    assert "n0_end" in out and "n0_a -->" in out
    assert "#quot;end#quot;" in out and '<b>"' not in out


def test_a_flow_that_others_walk_through_comes_last_and_is_named() -> None:
    inner = "flow: inner\nlanguages: [zh]\nstart: r\nnodes:\n  r: {kind: return}\n"
    outer = "flow: outer\nlanguages: [zh]\nstart: a\nnodes:\n"
    outer += "  a: {kind: subflow, flow: inner, goto: b}\n  b: {kind: hangup}\n"
    found = sheets(read_texts({"1": inner, "2": outer})[0])
    assert [sheet.flow for sheet in found] == ["outer", "inner"]
    assert [row.flow for card in found[0].cards for row in card.rows if row.flow] == ["inner"]
    assert "n0_a -.-> f1" in mermaid(found)
