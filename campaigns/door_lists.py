"""What a lead looks through: doors by status, doors found in the field, doors with several households. Never a whole street at once.

Every list keeps to the doors that `by` may see (ASG-4) and to PAGE rows; `after` is where the next page begins.
"""
from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from campaigns import assignments, missed, status
from campaigns.campaign import Campaign
from campaigns.frame.doors import Door
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import assignment, visit
from campaigns.store.schema import dwelling, submission, user
from campaigns.submissions import RECORDING

PAGE = 50
_NEIGHBOURS = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A door of the list by status. `people`: work numbers of who has it."""

    door: Door
    status: str
    visits: int
    call_back: datetime | None
    people: str


@dataclass(frozen=True, slots=True)
class Found:
    """A door that waits for review. `note`: what the volunteer wrote; `households`: that answered or that a visit named; `beside`:
    doors of the same building that it may turn out to be."""

    door: Door
    at: datetime
    who: str
    note: str
    households: int
    entries: int
    beside: list[tuple[int, str]]


def by_status(connection: Connection, campaign: Campaign, by: User | None = None, compound: str | None = None) -> dict[str, int]:
    """How many live doors are in which status, in the order of STATUSES."""
    found = status.statuses(campaign.id, None, *_mine(by, compound)).subquery()
    counts = dict(connection.execute(select(found.c.status, func.count()).group_by(found.c.status)).all())
    return {code: counts.get(code, 0) for code in status.STATUSES if code != "ended"}


def page(connection: Connection, campaign: Campaign, wanted: str | None, by: User | None = None, compound: str | None = None,
         after: int = 0) -> tuple[list[Listed], int | None]:
    """Live doors of a status (None: of any) in walking order, from place `after` on, and where the next page begins."""
    mine, columns = _mine(by, compound), [dwelling.c[name] for name in Door.__dataclass_fields__]
    walking, length = (dwelling.c.walk, dwelling.c.id), PAGE + 1
    if wanted is None:  # only the page's own doors need a status
        here = select(dwelling.c.id).where(dwelling.c.campaign_id == campaign.id, *mine).order_by(*walking).offset(after).limit(length)
        mine, after_these = (dwelling.c.id.in_(list(connection.execute(here).scalars())),), 0
    else:
        after_these = after
    found = status.statuses(campaign.id, None, *mine).subquery()
    rows = connection.execute(
        select(*columns, found.c.status, found.c.visits).join(found, found.c.dwelling_id == dwelling.c.id)
        .where(*((found.c.status == wanted,) if wanted else ())).order_by(*walking).offset(after_these).limit(length)).all()
    ids = [row.id for row in rows[:PAGE]]
    people, again = _people(connection, ids), _call_backs(connection, ids)
    listed = [Listed(Door(*row[:len(columns)]), row.status, row.visits,
                     again.get(row.id) if status.STATUSES[row.status].left else None, "、".join(people.get(row.id, ())))
              for row in rows[:PAGE]]
    return listed, after + PAGE if len(rows) > PAGE else None


def _mine(by: User | None, compound: str | None) -> tuple:
    return (dwelling.c.ended_at.is_(None), *assignments.own_team(by), *((dwelling.c.compound == compound,) if compound else ()))


def _people(connection: Connection, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for door, label in connection.execute(
            select(assignment.c.dwelling_id, user.c.label).join(user, user.c.id == assignment.c.user_id)
            .where(assignment.c.dwelling_id.in_(ids), assignment.c.ended_at.is_(None)).order_by(user.c.label)):
        found[door].append(label)
    return found


def _call_backs(connection: Connection, ids: list[int]) -> dict[int, datetime]:
    """When each door is to be visited again, by its latest visit."""
    return {row.dwelling_id: row.call_back_at for row in connection.execute(
        select(visit.c.dwelling_id, visit.c.call_back_at).where(visit.c.dwelling_id.in_(ids))
        .order_by(visit.c.dwelling_id, visit.c.at, visit.c.item))}


def compounds(connection: Connection, campaign: Campaign, by: User | None = None) -> list[str]:
    """The names of the compounds, in walking order."""
    return list(connection.execute(select(dwelling.c.compound).where(
        dwelling.c.campaign_id == campaign.id, *_mine(by, None), dwelling.c.compound != "")
        .group_by(dwelling.c.compound).order_by(func.min(dwelling.c.walk))).scalars())


def new_doors(connection: Connection, campaign: Campaign, key: Key, by: User | None = None) -> tuple[list[Found], int]:
    """The oldest doors added in the field that nobody looked at, and how many there are in all."""
    return _found(connection, campaign, key, missed.to_review(campaign.id, *assignments.own_team(by)), by, beside=True)


def several_households(connection: Connection, campaign: Campaign, key: Key, by: User | None = None) -> tuple[list[Found], int]:
    """The oldest doors with news of a further household, and how many there are in all."""
    return _found(connection, campaign, key, missed.several(campaign.id, *assignments.own_team(by)), by, beside=False)


def _found(connection: Connection, campaign: Campaign, key: Key, ids, by: User | None, *, beside: bool) -> tuple[list[Found], int]:
    rows = connection.execute(select(dwelling).where(dwelling.c.id.in_(ids)).order_by(dwelling.c.added_at, dwelling.c.id)
                              .limit(PAGE)).all()
    whole = connection.execute(select(func.count()).select_from(ids.subquery())).scalar_one()
    found = []
    for row in rows:
        note = json.loads(key.open(row.sealed, f"dwelling:{row.door}")).get("备注", "") if row.sealed and row.origin == "field" else ""
        found.append(Found(Door(*(getattr(row, name) for name in Door.__dataclass_fields__)), row.added_at,
                           _adder(connection, campaign.id, row.id), note, *_households(connection, row.id),
                           _beside(connection, campaign.id, row, by) if beside else []))
    return found, whole


def _adder(connection: Connection, campaign_id: int, door_id: int) -> str:
    """The work number of who was there last or has the door."""
    last = connection.execute(select(user.c.label).join(visit, visit.c.user_id == user.c.id).where(
        visit.c.campaign_id == campaign_id, visit.c.dwelling_id == door_id).order_by(visit.c.at.desc()).limit(1)).scalar()
    return last or "、".join(_people(connection, [door_id]).get(door_id, ()))


def _households(connection: Connection, door_id: int) -> tuple[int, int]:
    answered = connection.execute(select(func.max(submission.c.household), func.count(submission.c.household.distinct())).where(
        submission.c.dwelling_id == door_id, submission.c.channel.in_(RECORDING))).one()
    named = connection.execute(select(func.max(visit.c.household)).where(visit.c.dwelling_id == door_id)).scalar()
    return max(answered[0] or 1, named or 1, 2), answered[1]


def _beside(connection: Connection, campaign_id: int, row: object, by: User | None) -> list[tuple[int, str]]:
    near = connection.execute(select(*[dwelling.c[name] for name in Door.__dataclass_fields__]).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None), dwelling.c.compound == row.compound,
        dwelling.c.building == row.building, dwelling.c.id != row.id,
        *assignments.own_team(by)).order_by(dwelling.c.walk, dwelling.c.id).limit(_NEIGHBOURS))
    return [(each.id, Door(*each).place) for each in near]
