"""Failures of a database: what went wrong in one line, and whether waiting helps."""

import socket
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from ivr.errors import StoreError

MAX_WHY = 200

_REFUSED_VALUES = ("22", "23")
_PASSING_CLASSES = ("08", "53", "58")
"""Connection, too few resources, the system below."""
_PASSING_STATES = ("55P03", "57P01", "57P02", "57P03")
"""A lock that was not had in time; shut down, crashed, still starting."""
_LOST = ("network error", "communication error")
"""What pg8000 says of a server that hung up."""


def reason(error: BaseException) -> str:
    """What went wrong, in one line that shows neither statement, values nor password."""
    inner = getattr(error, "orig", None) or error
    if isinstance(inner.__cause__, OSError):
        inner = inner.__cause__
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    detail = inner.args[0] if inner.args else ""
    if isinstance(detail, dict):  # pg8000 gives the fields of the server's answer
        detail = detail.get("M", "")
    if not isinstance(detail, str) or not detail.strip():
        return type(inner).__name__
    return detail.strip().splitlines()[0][:MAX_WHY]


def hopeless(error: StoreError) -> bool:
    """Whether the same write can never succeed: its values were refused, not its moment."""
    cause = error.__cause__
    if isinstance(cause, DBAPIError):
        refused = _state(cause.orig).startswith(_REFUSED_VALUES)
        return isinstance(cause, DataError | IntegrityError) or refused
    return isinstance(cause, StatementError)


def passing(error: StoreError) -> bool:
    """Whether waiting may cure it: the server is away or not ready, another one holds the lock.

    A password that is refused, a host that does not exist or a file that is no database is not
    cured by waiting.
    """
    return any(_passes(one) for one in _causes(error))


def _passes(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    if isinstance(error, socket.gaierror):
        return error.errno == socket.EAI_AGAIN
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    if isinstance(error, OSError):
        return error.filename is None  # of the network; one of a file names it
    state = _state(error)
    lost = bool(error.args) and error.args[0] in _LOST
    return lost or state in _PASSING_STATES or state.startswith(_PASSING_CLASSES)


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = getattr(found, "orig", None) or found.__cause__


def _state(error: BaseException | None) -> str:
    """PostgreSQL's SQLSTATE; "" of anything else."""
    first = error.args[0] if error is not None and error.args else ""
    return str(first.get("C", "")) if isinstance(first, dict) else ""
