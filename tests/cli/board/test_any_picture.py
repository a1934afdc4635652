"""Any picture is drawn at any size from 40x10 up, and the lines keep their width."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Severity, Stage
from tests.cli.board.rig import NOW, StillFeed, board, settled

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "",
        "信用卡分期付款办理前的身份确认",
        "zh-card_loss.3-funds_at_risk-overdue",
        "[bold]x[/]",
        "\x1b[2J",
    ]
)
MOMENTS = st.floats(0, 2 * NOW) | st.sampled_from([0.0, NOW])
COUNTS = st.integers(0, 10**6)

ROWS = {
    "calls": st.lists(
        st.builds(
            CallRow, st.uuids().map(str), MOMENTS, st.sampled_from(Stage), MOMENTS, WORDS, WORDS,
            WORDS, WORDS, WORDS, WORDS, WORDS, COUNTS, MOMENTS, WORDS, st.floats(0, 1),
            st.booleans(), COUNTS, COUNTS, st.booleans(),
        ),
        max_size=60, unique_by=lambda row: row.call,
    ),
    "queues": st.lists(
        st.builds(
            QueueRow, WORDS, COUNTS, MOMENTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS,
            st.floats(0, 1e6), st.floats(0, 1e4),
        ),
        max_size=12, unique_by=lambda row: row.queue,
    ),
    "agents": st.lists(
        st.builds(
            AgentRow, WORDS, WORDS, WORDS, WORDS, WORDS, MOMENTS, WORDS,
            st.lists(WORDS, max_size=4).map(tuple), COUNTS,
        ),
        max_size=12, unique_by=lambda row: row.agent,
    ),
    "alarms": st.lists(
        st.builds(AlarmRow, WORDS, WORDS, WORDS, MOMENTS, st.sampled_from(Severity)),
        max_size=5, unique_by=lambda row: (row.rule, row.subject),
    ),
}  # fmt: skip
PICTURES = st.builds(
    Picture, MOMENTS, st.booleans(),
    *(rows.map(tuple) for rows in ROWS.values()),
)  # fmt: skip
SIZES = st.tuples(st.integers(40, 220), st.integers(10, 70))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PICTURES, SIZES, SIZES)
def test_any_picture_at_any_size(
    picture: Picture, size: tuple[int, int], then: tuple[int, int]
) -> None:
    asyncio.run(_draw(picture, size, then))


async def _draw(picture: Picture, size: tuple[int, int], then: tuple[int, int]) -> None:
    async with board(StillFeed(picture), size) as (app, pilot):
        for columns, lines in (size, then):
            await pilot.resize_terminal(columns, lines)
            await pilot.press("j", "tab", "tab", "G", "shift+tab", "shift+tab")
            await settled(pilot)
            drawn = app.screen._compositor.render_strips()
            assert len(drawn) == lines
            for strip in drawn:
                assert strip.text.isprintable()
                assert cell_len(strip.text) == columns, repr(strip.text)
        await pilot.press("enter")
        await settled(pilot)
