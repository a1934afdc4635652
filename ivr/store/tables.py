"""The record's tables, as SQLAlchemy knows them; the migrations in `migrations/` make them.

Moments are seconds since the epoch, spans are seconds. Callers appear as keyed hashes of their
numbers (`ivr.store.caller_history.known_by`) and as the last four digits; only `records`, which
must be able to replay a call, and `callbacks`, which must dial, hold the numbers themselves.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""A key the database counts up; SQLite counts only plain integers."""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="", server_default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0, server_default="0")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=False, server_default="0")


records = Table(
    "records",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("what", String(16), nullable=False),
    Column("kind", String(48), nullable=False),
    Column("data", Text, nullable=False),
    Column("grammar", String(64)),
)
"""The journal itself, one row a record, `seq` from 0; `at` is seconds since the call began and
`data` is JSON, without the grammar of a Listen, whose digest is `grammar`."""

Index(
    "ix_records_grammar",
    records.c.grammar,
    sqlite_where=records.c.grammar.is_not(None),
    postgresql_where=records.c.grammar.is_not(None),
)

grammars = Table(
    "grammars",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("data", Text, nullable=False),
)
"""What callers might say, as JSON, under its SHA-256: kept as long as a record tells of it."""

calls = Table(
    "calls",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("began", Float, nullable=False, index=True),
    Column("ended", Float),
    _text("caller_key"),
    _text("caller_shown"),
    _text("called"),
    _text("flow"),
    _text("version"),
    _text("language"),
    _text("intent"),
    _text("outcome"),
    _text("last_node"),
    _text("queue"),
    _text("agent"),
    Column("joined", Float),
    Column("answered", Float),
    Column("waited", Float),
    Column("talked", Float),
    _count("transfers"),
    _count("turns"),
    _count("noinputs"),
    _count("nomatches"),
    Column("annoyance", Float, nullable=False, default=0.0, server_default="0"),
    _flag("annoyed"),
    _flag("abandoned"),
    _flag("contained"),
    _text("recording"),
)
"""One row a call. `ended` is null while it goes on. `joined` is when the caller first began to
wait for an agent, `answered` when the first agent took the call, `waited` the seconds between (or
until the caller gave up), `talked` the seconds with agents. `annoyance` is the highest estimate of
a turn. `abandoned`: left while waiting. `contained`: ended without ever asking for an agent."""

visits = Table(
    "visits",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("flow", String(80), nullable=False),
    Column("node", String(160), nullable=False),
    Column("at", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    _count("noinputs"),
    _count("nomatches"),
    _flag("last"),
    Index("ix_visits_node", "flow", "node"),
)
"""The nodes a call went through, in order; `at` is seconds since the call began, `seconds` how
long it stood there, `last` where it ended."""

turns = Table(
    "turns",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("who", String(16), nullable=False),
    Column("node", String(160), nullable=False),
    Column("confidence", Float),
    Column("text", Text, nullable=False),
)
"""The transcript: `who` is caller or hotline; long numbers in `text` are masked."""

waits = Table(
    "waits",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("nth", Integer, primary_key=True, autoincrement=False),
    Column("queue", String(80), nullable=False),
    _count("priority"),
    Column("joined", Float, nullable=False, index=True),
    Column("ended", Float),
    Column("waited", Float),
    Column("talked", Float),
    Column("expected", Float),
    _text("agent"),
    _text("outcome"),
)
"""Each time a caller was put into a queue: `expected` is the wait that was announced, `outcome`
as `ivr.ports.TransferOutcome`."""

callers = Table(
    "callers",
    metadata,
    Column("who", String(64), primary_key=True),
    _text("tier"),
    _count("calls"),
    _flag("annoyed"),
    Column("used", Text, nullable=False, default="{}", server_default="{}"),
    Column("day", String(10), nullable=False, index=True),
    _text("complained"),
)
"""Histories of callers; `who` is the keyed hash of their number, `day` when they last called,
`complained` the day they last complained or sounded annoyed."""

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("number", String(40), nullable=False),
    Column("joined", Float, nullable=False),
    Column("story", Text, nullable=False),
    Column("state", String(16), nullable=False, default="waiting", server_default="waiting"),
    _count("attempts"),
    Column("due", Float, nullable=False, default=0.0, server_default="0"),
    _text("reason"),
    Index("ix_callbacks_state", "state"),
    sqlite_autoincrement=True,  # a number is never given twice
)
"""Promised calls; see `ivr.store.callbacks`."""

absences = Table(
    "absences",
    metadata,
    Column("agent", String(80), primary_key=True),
    Column("reason", Text, nullable=False),
)
"""Agents who take no calls, and why."""

audit = Table(
    "audit",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False, index=True),
    Column("who", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("order", String(48), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("words", Text, nullable=False),
    Column("result", String(16), nullable=False),
    _text("why"),
    sqlite_autoincrement=True,  # a number is never given twice
)
"""Every order given: `words` is JSON, `result` is done, refused (not allowed) or failed."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", SERIAL, primary_key=True, autoincrement=True),
    Column("rule", String(48), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("text", Text, nullable=False),
    Column("raised", Float, nullable=False, index=True),
    Column("cleared", Float),
    UniqueConstraint("rule", "subject", "raised"),
    sqlite_autoincrement=True,  # a number is never given twice
)
"""Alarms that were raised, and when they were over."""
