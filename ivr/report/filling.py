"""Filling an empty record with generated calls, in bulk."""

from collections.abc import Callable, Iterable
from itertools import islice

from sqlalchemy import Engine, func, insert, select

from ivr.errors import StoreError
from ivr.report.generated import GeneratedCall
from ivr.store.database import reading, writing
from ivr.store.tables import calls, visits, waits

BATCH = 5000


def fill(
    engine: Engine, generated: Iterable[GeneratedCall], progress: Callable[[int], None]
) -> dict[str, int]:
    """Write the calls into a record that has none; table -> rows.

    Raises:
        StoreError: if the record holds calls, which generated ones must never mix with.
    """
    with reading(engine) as db:
        if db.execute(select(func.count()).select_from(calls)).scalar():
            raise StoreError("this record holds calls: generated ones go into an empty record")
    source, written = iter(generated), {"calls": 0, "visits": 0, "waits": 0}
    while batch := list(islice(source, BATCH)):
        rows = {
            calls: [one.call for one in batch],
            visits: [row for one in batch for row in one.visits],
            waits: [row for one in batch for row in one.waits],
        }
        with writing(engine) as db:
            for table, some in rows.items():
                if some:
                    db.execute(insert(table), some)
                    written[table.name] += len(some)
        progress(written["calls"])
    return written
