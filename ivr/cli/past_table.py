"""The table of past calls, as rows of `/v1/history`."""

import time
from collections.abc import Mapping
from typing import Any

from ivr.cli.board.cells import Cell, short_id, span
from ivr.cli.board.columns import Column, Table

Past = Mapping[str, Any]


def _began(row: Past, now: float) -> Cell:
    return Cell(time.strftime("%m-%d %H:%M:%S", time.localtime(row["began"])))


def _length(row: Past, now: float) -> Cell:
    ended = row["ended"]
    return Cell("goes on", "dim") if ended is None else Cell(span(ended - row["began"]))


def _span(name: str) -> Any:
    def cell(row: Past, now: float) -> Cell:
        return Cell("-", "dim") if row[name] is None else Cell(span(row[name]))

    return cell


def _mood(row: Past, now: float) -> Cell:
    if row["annoyed"]:
        return Cell(f"{row['annoyance']:.2f} !", "bad")
    return Cell(f"{row['annoyance']:.2f}  ", "dim")


def _text(name: str, tone: str = "") -> Any:
    return lambda row, now: Cell(str(row[name]), tone)


PAST: Table[Past] = Table(
    "past calls",
    (
        Column("call", lambda r, now: Cell(short_id(r["call"])), 8),
        Column("began", _began, 14),
        Column("length", _length, 7, right=True),
        Column("end", _text("outcome"), 9, 16),
        Column("intent", _text("intent"), 9, 20, rank=1),
        Column("waited", _span("waited"), 6, rank=2, right=True),
        Column("agent", _text("agent"), 8, 14, rank=3),
        Column("annoyed", _mood, 7, rank=4, right=True),
        Column("lang", _text("language"), 4, rank=6, wide=True),
        Column("last node", _text("last_node"), 14, 30, rank=5, wide=True, middle=True),
        Column("queue", _text("queue"), 12, 24, rank=7, wide=True, middle=True),
        Column("caller", _text("caller_shown", "dim"), 8, 14, rank=8, wide=True),
    ),
    lambda row: str(row["call"]),
    "no such calls in the record",
)


def facts_of_past(row: Past) -> list[tuple[str, str]]:
    """What is known of one past call, as labelled texts."""
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["began"]))
    ended = row["ended"]
    facts = [
        ("call", row["call"]),
        ("began", began),
        ("length", "goes on" if ended is None else span(ended - row["began"])),
        ("end", row["outcome"]),
        ("flow", f"{row['flow']} {row['version'][:8]}".strip()),
        ("last node", row["last_node"]),
        ("language", row["language"]),
        ("intent", row["intent"]),
        ("queue", row["queue"]),
        ("agent", row["agent"]),
        ("waited", "" if row["waited"] is None else span(row["waited"])),
        ("talked", "" if row["talked"] is None else span(row["talked"])),
        ("turns", f"{row['turns']}, {row['nomatches']} not understood"),
        ("annoyed", f"{row['annoyance']:.2f}" + (" !" if row["annoyed"] else "")),
        ("caller", row["caller_shown"]),
        ("recording", row["recording"]),
    ]
    return [(label, str(text) or "-") for label, text in facts]
