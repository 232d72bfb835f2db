"""Doors that the register lacks, and doors behind which more households live than it knows.

MIS-1 A missed door is a copy of its neighbour with another room (and perhaps unit): street, community, grid, team, people who go
      there and place in walking order are the neighbour's; register code, area and contacts are not.
MIS-2 One item adds one door: sent again it gets the same answer.
MIS-3 A door that is on file already is answered with that door: nothing is added. One that had ended is brought back.
MIS-4 A new door gets a household code at once, and waits for a lead's review; until then it counts like any other door.
MIS-5 A review keeps the door, ends it, or finds that it is another door: then the one with an entry goes on, with the
      register's row and every code of both. When entries of both stand, two households may have answered, and neither door is
      touched: where it is one household, a reviewer first rejects the entry that is doubled. What is rejected stays with its door,
      the ledger takes back its credit, and the doors can be merged.
MIS-6 A door with several households (a visit said so, or a second household answered) is looked at once after each such news.
MIS-7 Behind a door whose household is recorded another one may answer with the door's code: one after another, never leaving a
      number out, at most MOST_BY_CODE of them; visits may name more. Each such answer is news for the review.
"""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, func, or_, select, update

from campaigns import assignments, audit, submissions, verdicts
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.frame import doors
from campaigns.frame.doors import Door, NoSuchDoor
from campaigns.frame.places import door_of, fold, numbered, tidy
from campaigns.hangers import history
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import assignment, visit
from campaigns.store.schema import code, dwelling, submission
from forms.language import Refusal, Text

MOST_BY_CODE = 5  # households that can answer with one door's code
LONGEST = 20  # characters of a room or unit
_CONTROL = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class BadRoom(Refusal):
    status = 422

    def __init__(self):
        super().__init__("请写新门的房号（最多 20 个字），例如 502 或 501乙。",
                         "Give the new door's room (20 characters at most), such as 502 or 501B.")


class TooManyHouseholds(Refusal):
    status = 409

    def __init__(self, most: int, ask: Text):
        super().__init__("这扇门已经登记了 {most} 户，不能再自己加了。如果还有一户没登记，请{ask}。",
                         "{most} households are recorded at this door already, so no more can be added here. If another one is missing, "
                         "{ask}.", most=most, ask=ask)


class BothRecorded(Refusal):
    status = 409

    def __init__(self):
        super().__init__("两户门都有有效的登记，还不能合并。请先问清楚：是两户人家，就选“保留”；是同一户，请督导员在“登记逐份看”里"
                         "驳回重复的那一份（原因选“同一户登记了两次”），再回来合并。",
                         "Entries of both doors stand, so they cannot be merged yet. Find out first: if they are two households, keep the "
                         "door; if it is one, let a supervisor reject the doubled entry under Entries one by one (reason: the same "
                         "household recorded twice), then merge.")


class NothingToReview(Refusal):
    status = 409

    def __init__(self):
        super().__init__("这户门没有要核对的，可能别人已经核对过。",
                         "There is nothing to review at this door; perhaps somebody did it already.")


@dataclass(frozen=True)
class NewDoor:
    """A missed door as it comes in: `copy_of` is the neighbour's id; an empty `unit` is the neighbour's."""

    item: str
    copy_of: int
    room: str
    at: datetime
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Added:
    """The door, and its code (12 symbols; None where it was on file before). `known`: it was on file; `repeated`: this very item
    was taken before."""

    door: Door
    known: bool
    repeated: bool
    code: str | None = None


_COPIED = ("team_id", "city", "district", "street", "community", "grid", "compound", "building", "use", "lon", "lat", "walk")


def add(connection: Connection, server: Key, campaign: Campaign, key: Key, by: User, new: NewDoor, *, released: bool = False) -> Added:
    """Put a missed door on the register; `released`: a lead lets it in, whosever the neighbour is. Raises BadRoom, NoSuchDoor,
    NotYourDoor."""
    again = by_item(connection, campaign.id, new.item)
    if again:
        return Added(again, False, True)
    neighbour = connection.execute(select(dwelling).where(
        dwelling.c.id == new.copy_of, dwelling.c.campaign_id == campaign.id)).mappings().first()
    if neighbour is None:
        raise NoSuchDoor
    if not released:
        assignments.require(connection, by, doors.by_id(connection, new.copy_of))
    parts = _parts(neighbour, new)
    known = connection.execute(select(dwelling.c.id, dwelling.c.ended_at, dwelling.c.merged_into).where(
        dwelling.c.campaign_id == campaign.id, dwelling.c.door == parts["door"])).first()
    if known:
        return Added(_on_file(connection, campaign, by, new, known), True, False)
    note = new.note.strip()[:500]
    door_id = connection.execute(dwelling.insert().values(
        campaign_id=campaign.id, **parts, **{name: neighbour[name] for name in _COPIED}, extra={}, digest="", added_at=new.at,
        origin="field", copied_from=new.copy_of, item=new.item,
        sealed=key.seal(json.dumps({"备注": note}, ensure_ascii=False).encode(), f"dwelling:{parts['door']}") if note else None,
    )).inserted_primary_key.id
    text, row = codes.fresh(server, campaign_id=campaign.id, kind="household", dwelling_id=door_id, issued_at=new.at)
    codes.add(connection, [row], new.at, by.actor)
    _to_those_of(connection, campaign, new.copy_of, door_id, by, new.at)
    audit.write(connection, campaign.id, new.at, by.actor, "door.added", f"door:{door_id}", copied_from=new.copy_of)
    return Added(doors.by_id(connection, door_id), False, False, text)


def _parts(neighbour: dict, new: NewDoor) -> dict:
    """Room, unit, address and key of the new door, spelt as the register spells them."""
    room_text, unit_text = tidy(new.room), tidy(new.unit)
    if not room_text or len(room_text) > LONGEST or len(unit_text) > LONGEST or _CONTROL.search(new.room + new.unit):
        raise BadRoom
    room_key, room = numbered("room", room_text)
    unit_key, unit = numbered("unit", unit_text or neighbour["unit"])
    compound, building = fold(neighbour["compound"]), numbered("building", neighbour["building"])[0]
    address = "" if neighbour["compound"] or neighbour["building"] else f"{neighbour['address']}-{room}"
    door = door_of(compound, building, unit_key, room_key, fold(address)) if room_key else None
    if door is None:
        raise BadRoom
    return {"door": door, "unit": unit, "room": room, "address": address}


def by_item(connection: Connection, campaign_id: int, item: str) -> Door | None:
    """The door that a phone called `item`, or the one that it turned out to be."""
    row = connection.execute(select(dwelling.c.id, dwelling.c.merged_into).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.item == item)).first()
    return row and doors.by_id(connection, row.merged_into or row.id)


def _on_file(connection: Connection, campaign: Campaign, by: User, new: NewDoor, known: object) -> Door:
    if known.merged_into:
        return doors.by_id(connection, known.merged_into)
    if known.ended_at:
        connection.execute(update(dwelling).where(dwelling.c.id == known.id).values(ended_at=None, origin="field", reviewed_at=None,
                                                                                   copied_from=new.copy_of))
        _to_those_of(connection, campaign, new.copy_of, known.id, by, new.at)
        audit.write(connection, campaign.id, new.at, by.actor, "door.revived", f"door:{known.id}", copied_from=new.copy_of)
    return doors.by_id(connection, known.id)


def _to_those_of(connection: Connection, campaign: Campaign, neighbour: int, door_id: int, by: User, at: datetime) -> None:
    """Whoever has the neighbour has the new door too; so has whoever found it, if they have doors at all."""
    people = set(connection.execute(select(assignment.c.user_id).where(
        assignment.c.dwelling_id == neighbour, assignment.c.ended_at.is_(None))).scalars())
    if connection.execute(assignments.held_by(campaign.id, by.id).limit(1)).first():
        people.add(by.id)
    has = set(connection.execute(select(assignment.c.user_id).where(
        assignment.c.dwelling_id == door_id, assignment.c.ended_at.is_(None))).scalars())
    rows = [{"campaign_id": campaign.id, "dwelling_id": door_id, "user_id": each, "began_at": at} for each in sorted(people - has)]
    if rows:
        connection.execute(assignment.insert(), rows)


# --- the review --------------------------------------------------------------------------------------------------------

def to_review(campaign_id: int, *conditions) -> Select:
    """Ids of the doors added in the field that nobody looked at yet."""
    return select(dwelling.c.id).where(dwelling.c.campaign_id == campaign_id, dwelling.c.origin == "field",
                                       dwelling.c.reviewed_at.is_(None), dwelling.c.ended_at.is_(None), *conditions)


def several(campaign_id: int, *conditions) -> Select:
    """Ids of the doors with news of a second household that nobody looked at since (MIS-6)."""
    said = select(visit.c.dwelling_id, visit.c.received_at).where(visit.c.campaign_id == campaign_id, or_(
        visit.c.outcome == "split", visit.c.household > 1))
    answered = select(submission.c.dwelling_id, submission.c.received_at).where(
        submission.c.campaign_id == campaign_id, submission.c.household > 1)
    news = said.union_all(answered).subquery()
    last = select(news.c.dwelling_id, func.max(news.c.received_at).label("at")).group_by(news.c.dwelling_id).subquery()
    return select(dwelling.c.id).join(last, and_(last.c.dwelling_id == dwelling.c.id, or_(
        dwelling.c.reviewed_at.is_(None), dwelling.c.reviewed_at < last.c.at))).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None), *conditions)


def keep(connection: Connection, campaign: Campaign, door_id: int, at: datetime, actor: Actor, by: User | None = None) -> None:
    """A lead looked at this door and it stays as it is."""
    _reviewable(connection, campaign, door_id, by)
    connection.execute(update(dwelling).where(dwelling.c.id == door_id).values(reviewed_at=at))
    audit.write(connection, campaign.id, at, actor, "door.kept", f"door:{door_id}")


def end(connection: Connection, campaign: Campaign, door_id: int, at: datetime, actor: Actor, by: User | None = None) -> None:
    """A lead looked at this door and it is no dwelling of its own: it ends. Its entries stay in the store."""
    _reviewable(connection, campaign, door_id, by)
    connection.execute(update(dwelling).where(dwelling.c.id == door_id).values(reviewed_at=at, ended_at=at))
    _release_all(connection, door_id, at)
    audit.write(connection, campaign.id, at, actor, "door.ended", f"door:{door_id}")


def merge(connection: Connection, campaign: Campaign, door_id: int, other_id: int, at: datetime, actor: Actor,
          by: User | None = None) -> Door:
    """The door `door_id`, added in the field, is the door `other_id`: returns the one that goes on. Raises BothRecorded."""
    _reviewable(connection, campaign, door_id, by)
    other = doors.find(connection, campaign.id, other_id)
    if other is None or other_id == door_id:
        raise NoSuchDoor
    _require_team(other, by)
    mine, theirs = (_has_entries(connection, each) for each in (door_id, other_id))
    if mine and theirs:
        raise BothRecorded
    stays, goes = (door_id, other_id) if mine else (other_id, door_id)
    if mine:
        _take_row(connection, stays, goes)
    connection.execute(update(dwelling).where(dwelling.c.id == goes).values(ended_at=at, reviewed_at=at, merged_into=stays))
    connection.execute(update(dwelling).where(dwelling.c.merged_into == goes).values(merged_into=stays))
    connection.execute(update(dwelling).where(dwelling.c.id == stays).values(reviewed_at=at))
    _take_codes(connection, stays, goes, at, actor)
    _release_all(connection, goes, at)
    audit.write(connection, campaign.id, at, actor, "door.merged", f"door:{goes}", into=stays)
    return doors.by_id(connection, stays)


_OF_REGISTER = ("door", "register_code", "city", "district", "street", "community", "grid", "compound", "building", "unit", "room",
                "address", "use", "area_dm2", "lon", "lat", "extra", "sealed", "digest", "walk", "team_id", "origin")


def _take_row(connection: Connection, stays: int, goes: int) -> None:
    """The door that goes on gets the register's row; what it was called stands beside the one that goes."""
    row = connection.execute(select(dwelling).where(dwelling.c.id == goes)).mappings().one()
    connection.execute(update(dwelling).where(dwelling.c.id == goes).values(
        door=f"{row['door']}|merged {goes}", register_code=None, sealed=None))
    connection.execute(update(dwelling).where(dwelling.c.id == stays).values(**{name: row[name] for name in _OF_REGISTER}))


def _take_codes(connection: Connection, stays: int, goes: int, at: datetime, actor: Actor) -> None:
    """Paper that is out there opens the door that goes on."""
    mine = code.c.dwelling_id == goes
    hung = list(connection.execute(select(code.c.id).where(mine, code.c.kind == "hanger")).scalars())
    if hung:
        history.note(connection, hung, "moved", history.newest(connection, hung, at), actor, door=stays)
    connection.execute(update(code).where(mine, code.c.kind != "hanger").values(dwelling_id=stays))


def _has_entries(connection: Connection, door_id: int) -> bool:
    """Whether an entry stands there: one that was rejected keeps no doors apart (MIS-5)."""
    return connection.execute(select(submission.c.id).where(
        submission.c.dwelling_id == door_id, ~verdicts.is_rejected(submission.c.id)).limit(1)).first() is not None


def _release_all(connection: Connection, door_id: int, at: datetime) -> None:
    connection.execute(update(assignment).where(
        assignment.c.dwelling_id == door_id, assignment.c.ended_at.is_(None)).values(ended_at=at))


def _reviewable(connection: Connection, campaign: Campaign, door_id: int, by: User | None) -> None:
    if not connection.execute(to_review(campaign.id, dwelling.c.id == door_id)).first() \
            and not connection.execute(several(campaign.id, dwelling.c.id == door_id)).first():
        raise NothingToReview
    _require_team(doors.by_id(connection, door_id), by)


def _require_team(door: Door, by: User | None) -> None:
    if by is not None and by.role == "lead" and by.team_id != door.team_id:
        raise assignments.NotYourTeam


def next_household(connection: Connection, door_id: int) -> int:
    """The number of the next household behind this door: one more than the highest that answered."""
    return 1 + (connection.execute(select(func.max(submission.c.household)).where(
        submission.c.dwelling_id == door_id, submission.c.channel.in_(submissions.RECORDING))).scalar() or 0)
