"""What each person was credited with, by work number: the ledger's own sums (INV-7), never a name."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, func, or_, select

from campaigns.campaign import Campaign
from campaigns.figures.order import natural
from campaigns.store.schema import tally, team, user
from campaigns.tally import ONE


@dataclass(frozen=True, slots=True)
class Credit:
    """One person's standing. Entries = entries less reversals; paid = households paid for; sums in fen (0.01 yuan),
    bonuses included; `bonus_fen` is their part."""

    label: str
    role: str
    team: str
    active: bool
    today: int
    entries: int
    reversals: int
    paid: int
    bonus_fen: int
    fen_today: int
    fen: int


def credits(connection: Connection, campaign: Campaign, through: int, day: str) -> list[Credit]:
    """Everyone who may be credited or was, by team and work number; `day` is today as an ISO date."""
    reversal = case(((tally.c.kind == "reversal") & (tally.c.rule == ""), 1), else_=0)
    pays = case((tally.c.rule != "", 0), (tally.c.fen > 0, 1), (tally.c.fen < 0, -1), else_=0)
    today = tally.c.day == day
    bonus = case((tally.c.rule != "", tally.c.fen), else_=0)
    sums = [case((today, ONE), else_=0), ONE, reversal, pays, bonus, case((today, tally.c.fen), else_=0), tally.c.fen]
    rows = connection.execute(
        select(user.c.label, user.c.role, func.coalesce(team.c.name, ""), user.c.active,
               *(func.coalesce(func.sum(each), 0) for each in sums))
        .select_from(user.outerjoin(team, team.c.id == user.c.team_id).outerjoin(
            tally, and_(tally.c.user_id == user.c.id, tally.c.submission_id <= through)))
        .where(user.c.campaign_id == campaign.id)
        .group_by(user.c.id, user.c.label, user.c.role, team.c.name, user.c.active)
        .having(or_(user.c.role.in_(("volunteer", "clerk")), func.count(tally.c.id) > 0)))
    found = [Credit(label, role, name, bool(active), *map(int, summed)) for label, role, name, active, *summed in rows]
    return sorted(found, key=lambda each: (natural(each.team), natural(each.label)))
