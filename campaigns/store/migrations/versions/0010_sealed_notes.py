"""What reviewers write beside a decision or a flag is sealed; what stood there in clear before stays, as those rows never change.
And how much one person sends, and how much of it is held, is counted quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table in ("decision", "flag_review"):
        op.add_column(table, sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_index("ix_held_item_user", "held_item", ["user_id", "verdict"])
    op.create_index("ix_delivery_user", "delivery", ["user_id", "received_at"])
