"""Journal rows: a call's records as the tables hold them, and as records again.

What a `Listen` may hear is most of a journal and much the same in every call, so a grammar stands
in a table of its own, once, under its digest.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, select

from ivr.call.journal import Record
from ivr.store.call_facts import Row
from ivr.store.clean import clipped, number, text_of
from ivr.store.tables import grammars, records

KIND, FIELD = "Listen", "grammar"


def row_of(call: str, seq: int, record: Record) -> tuple[Row, Row | None]:
    """A record as a row of `records`, whatever it holds, and the row of `grammars` it needs."""
    data, grammar = record["data"], None
    if record["kind"] == KIND and isinstance(data.get(FIELD), dict):
        written = as_json(data[FIELD])
        grammar = {"digest": sha256(written.encode()).hexdigest(), "data": written}
        data = {name: value for name, value in data.items() if name != FIELD}
    row = {
        "call": clipped(call, records.c.call),
        "seq": seq,
        "at": number(record["at"]) or 0.0,
        "what": clipped(text_of(record["what"]), records.c.what),
        "kind": clipped(record["kind"], records.c.kind),
        "data": as_json(data),
        FIELD: grammar["digest"] if grammar else None,
    }
    return row, grammar


def whole_records() -> Select[Any]:
    """Rows of `records` in which `grammar` is the grammar itself; for `whole` or `as_record`."""
    columns = [column for column in records.columns if column.name != FIELD]
    found = records.outerjoin(grammars, grammars.c.digest == records.c.grammar)
    return select(*columns, grammars.c.data.label(FIELD)).select_from(found)


def as_record(row: Any) -> Record:
    """A row of `whole_records`, or of `whole`, as the journal had it."""
    return {
        "at": row["at"],
        "call": row["call"],
        "what": row["what"],
        "kind": row["kind"],
        "data": _data_of(row),
    }


def whole(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of `whole_records` as if nothing stood elsewhere: `data` has the grammar."""
    found = []
    for row in rows:
        plain = {name: value for name, value in row.items() if name != FIELD}
        if row[FIELD] is not None:
            plain["data"] = as_json(_data_of(row))
        found.append(plain)
    return found


def as_json(data: Any) -> str:
    written = json.dumps(data, ensure_ascii=False)
    try:
        written.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(data)
    return written


def _data_of(row: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(row["data"])
    if row.get(FIELD) is None:
        return data
    return {FIELD: json.loads(row[FIELD]), **data}
