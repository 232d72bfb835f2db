"""Door hangers as published: how many are where, by team, and what happened on each day. No code, no number, no door.

They are counted at the moment of the publication: hangers wait for no merge.
"""
from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection

from campaigns.campaign import Campaign
from campaigns.figures.order import natural
from campaigns.hangers.books import Book, balance
from campaigns.hangers.history import histories
from campaigns.hangers.life import Standing, after
from campaigns.store.schema import code

MOVED = ("printed", "handed", "returned", "hung", "answered", "collected", "keyed", "spoiled", "lost")
"""What a day counts: hangers that came into this state on it; `printed` is the first time in stock, `returned` any later one."""


@dataclass(frozen=True, slots=True)
class HangerDay:
    """One day of the campaign; `moved` by the names of MOVED."""

    day: str
    moved: dict[str, int]


def hangers_of_teams(connection: Connection, campaign: Campaign) -> list[Book]:
    """The books by team; what is at the office, or with somebody without a team, has no name and comes first."""
    return sorted(balance(connection, campaign.id, "team"), key=lambda book: natural(book.name))


def hanger_days(connection: Connection, campaign: Campaign) -> list[HangerDay]:
    """Every day on which a hanger changed its state. An event without effect counts nowhere, a second hanging neither."""
    days: dict[str, Counter] = defaultdict(Counter)
    for _, events in histories(connection, code.c.campaign_id == campaign.id):
        now = Standing()
        for event in events:
            then, now = now, after(now, event)
            if now.state != then.state:
                days[campaign.day(event.at)][_name(then.state, now.state)] += 1
    return [HangerDay(day, {name: days[day][name] for name in MOVED}) for day in sorted(days)]


def _name(then: str, now: str) -> str:
    if now == "stock":
        return "printed" if then == "issued" else "returned"
    return now
