"""Alembic's environment: migrates over the connection that `ivr.store.database` hands it."""

from alembic import context

from ivr.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's is, since we begin transactions ourselves
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
