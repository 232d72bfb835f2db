"""What phones need: forms beside the household's, entries that came into conflict, and why something is held."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("form_version", sa.Column("purpose", sa.String(), nullable=False, server_default="household"))
    op.execute("ALTER TABLE submission ADD COLUMN conflicts INTEGER "
               "CONSTRAINT fk_submission_conflicts REFERENCES submission (id)")
    for name in ("kind", "device", "reason"):
        op.add_column("held_item", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("held_item", sa.Column("mac", sa.LargeBinary(), nullable=True))
    op.add_column("held_item", sa.Column("sent_at", sa.BigInteger(), nullable=True))
    op.add_column("held_item", sa.Column("verdict", sa.String(), nullable=True))
