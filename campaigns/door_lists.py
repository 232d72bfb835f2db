"""What a lead looks through: doors by status, doors found in the field, doors with several households. Never a whole street at once.

Every list keeps to the doors that `by` may see (ASG-4) and to PAGE rows; `after` is where the next page begins.
"""
from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from campaigns import assignments, missed, status
from campaigns.campaign import Campaign
from campaigns.frame.doors import Door
from campaigns.keys import Key
from campaigns.outcomes import OUTCOMES
from campaigns.people import User
from campaigns.store.fieldwork import assignment, visit
from campaigns.store.schema import dwelling, submission, user
from campaigns.terms import RECORDING

PAGE = 50
_NEIGHBOURS = 200
_PART = 500  # doors whose status is worked out at once


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
    mine, length = _mine(by, compound), PAGE + 1
    walking = select(dwelling.c.id).where(dwelling.c.campaign_id == campaign.id, *mine).order_by(dwelling.c.walk, dwelling.c.id)
    if wanted is None:  # only the page's own doors need a status
        standing = _standing(connection, campaign, list(connection.execute(walking.offset(after).limit(length)).scalars()))
    else:
        standing = _matching(connection, campaign, walking.where(*_may_be(campaign, wanted)), wanted, after, length)
    ids = list(standing)[:PAGE]
    doors = {row.id: Door(*row) for row in connection.execute(
        select(*[dwelling.c[name] for name in Door.__dataclass_fields__]).where(dwelling.c.id.in_(ids)))}
    people, again = _people(connection, ids), _call_backs(connection, ids)
    listed = [Listed(doors[each], now, visits, again.get(each) if status.STATUSES[now].left else None, "、".join(people.get(each, ())))
              for each, (now, visits) in list(standing.items())[:PAGE]]
    return listed, after + PAGE if len(standing) > PAGE else None


def _standing(connection: Connection, campaign: Campaign, ids: list[int]) -> dict[int, tuple[str, int]]:
    """(status, visits) of these doors, in their order."""
    found = {row.dwelling_id: (row.status, row.visits)
             for row in connection.execute(status.statuses(campaign.id, ids=ids))}
    return {each: found[each] for each in ids if each in found}


def _matching(connection: Connection, campaign: Campaign, walking: Select, wanted: str, after: int,
              length: int) -> dict[int, tuple[str, int]]:
    """As `_standing`, of `length` doors of the status `wanted`, after as many of them as `after` says.

    A street's statuses take a second, those of a part some milliseconds: the doors are looked at in parts, until the page is full."""
    found: dict[int, tuple[str, int]] = {}
    passed, ids = 0, list(connection.execute(walking).scalars())
    for start in range(0, len(ids), _PART):
        for each, now in _standing(connection, campaign, ids[start:start + _PART]).items():
            if now[0] == wanted:
                passed += 1
                if passed > after:
                    found[each] = now
        if len(found) >= length:
            break
    return dict(list(found.items())[:length])


def _may_be(campaign: Campaign, wanted: str) -> tuple:
    """What every door of the status `wanted` meets, and most others do not: a visit from which that status may follow, or an entry."""
    if wanted == "not_started":
        return ()
    if wanted == "recorded":
        return (dwelling.c.id.in_(select(submission.c.dwelling_id).where(
            submission.c.campaign_id == campaign.id, submission.c.channel.in_(RECORDING))),)
    outcomes = [code for code, each in OUTCOMES.items()
                if each.status == wanted or (wanted == "non_contact" and each.status in status.UNSETTLED)]
    return (dwelling.c.id.in_(select(visit.c.dwelling_id).where(visit.c.campaign_id == campaign.id, visit.c.outcome.in_(outcomes))),)


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
