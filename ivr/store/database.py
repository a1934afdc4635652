"""open_database: the record's engine on SQLite or PostgreSQL, its tables brought up to date.

Every write is on disk when its transaction ends (SQLite: WAL with synchronous=FULL, since the
spool file is removed and a callback counts as promised from then on). All writers are threads, so
the wait for the disk is nobody's on the telephone.
"""

import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ivr.errors import StoreError
from ivr.store.bounded import bounded
from ivr.store.door import Door
from ivr.store.failures import passing, reason

log = logging.getLogger(__name__)

SCHEMA = "0002"
"""The newest revision in `migrations/versions`; a database that names it needs no migration."""

FILE_NAME = "record.sqlite3"
BUSY_SECONDS = 10.0
"""How long a writer waits for another one (SQLite), or for an answer of the server (PostgreSQL)."""

_COMMON: Mapping[str, Any] = MappingProxyType(
    {"connect_args": {"timeout": BUSY_SECONDS}, "hide_parameters": True}
)
"""No error tells the values of its statement: they are what callers said."""
_WRITING = "ivr_writing"
_WITHIN = "ivr_within"
_LOCK = 0x697672
"""PostgreSQL's advisory lock under which the tables are made or changed."""


def default_url(runs: Path) -> str:
    """SQLite in the runs folder, where the settings name no other database."""
    return URL.create("sqlite", database=str(runs.absolute() / FILE_NAME)).render_as_string()


def open_database(
    url: str, *, patient: bool = False, then: Callable[[Engine], None] = lambda engine: None
) -> Engine:
    """Connect, make or migrate the tables, and give an engine that any thread may use.

    `url` is as SQLAlchemy has it: `sqlite:////var/lib/ivr/record.sqlite3` or
    `postgresql://user:password@host/name` (spoken by pg8000). A SQLite file is made readable by its
    owner only, and so is its folder if that is made too. Call `engine.dispose()` at the end.

    `then` is done once the tables are there, before anybody else uses them. Where `patient`, a
    database that is away is no error: the tables are brought up to date with the first connection
    that succeeds, and until then every use of the engine raises StoreError.

    Raises:
        StoreError: for an address that cannot be used, a server that cannot be reached, a file that
            is no database, tables newer than this program. No password is ever shown.
    """
    parsed = _parsed(url)
    where = parsed.render_as_string(hide_password=True)

    def prepare() -> None:
        inner = _engine(parsed)
        try:
            _bring_up_to_date(inner)
            then(inner)
        finally:
            inner.dispose()

    try:
        engine = _engine(parsed)
    except ModuleNotFoundError as error:
        raise StoreError(f"{where}: needs {error.name}: pip install 'ivr[postgres]'") from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"{where}: cannot be opened: {reason(error)}") from error
    event.listen(engine, "do_connect", Door(where, prepare))
    try:
        _try(engine, where)
    except StoreError as error:
        if not patient or not passing(error):
            engine.dispose()
            raise
        log.error("the record is away, calls go on without it: %s", error)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _try(engine: Engine, where: str) -> None:
    try:
        engine.connect().close()
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"{where}: cannot be opened: {reason(error)}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database; every failure is a StoreError."""
    seconds = engine.get_execution_options().get(_WITHIN)
    with _told(engine), engine.connect() as connection, connection.begin():
        if seconds is None:
            yield connection
        else:
            with bounded(connection, seconds):
                yield connection


def within(engine: Engine, seconds: float) -> Engine:
    """The same database for questions: `reading` raises StoreError if it takes longer than that."""
    return engine.execution_options(**{_WITHIN: seconds})


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: all of it is on disk when the block ends, or nothing."""
    with _told(engine), engine.connect() as connection:
        writer = connection.execution_options(**{_WRITING: True})
        with writer.begin():
            yield writer


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        where = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"{where}: {reason(error)}") from error


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend, driver = parsed.get_backend_name(), parsed.drivername
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "the record's address is no database URL (as sqlite:////path/record.sqlite3 or "
            "postgresql://user:password@host/name)"
        ) from error
    if backend == "sqlite" and driver in ("sqlite", "sqlite+pysqlite"):
        if not parsed.database or parsed.database == ":memory:" or parsed.query:
            raise StoreError("a SQLite record needs a plain file: sqlite:////path/record.sqlite3")
        return parsed
    if driver in ("postgresql", "postgresql+pg8000"):
        return parsed.set(drivername="postgresql+pg8000")
    raise StoreError(f"the record cannot be kept in {driver}: use sqlite or postgresql")


def _engine(url: URL) -> Engine:
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)


# -- SQLite ----------------------------------------------------------------------------------------


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(0o600)
    engine = create_engine(url, **_COMMON)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions are ours, see `_begin`
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """A writer takes its lock at once: one that began to read could only fail, not wait."""
    writes = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


# -- PostgreSQL ------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, **_COMMON)
    # Many rows go in one statement; a statement for each would be a journey for each.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    return engine


# -- tables ----------------------------------------------------------------------------------------


def _bring_up_to_date(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        if _version(connection) == SCHEMA:
            return
    with engine.connect() as connection:
        writer = connection.execution_options(**{_WRITING: True})
        with writer.begin():
            if engine.dialect.name == "postgresql":
                writer.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if (version := _version(writer)) != SCHEMA:  # nobody else was quicker
                _migrate(writer, version)


def _version(connection: Connection) -> str:
    """The revision of the tables; "" where there are none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return ""
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def _migrate(connection: Connection, version: str) -> None:
    from alembic import command  # takes a third of a second, and is rarely needed
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = str(Path(__file__).with_name("migrations")).replace("%", "%%")
    config.set_main_option("script_location", folder)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version and version not in known:
        where = connection.engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"{where}: its tables are of version {version}, this program knows {SCHEMA}: "
            "use the newer program"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, SCHEMA)
