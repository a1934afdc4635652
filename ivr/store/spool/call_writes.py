"""Writes of calls: records, the row of a call, and everything that is known once it is over."""

import json
from collections.abc import Sequence
from functools import cache

from sqlalchemy import Connection, Insert, delete, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ivr.call.journal import Record
from ivr.store.call_facts import Row
from ivr.store.clean import clipped
from ivr.store.journal_rows import as_json, as_record, row_of, whole_records
from ivr.store.summary import Summary
from ivr.store.tables import calls, grammars, records, turns, visits, waits

ROWS = 500
"""Rows of one statement: databases bound the values of one."""


def put_grammars(db: Connection, rows: Sequence[Row]) -> None:
    """Add grammars; those that are there already stay."""
    for row in sorted(rows, key=lambda row: str(row["digest"])):  # no two writers lock crosswise
        db.execute(_put_grammar(db.dialect.name), row)


def put_records(db: Connection, rows: Sequence[Row]) -> None:
    """Add records; those that are there already stay as they are."""
    for first in range(0, len(rows), ROWS):
        some = list(rows[first : first + ROWS])
        if db.dialect.name == "postgresql":
            db.execute(_ROWS_AT_ONCE, {"rows": json.dumps(some)})
        else:
            db.execute(_ADD_RECORDS, some)


def put_call(db: Connection, row: Row) -> None:
    """Make the row of a call, or bring it up to date."""
    db.execute(_put_call(db.dialect.name), [row])


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
    row, _ = row_of(call, 0, first)
    same = [records.c[name] == row[name] for name in ("at", "what", "kind")]
    same.append(records.c.data.in_((row["data"], as_json(first["data"]))))  # as 0001 had it
    seq = db.execute(select(records.c.seq).where(mine, *same).order_by(records.c.seq)).scalar()
    query = whole_records().where(mine).order_by(records.c.seq)
    if seq is not None:
        query = query.where(records.c.seq < seq)
    return [as_record(one) for one in db.execute(query).mappings()]


_ADD_RECORDS = sqlite.insert(records).on_conflict_do_nothing(index_elements=["call", "seq"])
_ROWS_AT_ONCE = text(
    "INSERT INTO records (call, seq, at, what, kind, data, grammar) "
    "SELECT call, seq, at, what, kind, data, grammar FROM json_to_recordset(CAST(:rows AS json)) "
    "AS r(call text, seq int, at float8, what text, kind text, data text, grammar text) "
    "ON CONFLICT (call, seq) DO NOTHING"
)
"""For PostgreSQL, where a statement for each row would be a journey for each."""


@cache
def _put_grammar(dialect: str) -> Insert:
    put = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(grammars)
    return put.on_conflict_do_nothing(index_elements=["digest"])


@cache
def _put_call(dialect: str) -> Insert:
    put = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(calls)
    fresh = {c.name: put.excluded[c.name] for c in calls.columns if c.name != "call"}
    return put.on_conflict_do_update(index_elements=["call"], set_=fresh)
