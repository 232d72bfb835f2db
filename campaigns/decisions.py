"""Decisions of reviewers about what came in: rejected, and restored. They are rows too; nothing is changed or deleted (INV-2).

DEC-1 The newest decision about a submission holds. Each has a reason, of 4 to 400 characters, and who decided when.
DEC-2 A decision takes along the later corrections by the same sender: they are the same person's word. A correction by
      somebody else stands, the household's own above all.
DEC-3 What is rejected is no record and counts in no figure of what was collected; the household may be recorded again.
DEC-4 The sender's credit is taken back by a counter-entry, and given back when the submission is restored (`tally` TLY-3, TLY-6).
DEC-5 The same decision twice is refused: whoever decides second shall see that somebody was quicker.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns import audit, tally
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.store.fieldwork import decision
from campaigns.store.schema import submission, user
from campaigns.store.schema import tally as ledger
from campaigns.verdicts import REJECTED, RESTORED
from forms.language import Refusal, Text

VERDICTS = {REJECTED: Text("已驳回", "rejected"), RESTORED: Text("已恢复", "restored")}
_SHORTEST, _LONGEST = 4, 400


class NoSuchEntry(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这份登记。请从列表里打开。", "There is no such entry. Open it from the list.")


class ReasonMissing(Refusal):
    status = 422

    def __init__(self):
        super().__init__("请写明原因，{least} 到 {most} 个字，志愿者会看到。",
                         "Give a reason of {least} to {most} characters; the volunteer will read it.",
                         least=_SHORTEST, most=_LONGEST)


class DecidedAlready(Refusal):
    status = 409

    def __init__(self, verdict: str):
        super().__init__("这份登记现在就是“{verdict}”，可能别人刚决定过。没有改动。",
                         "This entry is {verdict} already; somebody may just have decided. Nothing was changed.",
                         verdict=VERDICTS[verdict])


@dataclass(frozen=True)
class Decision:
    """One decision, as shown. `by` is the work number, empty at the command line."""

    verdict: str
    reason: str
    by: str
    at: datetime


def reject(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor) -> None:
    """Reject a submission: DEC-1 to DEC-4. Raises NoSuchEntry, ReasonMissing, DecidedAlready."""
    for each in _decide(connection, campaign, submission_id, REJECTED, reason, at, actor):
        if _credited(connection, each):
            tally.reverse(connection, campaign, each, reason.strip(), at, actor)


def restore(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor) -> None:
    """Restore a rejected submission. Raises as `reject`."""
    for each in _decide(connection, campaign, submission_id, RESTORED, reason, at, actor):
        if _credited(connection, each):
            tally.restore(connection, campaign, each, at, actor)


def _decide(connection: Connection, campaign: Campaign, submission_id: int, verdict: str, reason: str, at: datetime,
            actor: Actor) -> list[int]:
    """Write the decisions; returns the submissions that it changed."""
    line = _line(connection, campaign, submission_id)
    if not _SHORTEST <= len(reason.strip()) <= _LONGEST:
        raise ReasonMissing
    now = {each: (history(connection, each) or [None])[-1] for each in line}
    changed = [each for each in line if _stands(now[each]) == (verdict == REJECTED)]
    if submission_id not in changed:
        raise DecidedAlready(verdict)
    for each in changed:
        connection.execute(decision.insert().values(
            campaign_id=campaign.id, submission_id=each, verdict=verdict, reason=reason.strip(), user_id=actor.user_id, at=at))
        audit.write(connection, campaign.id, at, actor, f"submission.{verdict}", f"submission:{each}")
    return changed


def _stands(newest: Decision | None) -> bool:
    return newest is None or newest.verdict != REJECTED


def _line(connection: Connection, campaign: Campaign, submission_id: int) -> list[int]:
    """The submission and the corrections of it that its own sender made (DEC-2)."""
    columns = submission.c.id, submission.c.user_id
    first = connection.execute(select(*columns).where(
        submission.c.id == submission_id, submission.c.campaign_id == campaign.id)).first()
    if first is None:
        raise NoSuchEntry
    found, newest = [first.id], first
    while newest := connection.execute(select(*columns).where(submission.c.replaces == newest.id)).first():
        if newest.user_id == first.user_id:
            found.append(newest.id)
    return found


def _credited(connection: Connection, submission_id: int) -> bool:
    return connection.execute(select(ledger.c.id).where(ledger.c.submission_id == submission_id).limit(1)).first() is not None


def history(connection: Connection, submission_id: int) -> list[Decision]:
    """Every decision about the submission, oldest first."""
    return [Decision(row.verdict, row.reason, row.label or "", row.at) for row in connection.execute(
        select(decision.c.verdict, decision.c.reason, user.c.label, decision.c.at)
        .select_from(decision.outerjoin(user, user.c.id == decision.c.user_id))
        .where(decision.c.submission_id == submission_id).order_by(decision.c.id))]
