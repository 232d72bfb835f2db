"""How much waits for somebody at the desk: one number a heap, for the desk's first page.

WAI-1 A number here is the length of the list that the section's own page shows to the same person.
"""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from campaigns import assignments, flags, hangers, keying, missed
from campaigns.campaign import Campaign
from campaigns.deliveries import held
from campaigns.people import User
from campaigns.store.fieldwork import answer_mark, flag_review, visit
from campaigns.store.schema import submission, tally

_flags: dict[tuple[str, int, int | None], tuple[tuple, int]] = {}
"""What the checks found last: (store, campaign, team) -> (what had come in by then, how many). Finding them reads every entry."""


def counts(connection: Connection, campaign: Campaign, by: User, at: datetime) -> dict[str, int]:
    """held: items that phones sent; doors: to review; flags: nobody looked at; paper: to key; pairs: keyed twice and not alike;
    hangers: to collect today; buildings: with too few people."""
    own = assignments.own_team(by)
    return {
        "held": sum(each.count for each in held.queues(connection, campaign, by)),
        "doors": _length(connection, missed.to_review(campaign.id, *own)) + _length(connection, missed.several(campaign.id, *own)),
        "flags": _unseen(connection, campaign, (by.team_id or 0) if by.role == "lead" else None),
        "paper": len(hangers.to_key(connection, campaign)),
        "pairs": len(keying.to_settle(connection, campaign)),
        "hangers": len(hangers.due(connection, campaign, None, at)),
        "buildings": len(assignments.shortfalls(connection, campaign, *own)),
    }


def _length(connection: Connection, ids: Select) -> int:
    return connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()


def _unseen(connection: Connection, campaign: Campaign, team_id: int | None) -> int:
    marked = select(func.max(answer_mark.c.submission_id)).where(answer_mark.c.campaign_id == campaign.id).scalar_subquery()
    newest = [select(func.max(table.c.id)).where(table.c.campaign_id == campaign.id).scalar_subquery()
              for table in (submission, visit, tally, flag_review)]
    until = tuple(connection.execute(select(marked, *newest)).one())
    which = (str(connection.engine.url), campaign.id, team_id)
    kept = _flags.get(which)
    if kept is None or kept[0] != until:
        found = sum(each.review is None for each in flags.every(connection, campaign, team_id))
        kept = _flags[which] = (until, found)
    return kept[1]
