"""Which submissions stand and which were rejected, as SQL that other queries are built of. Who decides, and why: `decisions`."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from campaigns.store.fieldwork import decision
from campaigns.store.schema import submission

REJECTED, RESTORED = "rejected", "restored"


def is_rejected(submission_id: ColumnElement) -> ColumnElement[bool]:
    """Whether the newest decision about the submission of that column rejects it."""
    newer = decision.alias("newer_decision")
    later = select(newer.c.id).where(newer.c.submission_id == decision.c.submission_id, newer.c.id > decision.c.id).exists()
    return select(decision.c.id).where(
        decision.c.submission_id == submission_id, decision.c.verdict == REJECTED, ~later).correlate_except(decision).exists()


def rejected_ids(campaign_id: int, through: int | None = None) -> Select:
    """The ids of the campaign's rejected submissions, as the decisions up to the one numbered `through` (None: all) say."""
    counted = decision.c.campaign_id == campaign_id
    if through is not None:
        counted = and_(counted, decision.c.id <= through)
    newest = select(func.max(decision.c.id)).where(counted).group_by(decision.c.submission_id)
    return select(decision.c.submission_id).where(decision.c.id.in_(newest), decision.c.verdict == REJECTED)


@dataclass(frozen=True, slots=True)
class Through:
    """The newest submission and the newest decision that the last merge took in."""

    submission: int
    decided: int

    def counts(self, campaign_id: int) -> ColumnElement[bool]:
        """Which submissions are counted: those that came until then and are not rejected."""
        return and_(submission.c.id <= self.submission,
                    submission.c.id.not_in(rejected_ids(campaign_id, self.decided)))


def last(connection: Connection, campaign_id: int) -> int:
    """The number of the campaign's newest decision; 0 when there is none."""
    return connection.execute(select(func.coalesce(func.max(decision.c.id), 0)).where(
        decision.c.campaign_id == campaign_id)).scalar_one()
