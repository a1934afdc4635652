"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("agent", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_absences")),
    )
    op.create_table(
        "alarms",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised", sa.Float(), nullable=False),
        sa.Column("cleared", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint(
            "rule", "subject", "raised", name=op.f("uq_alarms_rule_subject_raised")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alarms_raised"), "alarms", ["raised"], unique=False)
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("order", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("joined", sa.Float(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", sa.Float(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_callbacks_state", "callbacks", ["state"], unique=False)
    op.create_table(
        "callers",
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("tier", sa.Text(), server_default="", nullable=False),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("annoyed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("used", sa.Text(), server_default="{}", nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("complained", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_callers")),
    )
    op.create_index(op.f("ix_callers_day"), "callers", ["day"], unique=False)
    op.create_table(
        "calls",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("began", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("caller_key", sa.Text(), server_default="", nullable=False),
        sa.Column("caller_shown", sa.Text(), server_default="", nullable=False),
        sa.Column("called", sa.Text(), server_default="", nullable=False),
        sa.Column("flow", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("intent", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("last_node", sa.Text(), server_default="", nullable=False),
        sa.Column("queue", sa.Text(), server_default="", nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("joined", sa.Float(), nullable=True),
        sa.Column("answered", sa.Float(), nullable=True),
        sa.Column("waited", sa.Float(), nullable=True),
        sa.Column("talked", sa.Float(), nullable=True),
        sa.Column("transfers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("turns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("noinputs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nomatches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("annoyance", sa.Float(), server_default="0", nullable=False),
        sa.Column("annoyed", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("abandoned", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("contained", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("recording", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_began"), "calls", ["began"], unique=False)
    op.create_table(
        "records",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call", "seq", name=op.f("pk_records")),
    )
    op.create_table(
        "turns",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("who", sa.String(length=16), nullable=False),
        sa.Column("node", sa.String(length=160), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("call", "nth", name=op.f("pk_turns")),
    )
    op.create_table(
        "visits",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("flow", sa.String(length=80), nullable=False),
        sa.Column("node", sa.String(length=160), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("noinputs", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nomatches", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("call", "nth", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_node", "visits", ["flow", "node"], unique=False)
    op.create_table(
        "waits",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("nth", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("joined", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("waited", sa.Float(), nullable=True),
        sa.Column("talked", sa.Float(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("call", "nth", name=op.f("pk_waits")),
    )
    op.create_index(op.f("ix_waits_joined"), "waits", ["joined"], unique=False)
