"""The top line and the line of keys: the hotline in one glance."""

import time

from ivr.cli.board.bars import Part
from ivr.cli.board.call_table import GOAL, Seen, waiting_cell
from ivr.cli.board.cells import span
from ivr.cli.board.other_tables import level_cell
from ivr.live.picture import Picture, Stage


def _keys(*keys: tuple[str, str, int]) -> tuple[Part, ...]:
    return tuple(
        part
        for key, what, rank in keys
        for part in (Part(key, "accent", rank), Part(what, "dim", rank, joined=True))
    )


_ORDERS = (
    ("l", "listen", 2), ("w", "whisper", 6), ("b", "barge", 7), ("o", "take over", 8),
    ("t", "transfer", 3), ("n", "node", 5), ("h", "hang up", 1),
)  # fmt: skip
BOARD_KEYS = _keys(
    *_ORDERS, ("/", "filter", 4), ("s", "sort", 9), ("space", "stand still", 10),
    ("?", "help", 0), ("q", "quit", 0),
)  # fmt: skip
"""Keys in the order they are shown; the rank says which go first on narrow screens."""
CALL_KEYS = _keys(("esc", "back", 0), *_ORDERS, ("?", "help", 0))


def summary(
    picture: Picture | None,
    now: float,
    *,
    where: str,
    lost: tuple[float, str] | None = None,
    behind: float | None = None,
) -> list[Part]:
    """The top line. `lost`: seconds without a server, and why; `behind`: how old a picture that
    stands still is."""
    parts = []
    if lost is not None:
        parts.append(Part(f"NO CONNECTION for {span(lost[0])}, trying again", "bad"))
        parts.append(Part(lost[1], "dim", 3))
        if picture is not None:
            parts.insert(1, Part(f"picture of {_clock(picture.at)}", "warn", 1))
        return parts
    if behind is not None:
        parts.append(Part(f"STANDS STILL, {span(behind)} behind; space goes on", "warn"))
    else:
        parts.append(Part("ivr", "strong"))
        parts.append(Part(where, "dim", 9))
    if picture is None:
        return parts
    if not picture.linked:
        parts.append(Part("Asterisk out of reach: queues and agents as last seen", "bad", 1))
    parts += _figures(picture, now)
    parts.append(Part(_clock(now), "dim", 6, right=True))
    return parts


def _figures(picture: Picture, now: float) -> list[Part]:
    waiting = [row for row in picture.calls if row.stage is Stage.WAITING]
    parts = [
        Part(f"{len(picture.calls)} call{'s' if len(picture.calls) != 1 else ''}", "", 4),
        Part(f"{len(waiting)} waiting", "strong" if waiting else "", 2),
    ]
    if waiting:
        goals = {queue.queue: queue.goal for queue in picture.queues}
        first = min(waiting, key=lambda row: row.joined or row.since)
        goal = goals.get(first.queue, GOAL)
        cell = waiting_cell(now - (first.joined or first.since), goal)
        parts.append(Part(f"longest {cell.text.strip()}", cell.tone, 2))
    offered = sum(q.answered + q.abandoned for q in picture.queues)
    if offered:
        level = level_cell(sum(q.in_time for q in picture.queues) / offered)
        parts.append(Part(f"in time {level.text.strip()}", level.tone, 3))
    annoyed = sum(row.annoyed for row in picture.calls)
    if annoyed:
        parts.append(Part(f"{annoyed} annoyed !", "bad", 5))
    free = sum(agent.presence == "ready" for agent in picture.agents)
    there = sum(agent.presence not in ("offline", "paused") for agent in picture.agents)
    parts.append(Part(f"{free} of {there} agents free", "", 7))
    return parts


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))


def seen_calls(picture: Picture) -> list[Seen]:
    """The picture's calls with their queue's goal and their agent's title."""
    goals = {queue.queue: queue.goal for queue in picture.queues}
    titles = {agent.agent: agent.title for agent in picture.agents}
    return [
        Seen(row, goals.get(row.queue, GOAL), titles.get(row.agent) or row.agent)
        for row in picture.calls
    ]
