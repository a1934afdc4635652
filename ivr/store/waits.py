"""Waits: how long callers stood in each line of late, for whoever estimates the next one's."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from ivr.store.database import reading
from ivr.store.tables import waits

MAX_WAITS = 2000
LEAST_SECONDS = 5.0
"""Whoever was answered sooner did not stand in line."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One caller in one queue, from `joined` to `left`, in seconds since the epoch."""

    queue: str
    joined: float
    left: float


def latest_waits(engine: Engine, since: float) -> list[Wait]:
    """The last waits that began at `since` or later, in order of their beginning.

    Raises:
        StoreError: if the record cannot be read.
    """
    columns = waits.c.queue, waits.c.joined, waits.c.waited
    query = (
        select(*columns)
        .where(waits.c.joined >= since, waits.c.waited >= LEAST_SECONDS)
        .order_by(waits.c.joined.desc())
        .limit(MAX_WAITS)
    )
    with reading(engine) as db:
        rows = db.execute(query).all()
    return [Wait(queue, joined, joined + waited) for queue, joined, waited in reversed(rows)]
