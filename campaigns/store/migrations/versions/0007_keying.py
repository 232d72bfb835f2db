"""Paper keyed twice: how many answers were compared, and who was right."""

import sqlalchemy as sa
from alembic import op

from campaigns.store.fieldwork import VERDICTS_APPEND_ONLY
from campaigns.store.schema import append_only_guards

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("second_keying", sa.Column("compared", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "keying_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("second_keying_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first_wrong", sa.Integer(), nullable=False),
        sa.Column("second_wrong", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_keying_verdict_campaign_id")),
        sa.ForeignKeyConstraint(["second_keying_id"], ["second_keying.id"], name=op.f("fk_keying_verdict_second_keying_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_keying_verdict_user_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["submission.id"], name=op.f("fk_keying_verdict_correction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keying_verdict")),
        sa.UniqueConstraint("second_keying_id", name=op.f("uq_keying_verdict_second_keying_id")),
    )
    for statement in append_only_guards(op.get_bind().dialect.name, VERDICTS_APPEND_ONLY):
        op.execute(statement)
