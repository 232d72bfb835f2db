"""Doors added in the field: what the phone called them, and which door one turned out to be."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("dwelling", sa.Column("item", sa.String(), nullable=True))
    # SQLite takes the constraint only together with the column
    op.execute("ALTER TABLE dwelling ADD COLUMN merged_into INTEGER CONSTRAINT fk_dwelling_merged_into REFERENCES dwelling (id)")
    op.create_index("ix_dwelling_item", "dwelling", ["campaign_id", "item"], unique=True)
