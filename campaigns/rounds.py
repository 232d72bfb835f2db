"""A person's round: the doors that they have, in walking order, with all that a volunteer needs before knocking.

RND-1 A round is the doors assigned to the person that have not ended. It holds nothing about who lives there.
RND-2 Somebody to whom nothing is assigned has the doors of their team, when these are few (small campaigns assign nobody).
RND-3 `scan` is the first 16 hex digits of SHA-256(salt + the door's code): with it a phone knows a scanned code again without
      a network, and whoever reads the phone learns no code.
RND-4 `changes_since` never misses a change: it looks back two minutes more than asked, as a change is written a little after the
      time that it carries. The same door twice does no harm.
RND-5 Whether one day's self-responses are news: a door answered by itself since yesterday morning is marked.
"""
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Select, exists, func, or_, select

from campaigns import clock, status, verdicts
from campaigns.assignments import held_by
from campaigns.campaign import Campaign
from campaigns.codes.codes import written
from campaigns.keys import Key
from campaigns.people import User
from campaigns.status import STATUSES, Call
from campaigns.store.fieldwork import assignment, decision, report, visit
from campaigns.store.schema import code, dwelling, submission
from campaigns.terms import RECORDING

FEW = 600  # doors of a team that are a round as they are (RND-2)
_OVERLAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Household:
    """One household behind a door. `by`: the channel that recorded it, empty otherwise."""

    number: int
    status: str
    by: str


@dataclass(frozen=True, slots=True)
class Stop:
    """One door of a round. `days`: on how many days it was tried; `visits`: how many there were; `call_back`: when to go
    again; `hints`: codes of earlier visits, newest first; `self_answered`: since yesterday, by the residents themselves."""

    id: int
    place: str
    community: str
    compound: str
    building: str
    unit: str
    floor: str
    room: str
    walk: int
    lon: float | None
    lat: float | None
    households: tuple[Household, ...]
    status: str
    by: str
    visits: int
    days: int
    call_back: datetime | None
    hints: tuple[str, ...]
    self_answered: bool
    scan: str | None
    origin: str

    @property
    def left(self) -> bool:
        """Whether somebody still has to go there."""
        return STATUSES[self.status].left or any(STATUSES[each.status].left for each in self.households[1:])


@dataclass(frozen=True, slots=True)
class Changes:
    """`whole`: these are all doors of the round, so what is not among them is gone; else `gone` names the ids that left it."""

    doors: list[Stop]
    gone: list[int]
    whole: bool


def round_of(connection: Connection, server: Key, campaign: Campaign, by: User, at: datetime, salt: str) -> list[Stop]:
    """The whole round of `by`, in walking order. `salt` goes into `scan` (RND-3)."""
    return _stops(connection, server, campaign, at, salt, _mine(connection, campaign, by))


def changes_since(connection: Connection, server: Key, campaign: Campaign, by: User, since: datetime, at: datetime,
                  salt: str) -> Changes:
    """What changed in the round since `since` (RND-4)."""
    if not _has_doors(connection, campaign, by):
        return Changes(round_of(connection, server, campaign, by, at, salt), [], True)
    cut, held = since - _OVERLAP, held_by(campaign.id, by.id)
    changed = held.where(or_(
        assignment.c.began_at >= cut, dwelling.c.added_at >= cut, dwelling.c.reviewed_at >= cut,
        exists().where(visit.c.dwelling_id == dwelling.c.id, visit.c.received_at >= cut),
        exists().where(submission.c.dwelling_id == dwelling.c.id, submission.c.received_at >= cut),
        dwelling.c.id.in_(select(report.c.dwelling_id).where(
            report.c.campaign_id == campaign.id, report.c.dwelling_id.is_not(None), report.c.received_at >= cut)),
        exists().where(decision.c.submission_id == submission.c.id, submission.c.dwelling_id == dwelling.c.id, decision.c.at >= cut),
        exists().where(code.c.dwelling_id == dwelling.c.id, code.c.kind == "household", code.c.issued_at >= cut)))
    left = connection.execute(
        select(assignment.c.dwelling_id).join(dwelling, dwelling.c.id == assignment.c.dwelling_id).where(
            assignment.c.user_id == by.id, or_(assignment.c.ended_at >= cut, dwelling.c.ended_at >= cut),
            assignment.c.dwelling_id.not_in(held)).distinct().order_by(assignment.c.dwelling_id)).scalars().all()
    return Changes(_stops(connection, server, campaign, at, salt, changed), list(left), False)


def stop(connection: Connection, server: Key, campaign: Campaign, dwelling_id: int, at: datetime, salt: str) -> Stop | None:
    """One door as a round shows it, whoever has it; None for a door that has ended."""
    found = _stops(connection, server, campaign, at, salt, select(dwelling.c.id).where(
        dwelling.c.campaign_id == campaign.id, dwelling.c.id == dwelling_id, dwelling.c.ended_at.is_(None)))
    return found[0] if found else None


def _has_doors(connection: Connection, campaign: Campaign, by: User) -> bool:
    return connection.execute(held_by(campaign.id, by.id).limit(1)).first() is not None


def _mine(connection: Connection, campaign: Campaign, by: User) -> Select:
    if _has_doors(connection, campaign, by):
        return held_by(campaign.id, by.id)
    team = select(dwelling.c.id).where(dwelling.c.campaign_id == campaign.id, dwelling.c.ended_at.is_(None),
                                       dwelling.c.team_id.is_not_distinct_from(by.team_id) if by.team_id else True)
    few = connection.execute(select(func.count()).select_from(team.limit(FEW + 1).subquery())).scalar_one() <= FEW
    return team if few else team.where(False)


def scan_of(salt: str, text: str) -> str:
    """What a phone knows the code `text` (12 symbols) by."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()[:16]


@lru_cache(maxsize=50_000)
def _scan(server: Key, salt: str, seed: bytes) -> str:
    """`scan_of` a code by its seed. Phones ask for the same doors all day, and to make the code takes a third of a round."""
    return scan_of(salt, written(server, seed))


_DOOR = [dwelling.c[name] for name in ("id", "community", "compound", "building", "unit", "room", "address", "walk", "lon", "lat",
                                       "origin")]


def _stops(connection: Connection, server: Key, campaign: Campaign, at: datetime, salt: str, ids: Select) -> list[Stop]:
    """Four queries, whatever the number of doors."""
    calls = _grouped(connection.execute(
        select(visit.c.dwelling_id, visit.c.household, visit.c.at, visit.c.item, visit.c.outcome, visit.c.day,
               visit.c.call_back_at, visit.c.hints)
        .where(visit.c.dwelling_id.in_(ids)).order_by(visit.c.dwelling_id, visit.c.at, visit.c.item)))
    entries = _grouped(connection.execute(
        select(submission.c.dwelling_id, submission.c.household, submission.c.channel, submission.c.received_at)
        .where(submission.c.dwelling_id.in_(ids), submission.c.channel.in_(RECORDING),
               ~verdicts.is_rejected(submission.c.id))
        .order_by(submission.c.dwelling_id, submission.c.id)))
    seeds = dict(connection.execute(
        select(code.c.dwelling_id, code.c.seed).where(
            code.c.dwelling_id.in_(ids), code.c.kind == "household", code.c.revoked_at.is_(None)).order_by(code.c.id)).all())
    news = clock.parse_local(f"{date.fromisoformat(campaign.day(at)) - timedelta(days=1)}T00:00", campaign.tz)
    rows = connection.execute(select(*_DOOR).where(dwelling.c.id.in_(ids)).order_by(dwelling.c.walk, dwelling.c.id))
    return [_stop(row, calls.get(row[0], ()), entries.get(row[0], ()), news,
                  _scan(server, salt, seeds[row[0]]) if row[0] in seeds else None) for row in rows]


def _grouped(rows) -> dict[int, list]:
    return {door: list(group) for door, group in groupby(rows, key=attrgetter("dwelling_id"))}


def _stop(row: tuple, calls: list, entries: list, news: datetime, scan: str | None) -> Stop:
    door_id, community, compound, building, unit, room, address, walk, lon, lat, origin = row
    made = [Call(each.at, each.item, each.outcome, each.day) for each in calls]
    now = status.of(made, (each.channel for each in entries))
    by = entries[0].channel if entries else ""
    place = "-".join(filter(None, (compound, building, unit, room))) or address
    return Stop(
        door_id, place, community, compound, building, unit, floor_of(room), room, walk, lon, lat,
        _households(calls, made, entries, Household(1, now, by)), now, by, len(made), status.attempt_days(made) if made else 0,
        calls[-1].call_back_at if calls and STATUSES[now].left else None,
        tuple(dict.fromkeys(hint for each in reversed(calls) for hint in each.hints)) if calls else (),
        any(each.channel in ("self", "hanger") and each.received_at >= news for each in entries), scan, origin)


def _households(calls: list, made: list[Call], entries: list, only: Household) -> tuple[Household, ...]:
    """Every household that is known: the first, and those that a visit or an entry names. A visit to the door as a whole (0) is
    the first household's. `only`: the one household of an ordinary door."""
    numbers = sorted({1, *(each.household for each in entries), *(each.household for each in calls if each.household)})
    if numbers == [1]:
        return (only,)
    found = []
    for number in numbers:
        channels = [each.channel for each in entries if each.household == number]
        mine = [call for each, call in zip(calls, made) if max(each.household, 1) == number]
        found.append(Household(number, status.of(mine, channels), channels[0] if channels else ""))
    return tuple(found)


def floor_of(room: str) -> str:
    """The floor that a room's number begins with (`1203` -> 12); empty where it says none."""
    digits = "".join(sign for sign in room if sign.isascii() and sign.isdigit())
    if "层" in room:
        return room.partition("层")[0]
    return str(int(digits[:-2])) if len(digits) >= 3 else ""
