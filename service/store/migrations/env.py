"""Alembic's entry point: run the migrations on the connection given by `service.store.migrations.migrate`."""

from alembic import context

from service.store.table import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
