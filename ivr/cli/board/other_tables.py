"""The tables of queues, agents and alarms: what each column shows."""

from ivr.cli.board.call_table import waiting_cell
from ivr.cli.board.cells import Cell, percent, short_id, span
from ivr.cli.board.columns import Column, Table
from ivr.live.picture import AgentRow, AlarmRow, QueueRow, Severity

LEVEL_GOOD = 0.8
"""Service level that call centres commonly promise: below it the figure is marked."""

LEVEL_BAD = 0.6

PRESENCE_TONES = {
    "ready": "good", "ringing": "strong", "wrap-up": "", "busy": "",
    "paused": "", "offline": "dim",
}  # fmt: skip

PRESENCE_ORDER = ("ringing", "ready", "busy", "wrap-up", "paused", "offline")


def level_cell(level: float | None) -> Cell:
    """A service level, marked where it is low."""
    text = percent(level)
    if level is None:
        return Cell(f"{text}   ", "dim")
    if level < LEVEL_BAD:
        return Cell(f"{text} !!", "bad")
    return Cell(f"{text} ! ", "warn") if level < LEVEL_GOOD else Cell(f"{text}   ", "good")


def _longest(row: QueueRow, now: float) -> Cell:
    return waiting_cell(now - row.oldest, row.goal) if row.oldest else Cell("-   ", "dim")


def _free(row: QueueRow, now: float) -> Cell:
    if row.free:
        return Cell(f"{row.free}  ", "good")
    return Cell("0 !", "bad") if row.waiting else Cell("0  ", "dim")


def _mean_wait(row: QueueRow, now: float) -> Cell:
    return Cell(span(row.waited)) if row.answered else Cell("-", "dim")


def _number(count: int) -> Cell:
    return Cell(str(count), "" if count else "dim")


QUEUES: Table[QueueRow] = Table(
    "queues",
    (
        Column("QUEUES", lambda q, now: Cell(q.queue), 22, 36, middle=True),
        Column("waiting", lambda q, now: _number(q.waiting), 7, right=True),
        Column("longest", _longest, 10, right=True, tail=3),
        Column("in time", lambda q, now: level_cell(q.service_level), 10, right=True, tail=3),
        Column("free", _free, 6, right=True, tail=2),
        Column("busy", lambda q, now: _number(q.busy), 4, rank=1, right=True),
        Column("away", lambda q, now: _number(q.away), 4, rank=4, right=True),
        Column("answered", lambda q, now: _number(q.answered), 8, rank=2, right=True),
        Column("gave up", lambda q, now: _number(q.abandoned), 7, rank=3, right=True),
        Column("mean wait", _mean_wait, 9, rank=5, right=True),
    ),
    lambda row: row.queue,
    "no queues yet",
)  # fmt: skip


def queue_order(row: QueueRow) -> tuple[float | str, ...]:
    """Queues in which people wait first, the longest wait on top; then the busiest of the day."""
    return (not row.waiting, row.oldest or 0.0, -row.answered - row.abandoned, row.queue)


def in_use(row: QueueRow) -> bool:
    """Whether anybody waits there, or did this day."""
    return bool(row.waiting or row.answered or row.abandoned)


def _presence(row: AgentRow, now: float) -> Cell:
    return Cell(row.presence, PRESENCE_TONES.get(row.presence, ""))


def _since(row: AgentRow, now: float) -> Cell:
    return Cell(span(now - row.since) if row.since else "-", "" if row.since else "dim")


AGENTS: Table[AgentRow] = Table(
    "agents",
    (
        Column("AGENTS", lambda a, now: Cell(a.agent), 9, 16),
        Column("", lambda a, now: Cell(a.title), 8, 14, rank=1),
        Column("state", _presence, 8),
        Column("time", _since, 7, right=True),
        Column("call", lambda a, now: Cell(short_id(a.call)), 8, rank=2),
        Column("calls", lambda a, now: _number(a.calls), 5, rank=3, right=True),
        Column("reason", lambda a, now: Cell(a.reason), 8, 16, rank=4),
        Column("tier", lambda a, now: Cell(a.tier, "dim"), 10, rank=5),
        Column("skills", lambda a, now: Cell(", ".join(a.skills), "dim"), 12, 40, rank=6),
    ),
    lambda row: row.agent,
    "no agents in the agents file",
)  # fmt: skip


def agent_order(row: AgentRow) -> tuple[int, str]:
    """Those who are there first, the absent last."""
    known = row.presence in PRESENCE_ORDER
    return (PRESENCE_ORDER.index(row.presence) if known else 2, row.agent)


def _sign(row: AlarmRow, now: float) -> Cell:
    critical = row.severity is Severity.CRITICAL
    return Cell("!!" if critical else "! ", "bad" if critical else "warn")


def _alarm(row: AlarmRow, now: float) -> Cell:
    return Cell(row.text, "bad" if row.severity is Severity.CRITICAL else "warn")


ALARMS: Table[AlarmRow] = Table(
    "alarms",
    (
        Column("", _sign, 2),
        Column("", _alarm, 20, 400),
        Column("", lambda a, now: Cell(span(now - a.raised), "dim"), 7, rank=1, right=True),
    ),
    lambda row: f"{row.rule} {row.subject}",
    "no alarms",
    headed=False,
)


def alarm_order(row: AlarmRow) -> tuple[float | str, ...]:
    """The critical first, then the newest."""
    return (row.severity is not Severity.CRITICAL, -row.raised, row.rule, row.subject)
