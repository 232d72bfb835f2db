"""Bonus and restored rows of the ledger, the rules of pay with their history, and marks by which like answers are found."""

import sqlalchemy as sa
from alembic import op

from campaigns.store.schema import append_only_guards

revision = "0006"
down_revision = "0005"

_NEW = (("rule", sa.String(), ""), ("round", sa.Integer(), "1"), ("why", sa.String(), ""), ("worked", sa.String(), ""))
_KEPT = "id, campaign_id, user_id, submission_id, dwelling_id, household, kind, fen, pay, at, day"
_ONCE = ["submission_id", "kind", "rule", "round"]


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _ledger_made_anew()
    else:
        _ledger_altered()
    op.create_index("ix_tally_worked", "tally", ["user_id", "worked"])
    op.create_table(
        "pay_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_pay_rule_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_rule")),
    )
    op.create_index("ix_pay_rule_campaign_id", "pay_rule", ["campaign_id"])
    op.create_table(
        "answer_mark",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_answer_mark_campaign_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_answer_mark_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "place", name=op.f("pk_answer_mark")),
    )
    op.create_index("ix_answer_mark_mark", "answer_mark", ["campaign_id", "mark"])
    for statement in append_only_guards(dialect, ("pay_rule",)):
        op.execute(statement)


def _ledger_made_anew() -> None:
    """SQLite cannot drop a constraint. No row of pay_line exists yet that would hold the old table."""
    op.create_table(
        "tally_anew",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(f"{name}_id", sa.Integer(), nullable=False) for name in ("campaign", "user", "submission", "dwelling")),
        sa.Column("household", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        *(sa.Column(name, kind, nullable=False, server_default=default) for name, kind, default in _NEW[:3]),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("pay", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        *(sa.Column(name, kind, nullable=False, server_default=default) for name, kind, default in _NEW[3:]),
        *(sa.ForeignKeyConstraint([f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_tally_{name}_id"))
          for name in ("campaign", "dwelling", "submission", "user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
        sa.UniqueConstraint("dwelling_id", "household", "pay", name=op.f("uq_tally_dwelling_id_household_pay")),
        sa.UniqueConstraint(*_ONCE, name=op.f("uq_tally_submission_id_kind_rule_round")),
    )
    op.execute(f"INSERT INTO tally_anew ({_KEPT}, worked) SELECT {_KEPT}, day FROM tally ORDER BY id")
    op.drop_table("tally")
    op.rename_table("tally_anew", "tally")
    op.create_index("ix_tally_user", "tally", ["user_id", "day"])
    for statement in append_only_guards("sqlite", ("tally",)):
        op.execute(statement)


def _ledger_altered() -> None:
    for name, kind, default in _NEW:
        op.add_column("tally", sa.Column(name, kind, nullable=False, server_default=default))
    op.execute("ALTER TABLE tally DISABLE TRIGGER tally_append_only")
    op.execute("UPDATE tally SET worked = day")
    op.execute("ALTER TABLE tally ENABLE TRIGGER tally_append_only")
    op.drop_constraint("uq_tally_submission_id_kind", "tally")
    op.create_unique_constraint("uq_tally_submission_id_kind_rule_round", "tally", _ONCE)
