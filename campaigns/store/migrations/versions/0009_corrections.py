"""A submission is found by the one that it corrects: every correction, decision and receipt follows that line."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("ix_submission_replaces", "submission", ["replaces"])
