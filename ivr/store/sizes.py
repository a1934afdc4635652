"""Sizes: what a call's journal costs in the record, by kind of record."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, LargeBinary, cast, func, literal, select

from ivr.store.database import reading
from ivr.store.tables import grammars, records


@dataclass(frozen=True, slots=True)
class KindSize:
    """Records of one kind, and their bytes; text as UTF-8, without what the database adds."""

    kind: str
    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """`calls` are those that have records still, `grammars` the bytes that all of them share;
    `kinds` has the largest first."""

    calls: int
    grammars: int
    kinds: tuple[KindSize, ...]


def sizes_of(engine: Engine) -> Sizes:
    """Add up every record.

    Raises:
        StoreError: if the record cannot be read.
    """
    length = _octets if engine.dialect.name == "postgresql" else _blob
    columns = records.c.call, records.c.kind, records.c.data, func.coalesce(records.c.grammar, "")
    size = func.sum(sum((length(column) for column in columns), start=literal(0)))
    kinds = select(records.c.kind, func.count(), size).group_by(records.c.kind)
    with reading(engine) as db:
        calls = db.execute(select(func.count(records.c.call.distinct()))).scalar_one()
        shared = db.execute(select(func.sum(length(grammars.c.data)))).scalar_one() or 0
        found = [KindSize(kind, int(n), int(size)) for kind, n, size in db.execute(kinds)]
    return Sizes(int(calls), int(shared), tuple(sorted(found, key=lambda k: -k.bytes)))


def _octets(text: ColumnElement[Any]) -> ColumnElement[int]:
    return func.octet_length(text)


def _blob(text: ColumnElement[Any]) -> ColumnElement[int]:
    """SQLite counts the bytes of a blob, but the characters of a text."""
    return func.length(cast(text, LargeBinary))
