"""Decisions of reviewers about what came in: rejected, and restored. They are rows too; nothing is changed or deleted (INV-2).

DEC-1 The newest decision about a submission holds. Each has a reason, one of REASONS, and who decided when. Whoever was rejected
      reads the reason; a note of up to 400 characters is sealed, as it may name people, and read at the desk alone. It is needed
      where the reason is `other`. The audit log has the reason and never the note.
DEC-2 A decision takes along the later corrections by the same sender: they are the same person's word. A correction by
      somebody else stands, the household's own above all.
DEC-3 What is rejected is no record and counts in no figure of what was collected; the household may be recorded again.
DEC-4 The sender's credit is taken back by a counter-entry, and given back when the submission is restored (`tally` TLY-3, TLY-6).
DEC-5 The same decision twice is refused: whoever decides second shall see that somebody was quicker.
DEC-6 An entry whose door was merged into another one stays rejected: its household is recorded and paid for there (MIS-5).
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from campaigns import audit, tally
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.store.fieldwork import decision
from campaigns.store.schema import dwelling, submission, user
from campaigns.store.schema import tally as ledger
from campaigns.verdicts import REJECTED, RESTORED
from forms.language import Refusal, Text

VERDICTS = {REJECTED: Text("已驳回", "rejected"), RESTORED: Text("已恢复", "restored")}
OTHER = "other"
REASONS = {
    REJECTED: {
        "not-asked": Text("没有问到住户，内容不实", "nobody was asked; what it says is not so"),
        "wrong-door": Text("登错了门", "recorded at the wrong door"),
        "nobody-there": Text("没有这一户", "there is no such household"),
        "twice": Text("同一户登记了两次", "the same household recorded twice"),
        "trial": Text("试填的，不是真的登记", "a trial, no real entry"),
        OTHER: Text("其他，请问督导员", "another one: ask the supervisor"),
    },
    RESTORED: {
        "true": Text("核实过，内容属实", "checked, and it is true"),
        "mistaken": Text("上次驳回错了", "it was rejected by mistake"),
        OTHER: Text("其他，请问督导员", "another one: ask the supervisor"),
    },
}
"""Why something is decided, by verdict."""

LONGEST_NOTE = 400
_SHORTEST = 4


class NoSuchEntry(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这份登记。请从列表里打开。", "There is no such entry. Open it from the list.")


class ReasonMissing(Refusal):
    status = 422

    def __init__(self):
        super().__init__("请选一个原因。选“其他”时，请在备注里写清楚（至少 {least} 个字）。",
                         "Choose a reason. For “another one”, say in the note what it is, in {least} characters or more.",
                         least=_SHORTEST)


class NoteTooLong(Refusal):
    status = 422

    def __init__(self):
        super().__init__("备注最多 {most} 个字，没有保存。请写短一些。",
                         "A note has {most} characters at most; nothing was saved. Please shorten it.", most=LONGEST_NOTE)


class DecidedAlready(Refusal):
    status = 409

    def __init__(self, verdict: str):
        super().__init__("这份登记现在就是“{verdict}”，可能别人刚决定过。没有改动。",
                         "This entry is {verdict} already; somebody may just have decided. Nothing was changed.",
                         verdict=VERDICTS[verdict])


class DoorMerged(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这份登记的门已并入另一户门，那里有同一户的登记，所以不能恢复。没有改动。",
                         "The door of this entry was merged into another one, where the household is recorded, so it cannot be "
                         "restored. Nothing was changed.")


@dataclass(frozen=True)
class Decision:
    """One decision, as shown. `by` is the work number, empty at the command line; `note` is empty where it was not opened."""

    verdict: str
    reason: Text
    note: str
    by: str
    at: datetime


def reject(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor,
           note: str = "", key: Key | None = None) -> None:
    """Reject a submission: DEC-1 to DEC-4; `key`, the campaign's, seals a note. Raises NoSuchEntry, ReasonMissing, NoteTooLong,
    DecidedAlready."""
    for each in _decide(connection, campaign, submission_id, REJECTED, reason, at, actor, note, key):
        if _credited(connection, each):
            tally.reverse(connection, campaign, each, reason, at, actor)


def restore(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor,
            note: str = "", key: Key | None = None) -> None:
    """Restore a rejected submission. Raises as `reject`, and DoorMerged."""
    if connection.execute(select(dwelling.c.merged_into).join(submission, submission.c.dwelling_id == dwelling.c.id).where(
            submission.c.id == submission_id, submission.c.campaign_id == campaign.id)).scalar() is not None:
        raise DoorMerged
    for each in _decide(connection, campaign, submission_id, RESTORED, reason, at, actor, note, key):
        if _credited(connection, each):
            tally.restore(connection, campaign, each, at, actor)


def _decide(connection: Connection, campaign: Campaign, submission_id: int, verdict: str, reason: str, at: datetime,
            actor: Actor, note: str, key: Key | None) -> list[int]:
    """Write the decisions; returns the submissions that it changed."""
    line, note = _line(connection, campaign, submission_id), note.strip()
    if reason not in REASONS[verdict] or (reason == OTHER and len(note) < _SHORTEST):
        raise ReasonMissing
    if len(note) > LONGEST_NOTE:
        raise NoteTooLong
    now = {each: (history(connection, each) or [None])[-1] for each in line}
    changed = [each for each in line if _stands(now[each]) == (verdict == REJECTED)]
    if submission_id not in changed:
        raise DecidedAlready(verdict)
    for each in changed:
        connection.execute(decision.insert().values(
            campaign_id=campaign.id, submission_id=each, verdict=verdict, reason=reason, user_id=actor.user_id, at=at,
            sealed=key.seal(note.encode(), _about(each)) if note else None))
        audit.write(connection, campaign.id, at, actor, f"submission.{verdict}", f"submission:{each}", reason=reason)
    return changed


_about = "decision:{}".format


def said(verdict: str, reason: str) -> Text:
    """A reason in words; one that a reviewer wrote when there was no list yet, as it stands."""
    return REASONS.get(verdict, {}).get(reason) or Text(reason, reason)


def opened(key: Key, submission_id: int, sealed: bytes | None) -> str:
    """The note of a decision."""
    return key.open(sealed, _about(submission_id)).decode() if sealed else ""


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


def history(connection: Connection, submission_id: int, key: Key | None = None) -> list[Decision]:
    """Every decision about the submission, oldest first; with the campaign's `key`, the notes too."""
    return [Decision(row.verdict, said(row.verdict, row.reason), opened(key, submission_id, row.sealed) if key else "",
                     row.label or "", row.at) for row in connection.execute(
        select(decision.c.verdict, decision.c.reason, decision.c.sealed, user.c.label, decision.c.at)
        .select_from(decision.outerjoin(user, user.c.id == decision.c.user_id))
        .where(decision.c.submission_id == submission_id).order_by(decision.c.id))]
