"""Alembic's entry point: migrations run on the connection that `campaigns.store.migrations.migrate` hands over."""
from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
