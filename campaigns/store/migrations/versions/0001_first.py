"""The first schema. Later changes are migrations of their own; from the first release on this file stays as it is."""
from alembic import op

from campaigns.store.schema import append_only_guards, metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    bind = op.get_bind()
    metadata.create_all(bind)
    for statement in append_only_guards(bind.dialect.name):
        op.execute(statement)
