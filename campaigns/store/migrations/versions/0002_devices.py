"""What OpenRosa clients need: attachments, passwords of devices, and what of a submission the form did not take."""

import sqlalchemy as sa
from alembic import op

from campaigns.store.schema import append_only_guards

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("submission", sa.Column("flags", sa.JSON(), nullable=True))
    op.add_column("submission", sa.Column("original", sa.LargeBinary(), nullable=True))
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_mac", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_attachment_campaign_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_attachment_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("file", name=op.f("uq_attachment_file")),
        sa.UniqueConstraint("submission_id", "name_mac", name=op.f("uq_attachment_submission_id_name_mac")),
    )
    op.create_table(
        "field_password",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_field_password_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_field_password")),
    )
    op.create_table(
        "digest_nonce",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_digest_nonce")),
    )
    op.create_index("ix_digest_nonce_made_at", "digest_nonce", ["made_at"], unique=False)
    for statement in append_only_guards(op.get_bind().dialect.name, ("attachment",)):
        op.execute(statement)
