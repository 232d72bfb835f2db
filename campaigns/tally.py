"""The tally ledger: who is credited for what, and what is paid for it (INV-7).

TLY-1 An accepted entry that is not a correction credits the person who sent it, once: a row points to one submission.
TLY-2 A household is paid for once, whoever comes first; later entries on it count, at 0 fen.
TLY-3 Rows never change. A reversal is a row of the opposite sum for the same submission, and frees the household's pay.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, select

from campaigns import audit
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.people import User
from campaigns.store.schema import tally
from forms.language import Refusal

_household = select(
    func.coalesce(func.sum(tally.c.fen), 0).label("paid"), func.max(tally.c.pay).label("last")).where(
    tally.c.dwelling_id == bindparam("dwelling"), tally.c.household == bindparam("household"))


def credit(connection: Connection, campaign: Campaign, user: User, submission_id: int, dwelling_id: int, household: int,
           at: datetime) -> None:
    """Credit `user` for a submission at the campaign's rate, or at nothing when the household has been paid for."""
    paid, last = connection.execute(_household, {"dwelling": dwelling_id, "household": household}).one()
    pays = paid == 0 and campaign.terms.rate_fen > 0
    connection.execute(tally.insert(), {
        "campaign_id": campaign.id, "user_id": user.id, "submission_id": submission_id, "dwelling_id": dwelling_id,
        "household": household, "kind": "entry", "fen": campaign.terms.rate_fen if pays else 0,
        "pay": (last or 0) + 1 if pays else None, "at": at, "day": campaign.day(at)})


def reverse(connection: Connection, campaign: Campaign, submission_id: int, reason: str, at: datetime, actor: Actor) -> None:
    """Take back the credit for a submission by a counter-entry."""
    entry = connection.execute(select(tally).where(
        tally.c.submission_id == submission_id, tally.c.kind == "entry")).mappings().first()
    if entry is None:
        raise Refusal("这份登记没有计件。", "There is no credit for this submission.")
    if connection.execute(select(tally.c.id).where(
            tally.c.submission_id == submission_id, tally.c.kind == "reversal")).first():
        return
    connection.execute(tally.insert(), {
        **{name: entry[name] for name in ("campaign_id", "user_id", "submission_id", "dwelling_id", "household")},
        "kind": "reversal", "fen": -entry["fen"], "pay": None, "at": at, "day": campaign.day(at)})
    audit.write(connection, campaign.id, at, actor, "tally.reversed", f"submission:{submission_id}", reason=reason)


@dataclass(frozen=True)
class Tally:
    """A person's standing: entries less reversals, and fen (0.01 yuan)."""

    today: int
    total: int
    fen_today: int
    fen: int


_one = case((tally.c.kind == "entry", 1), else_=-1)


def of_user(connection: Connection, campaign: Campaign, user: User, at: datetime) -> Tally:
    """What the volunteer sees."""
    today = tally.c.day == campaign.day(at)
    row = connection.execute(select(
        func.coalesce(func.sum(case((today, _one), else_=0)), 0), func.coalesce(func.sum(_one), 0),
        func.coalesce(func.sum(case((today, tally.c.fen), else_=0)), 0), func.coalesce(func.sum(tally.c.fen), 0),
    ).where(tally.c.user_id == user.id)).one()
    return Tally(*map(int, row))


def yuan(fen: int) -> str:
    """`fen` as people read money: 1250 -> 12.50."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def unbalanced(connection: Connection, campaign_id: int) -> list[str]:
    """What contradicts INV-7 in the campaign's ledger; an empty list when the books are right."""
    mine = tally.c.campaign_id == campaign_id
    paid_twice = connection.execute(
        select(tally.c.dwelling_id, tally.c.household).where(mine).group_by(tally.c.dwelling_id, tally.c.household)
        .having(func.sum(case((tally.c.fen > 0, 1), (tally.c.fen < 0, -1), else_=0)) > 1)).all()
    unmatched = connection.execute(
        select(tally.c.submission_id).where(mine).group_by(tally.c.submission_id)
        .having((func.sum(case((tally.c.kind == "entry", 1), else_=0)) != 1)
                | ((func.count() > 1) & (func.sum(tally.c.fen) != 0)))).all()
    return ([f"dwelling {row.dwelling_id} household {row.household} paid twice" for row in paid_twice]
            + [f"submission {row.submission_id} has no single entry, or a reversal of another sum" for row in unmatched])
