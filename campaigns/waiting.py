"""How much waits for somebody at the desk: one number a heap, for the desk's first page.

WAI-1 A number here is the length of the list that the section's own page shows to the same person.
WAI-2 Finding flags reads every entry, so their number may be as old as FLAGS_KEPT; a review counts at once.
"""
from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, select

from campaigns import assignments, flags, hangers, keying, missed
from campaigns.campaign import Campaign
from campaigns.deliveries import held
from campaigns.people import User
from campaigns.store.fieldwork import flag_review

FLAGS_KEPT = timedelta(minutes=10)

_flags: dict[tuple[str, int, int | None], tuple[datetime, int | None, int]] = {}
"""What the checks found last: (store, campaign, team) -> (when, the newest review by then, how many)."""


def counts(connection: Connection, campaign: Campaign, by: User, at: datetime) -> dict[str, int]:
    """held: items that phones sent; doors: to review; flags: nobody looked at; paper: to key; pairs: keyed twice and not alike;
    hangers: to collect today; buildings: with too few people."""
    own = assignments.own_team(by)
    return {
        "held": sum(each.count for each in held.queues(connection, campaign, by)),
        "doors": _length(connection, missed.to_review(campaign.id, *own)) + _length(connection, missed.several(campaign.id, *own)),
        "flags": _unseen(connection, campaign, (by.team_id or 0) if by.role == "lead" else None, at),
        "paper": len(hangers.to_key(connection, campaign, by)),
        "pairs": len(keying.to_settle(connection, campaign, by)),
        "hangers": len(hangers.due(connection, campaign, None, at, by)),
        "buildings": len(assignments.shortfalls(connection, campaign, *own)),
    }


def _length(connection: Connection, ids: Select) -> int:
    return connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()


def _unseen(connection: Connection, campaign: Campaign, team_id: int | None, at: datetime) -> int:
    newest = connection.execute(select(func.max(flag_review.c.id)).where(flag_review.c.campaign_id == campaign.id)).scalar()
    which = (str(connection.engine.url), campaign.id, team_id)
    when, reviewed, count = _flags.get(which, (None, None, 0))
    if when is None or reviewed != newest or not when <= at < when + FLAGS_KEPT:
        count = sum(each.review is None for each in flags.every(connection, campaign, team_id))
        _flags[which] = (at, newest, count)
    return count
