"""Grammars stand once in a table of their own; records written before keep theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grammars",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_grammars")),
    )
    op.add_column("records", sa.Column("grammar", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_records_grammar",
        "records",
        ["grammar"],
        unique=False,
        sqlite_where=sa.text("grammar IS NOT NULL"),
        postgresql_where=sa.text("grammar IS NOT NULL"),
    )
