"""bounded: a database's own bound for a question, so that none keeps its thread for ever."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ivr.errors import StoreError

STEPS = 20_000
"""Instructions of SQLite between two looks at the clock; well below a hundredth of a second."""
_CANCELLED = "57014"
"""PostgreSQL's SQLSTATE of a statement that was ended by its timeout."""


@contextmanager
def bounded(connection: Connection, seconds: float) -> Iterator[None]:
    """End what the block asks once it took so long: all of it (SQLite), or a single statement of
    it (PostgreSQL). The connection must be in a transaction, and is as before afterwards.

    Raises:
        StoreError: where it did.
    """
    inner = connection.connection.dbapi_connection
    try:
        if isinstance(inner, sqlite3.Connection):
            end = time.monotonic() + seconds
            inner.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        else:
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
        yield
    except DBAPIError as error:
        if not _ended(error.orig):
            raise
        raise StoreError(
            f"the record did not answer within {seconds:.3g} s: ask for less, such as fewer days"
        ) from error
    finally:
        if isinstance(inner, sqlite3.Connection):
            inner.set_progress_handler(None, 0)


def _ended(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT
    first = error.args[0] if error is not None and error.args else ""
    return isinstance(first, dict) and first.get("C") == _CANCELLED
