"""Cells, columns, layout and tables: widths are exact, whatever the text and the room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ivr.cli.board.bars import Part, fitting
from ivr.cli.board.call_table import CALLS, SORTS, Seen, chosen, matches, short_intent
from ivr.cli.board.cells import clean, cut, cut_middle, fitted, percent, short_id, span, wrapped
from ivr.cli.board.columns import gap, laid_out
from ivr.cli.board.layout import BARS, share_out
from ivr.cli.board.other_tables import AGENTS, ALARMS, QUEUES, in_use, level_cell, queue_order
from ivr.cli.board.tones import theme_name
from ivr.live.picture import QueueRow
from tests.cli.board.rig import CALLS as ROWS
from tests.cli.board.rig import NOW

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    "信用卡分期 ab1。，é\n\t\x1b", max_size=60
)


@given(TEXTS, st.integers(0, 40), st.booleans(), st.booleans())
def test_fitted_text_is_exactly_as_wide(text: str, width: int, right: bool, middle: bool) -> None:
    assert cell_len(fitted(text, width, right, middle)) == width


@given(TEXTS, st.integers(0, 40))
def test_cut_text_is_never_wider_and_says_that_it_is_cut(text: str, width: int) -> None:
    text = clean(text)
    short = cut(text, width)
    assert cell_len(short) <= width
    assert short == text or not width or short.endswith("…")


@given(TEXTS, st.integers(3, 40))
def test_a_name_cut_in_the_middle_keeps_both_ends(text: str, width: int) -> None:
    text = clean(text)
    short = cut_middle(text, width)
    assert cell_len(short) <= width
    before, dots, after = short.partition("…")
    if "…" not in text and dots:
        assert text.startswith(before) and text.endswith(after) and after
        assert cell_len(before) + cell_len(after) >= width - 3  # a wide character each may miss
    elif "…" not in text:
        assert short == text


def test_long_queues_are_told_apart_at_80_columns() -> None:
    ends = ("", "-overdue", "-to_expert", "-to_specialist", "-to_specialist-overdue")
    names = [f"zh-card_loss.3-funds_at_risk{end}" for end in ends]
    queues = {one.title: (one, wide) for one, wide in laid_out(QUEUES.columns, 77)}
    calls = {one.title: (one, wide) for one, wide in laid_out(CALLS.columns, 77)}
    for column, wide in (queues["QUEUES"], calls["where"]):
        shown = {column.fitted(name, wide) for name in names}
        assert len(shown) >= len(names) - 1, shown  # who is overdue is seen in any case


@given(TEXTS, st.integers(2, 40))
def test_wrapped_text_fits_and_loses_nothing(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())


@given(TEXTS)
def test_nothing_that_a_terminal_obeys_is_drawn(text: str) -> None:
    assert clean(text).isprintable()


@pytest.mark.parametrize("table", [CALLS, QUEUES, AGENTS, ALARMS], ids=lambda t: t.name)
def test_columns_fit_every_width(table: object) -> None:
    for width in range(1, 260):
        placed = laid_out(table.columns, width)  # type: ignore[attr-defined]
        total = sum(wide for _, wide in placed) + gap(width) * (len(placed) - 1)
        assert placed and total <= width


def test_at_80_columns_nothing_essential_is_missing() -> None:
    titles = [column.title for column, _ in laid_out(CALLS.columns, 77)]
    assert titles == ["CALLS", "state", "time", "where", "lang", "intent", "annoyed", "agent"]
    titles = [column.title for column, _ in laid_out(QUEUES.columns, 77)]
    assert titles == ["QUEUES", "waiting", "longest", "in time", "free", "busy", "answered"]


@given(
    st.integers(1, 300), st.integers(1, 100), st.integers(0, 99), st.integers(0, 99),
    st.integers(0, 20),
)  # fmt: skip
def test_lines_are_shared_out_without_rest(
    width: int, height: int, queues: int, agents: int, alarms: int
) -> None:
    heights = share_out(width, height, queues, agents, alarms)
    below = heights.queues if heights.beside else heights.queues + heights.agents
    assert heights.calls >= 1
    assert heights.alarms + heights.calls + below == max(height - BARS, 1)


@given(st.lists(st.builds(Part, TEXTS, rank=st.integers(0, 9)), max_size=8), st.integers(1, 120))
def test_a_bar_never_gives_up_what_must_stay(parts: list[Part], width: int) -> None:
    kept = fitting(parts, width, 3)
    assert len([p for p in kept if not p.rank]) == len([p for p in parts if not p.rank])


def test_spans_and_percent() -> None:
    assert [span(s) for s in (-1, 0, 7.9, 65, 3600, 90_000, 400_000)] == [
        "0:00", "0:00", "0:07", "1:05", "1:00:00", "1 d", "4 d",
    ]  # fmt: skip
    assert (percent(None), percent(0.825), percent(1.0)) == ("-", "82 %", "100 %")


def test_ids_are_short_and_still_tell_calls_apart() -> None:
    assert short_id("1795323801.12") == "23801.12"
    assert short_id("5f0c2d1e-0000-4000-8000-000000000001") == "5f0c2d1e"
    assert short_id("") == ""
    assert short_intent("bank.main.card_loss") == "card_loss"


def test_levels_are_marked() -> None:
    assert level_cell(None).text.strip() == "-"
    assert (level_cell(0.59).tone, level_cell(0.79).tone, level_cell(0.8).tone) == (
        "bad", "warn", "good",
    )  # fmt: skip


def test_queues_with_people_come_first_then_the_busiest() -> None:
    rows = [
        QueueRow("c"), QueueRow("b", answered=5), QueueRow("a", 1, NOW - 5),
        QueueRow("d", 2, NOW - 60),
    ]  # fmt: skip
    assert [row.queue for row in sorted(rows, key=queue_order)] == ["d", "a", "b", "c"]
    assert [row.queue for row in rows if in_use(row)] == ["b", "a", "d"]


SEEN = [Seen(row, agent="王静" if row.agent else "") for row in ROWS]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", 5), ("loans", 1), ("LOANS", 1), ("queue:card_loss", 1), ("state:waiting", 2),
        ("waiting zh", 2), ("annoyed", 1), ("王静", 1), ("agent:wang", 1), ("nobody", 0),
        ("node:信用卡", 1), ("lang:zh", 0), ("language:zh", 3), ("5f0c", 1),
    ],
)  # fmt: skip
def test_filters(words: str, found: int) -> None:
    assert sum(matches(seen, words) for seen in SEEN) == found


@pytest.mark.parametrize("order", SORTS)
def test_orders_are_whole_and_turn_round(order: str) -> None:
    there = chosen(SEEN, "", order, False, NOW)
    back = chosen(SEEN, "", order, True, NOW)
    assert there == list(reversed(back)) and set(map(id, there)) == set(map(id, SEEN))


def test_attention_goes_to_who_waits_longest_then_to_the_annoyed() -> None:
    ids = [seen.row.call[:8] for seen in chosen(SEEN, "", "attention", False, NOW)]
    assert ids == ["5f0c2d1e", "61b70a00", "8c33d4e5", "77aa1b2c", "9d44e5f6"]


@pytest.mark.parametrize(
    ("wanted", "environment", "name"),
    [
        ("auto", {}, "calm-dark"),
        ("auto", {"COLORFGBG": "0;15"}, "calm-light"),
        ("auto", {"COLORFGBG": "15;0"}, "calm-dark"),
        ("light", {"COLORFGBG": "15;0"}, "calm-light"),
        ("light", {"NO_COLOR": ""}, "calm-plain"),
    ],
)
def test_themes(wanted: str, environment: dict[str, str], name: str) -> None:
    assert theme_name(wanted, environment) == name
