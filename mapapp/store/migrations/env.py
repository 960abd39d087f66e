"""Alembic's entry: runs the migrations on the connection that `upgrade.alembic_config` passes in."""

from alembic import context

from mapapp.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
