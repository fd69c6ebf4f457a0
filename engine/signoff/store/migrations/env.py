"""What Alembic runs: it works on the connection it is given, in the transaction that is open there."""

from alembic import context

from signoff.store.schema import VERSION_TABLE, metadata

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    version_table_schema=attributes["schema"],
    version_table_pk=True,
    render_as_batch=True,
)
context.run_migrations()
