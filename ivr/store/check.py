"""Check: whether the record is whole, and what of it a person should look at."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, func, select, text

from ivr.store.database import reading
from ivr.store.spool.backlog import ASIDE
from ivr.store.spool.spool_file import spooled
from ivr.store.tables import calls, grammars, metadata, records, turns, visits, waits

SHOWN = 5
"""Calls named for each fault."""
DAY = 24 * 3600.0


@dataclass(slots=True)
class Health:
    """`counts` are rows by table, `spooled` calls whose files wait; no `faults`: all is well."""

    counts: dict[str, int] = field(default_factory=dict)
    spooled: int = 0
    faults: list[str] = field(default_factory=list)


def check_record(engine: Engine, spool: Path, now: float) -> Health:
    """Look at everything; only reads.

    Raises:
        StoreError: if the database cannot be read.
    """
    health = Health(spooled=len(spooled(spool)))
    with reading(engine) as db:
        for table in metadata.sorted_tables:
            health.counts[table.name] = db.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
        if engine.dialect.name == "sqlite":
            answer = db.execute(text("PRAGMA integrity_check")).scalars().all()
            health.faults += [f"SQLite: {line}" for line in answer[:SHOWN] if line != "ok"]
        for what, query in _questions(now):
            found = list(db.execute(query.limit(SHOWN + 1)).scalars())
            if found:
                more = " ..." if len(found) > SHOWN else ""
                health.faults.append(f"{what}: {', '.join(found[:SHOWN])}{more}")
    aside = sorted(path.name for path in spool.glob(f"*{ASIDE}")) if spool.is_dir() else []
    if aside:
        health.faults.append(f"set aside in {spool}: {', '.join(aside[:SHOWN])}")
    return health


def _questions(now: float) -> list[tuple[str, Select[Any]]]:
    gaps = (
        select(records.c.call)
        .group_by(records.c.call)
        .having(func.count() != func.max(records.c.seq) + 1)
    )
    long_open = select(calls.c.call).where(calls.c.ended.is_(None), calls.c.began < now - DAY)
    known = select(calls.c.call)
    tells, named = records.c.grammar.is_not(None), select(grammars.c.digest)
    lost = select(records.c.call).where(tells, records.c.grammar.not_in(named)).distinct()
    questions = [
        ("records are missing in calls", gaps),
        ("grammars are missing in calls", lost),
        ("calls that began over a day ago and have no end", long_open),
    ]
    for table in (records, visits, turns, waits):
        orphans = select(table.c.call).where(table.c.call.not_in(known)).distinct()
        questions.append((f"{table.name} of calls that have no row", orphans))
    return questions
