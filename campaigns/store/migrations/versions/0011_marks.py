"""Persons behind several doors are found in the index of marks alone, without reading the marks."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_index("ix_answer_mark_mark", "answer_mark")
    op.create_index("ix_answer_mark_mark", "answer_mark", ["campaign_id", "mark", "place"])
