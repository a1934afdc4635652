"""Writes of calls: records, the row of a call, and everything that is known once it is over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from ivr.call.journal import Record
from ivr.store.call_facts import Row
from ivr.store.clean import clipped, number, text_of
from ivr.store.history import as_record
from ivr.store.summary import Summary
from ivr.store.tables import calls, records, turns, visits, waits

ROWS = 500
"""Rows of one statement: databases bound the values of one."""


def record_row(call: str, seq: int, record: Record) -> Row:
    """A record as a row of `records`, whatever it holds."""
    return {
        "call": clipped(call, records.c.call),
        "seq": seq,
        "at": number(record["at"]) or 0.0,
        "what": clipped(text_of(record["what"]), records.c.what),
        "kind": clipped(record["kind"], records.c.kind),
        "data": _as_json(record["data"]),
    }


def put_records(db: Connection, rows: Sequence[Row]) -> None:
    """Add records; those that are there already stay as they are."""
    statement = _statements(db.dialect.name).add_records
    for first in range(0, len(rows), ROWS):
        db.execute(statement, list(rows[first : first + ROWS]))


def put_call(db: Connection, row: Row) -> None:
    """Make the row of a call, or bring it up to date."""
    db.execute(_statements(db.dialect.name).put_call, [row])


def put_summary(db: Connection, summary: Summary) -> None:
    """Write all that a call came to, in place of what stood there."""
    put_call(db, summary.call)
    parts = ((visits, summary.visits), (turns, summary.turns), (waits, summary.waits))
    for table, rows in parts:
        db.execute(delete(table).where(table.c.call == summary.call["call"]))
        for first in range(0, len(rows), ROWS):
            db.execute(insert(table), rows[first : first + ROWS])


def records_before(db: Connection, call: str, first: Record) -> list[Record]:
    """What the record holds of a call before the record `first` of its spool file.

    Nothing of a call that is new, or whose file begins with the beginning; all of one whose file
    was removed before, and which went on.
    """
    mine = records.c.call == clipped(call, records.c.call)
    if db.execute(select(records.c.seq).where(mine).limit(1)).first() is None:
        return []
    row = record_row(call, 0, first)
    same = [records.c[name] == row[name] for name in ("at", "what", "kind", "data")]
    seq = db.execute(select(records.c.seq).where(mine, *same).order_by(records.c.seq)).scalar()
    query = select(records).where(mine).order_by(records.c.seq)
    if seq is not None:
        query = query.where(records.c.seq < seq)
    return [as_record(one) for one in db.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class _Statements:
    add_records: Insert
    put_call: Insert


@cache
def _statements(dialect: str) -> _Statements:
    """INSERTs that know ON CONFLICT, of which each dialect has its own; built once."""
    insert_into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    add = insert_into(records).on_conflict_do_nothing(index_elements=["call", "seq"])
    put = insert_into(calls)
    fresh = {c.name: put.excluded[c.name] for c in calls.columns if c.name != "call"}
    return _Statements(add, put.on_conflict_do_update(index_elements=["call"], set_=fresh))


def _as_json(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(data)
    return text
