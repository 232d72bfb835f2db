"""Who has which doors: teams have areas, people have doors of their team.

ASG-1 A door belongs to at most one team; giving an area to another team ends what people of the old team had there.
ASG-2 A door may have several people (two go in pairs where the campaign says so). Assigning again changes nothing; rows that
      ended stay, so that it is known who had a door when.
ASG-3 People get doors of their own team, or of no team; only volunteers, clerks and building heads who are active get any.
ASG-4 Leads see and move the doors of their own team; supervisors and organisers all.
ASG-5 Where the terms ask for so many people in a building, `shortfalls` lists the buildings that have fewer.
ASG-6 When somebody leaves, doors, drafts and hangers go to the next person in one step; nothing of it is lost or doubled.
ASG-7 Every change is audited with how many doors it moved; a change that moves none leaves no row.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, or_, select, update

from campaigns import audit, drafts, hangers, people
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.frame.doors import Door
from campaigns.people import User
from campaigns.store.fieldwork import assignment
from campaigns.store.prepared import Prepared
from campaigns.store.schema import dwelling, user
from forms.language import Refusal

LEVELS = ("community", "grid", "compound", "building")
FIELD_ROLES = ("volunteer", "clerk", "building_head")
_AT_ONCE = 500  # ids in one statement: SQLite takes at most 32,766 parameters


class NotYourDoor(Refusal):
    status = 403

    def __init__(self):
        super().__init__("这户门属于别的工作组，您不能在这里登记。如果分错了，请找组长。",
                         "This door belongs to another team, so you cannot record it. If that is a mistake, ask your team lead.")


class NotYourTeam(Refusal):
    status = 403

    def __init__(self):
        super().__init__("只能调整自己组的门和人。别的组请找督导员。",
                         "You can move the doors and people of your own team only. For other teams, ask the supervisor.")


class CannotHave(Refusal):
    status = 409

    def __init__(self, label: str):
        super().__init__("{label} 不能分门：已停用、不是上门的角色，或者和这些门不在同一个组。",
                         "{label} cannot be given these doors: revoked, of a role that makes no visits, or of another team.", label=label)


@dataclass(frozen=True, slots=True)
class Place:
    """A set of doors by where they are; an empty part means all."""

    community: str | None = None
    grid: str | None = None
    compound: str | None = None
    building: str | None = None
    unit: str | None = None

    def conditions(self) -> list:
        return [dwelling.c[name] == value for name, value in
                ((name, getattr(self, name)) for name in self.__dataclass_fields__) if value is not None]


def live(campaign_id: int, *conditions) -> Select:
    """Ids of the doors that have not ended."""
    return select(dwelling.c.id).where(dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None), *conditions)


def doors_in(connection: Connection, campaign_id: int, place: Place, by: User | None = None) -> list[int]:
    """The live doors of a place that `by` may move (None: all of them), in walking order."""
    return list(connection.execute(live(campaign_id, *place.conditions(), *own_team(by)).order_by(dwelling.c.walk)).scalars())


def own_team(by: User | None) -> tuple:
    """The condition that keeps a lead to the doors of the own team (ASG-4)."""
    return (dwelling.c.team_id == by.team_id,) if by is not None and by.role == "lead" else ()


# --- teams -------------------------------------------------------------------------------------------------------------

def give_area(connection: Connection, campaign: Campaign, team_id: int | None, place: Place, at: datetime, actor: Actor,
              by: User | None = None) -> int:
    """Give the doors of `place` to a team (None: to nobody); returns how many changed hands (ASG-1). Leads may not."""
    if by is not None and by.role == "lead":
        raise NotYourTeam
    if team_id is not None and team_id not in people.teams(connection, campaign.id):
        raise Refusal("没有这个工作组。", "There is no such team.")
    moved = list(connection.execute(live(campaign.id, *place.conditions(), dwelling.c.team_id.is_distinct_from(team_id))).scalars())
    return _to_team(connection, campaign, moved, team_id, at, actor)


def _to_team(connection: Connection, campaign: Campaign, moved: Sequence[int], team_id: int | None, at: datetime, actor: Actor) -> int:
    foreign = select(user.c.id).where(user.c.campaign_id == campaign.id, user.c.team_id.is_distinct_from(team_id))
    for some in _batches(moved):
        connection.execute(update(dwelling).where(dwelling.c.id.in_(some)).values(team_id=team_id))
        connection.execute(update(assignment).where(
            assignment.c.dwelling_id.in_(some), assignment.c.ended_at.is_(None), assignment.c.user_id.in_(foreign),
        ).values(ended_at=at))
    if moved:
        audit.write(connection, campaign.id, at, actor, "doors.team", f"team:{team_id or 0}", doors=len(moved), first=min(moved))
    return len(moved)


def to_team(connection: Connection, campaign: Campaign, door_ids: Iterable[int], team_id: int | None, at: datetime, actor: Actor) -> int:
    """Give these doors to a team; those that it has already stay."""
    moved = [each for some in _batches(list(door_ids)) for each in connection.execute(live(
        campaign.id, dwelling.c.id.in_(some), dwelling.c.team_id.is_distinct_from(team_id))).scalars()]
    return _to_team(connection, campaign, moved, team_id, at, actor)


# --- people ------------------------------------------------------------------------------------------------------------

def assign(connection: Connection, campaign: Campaign, to: User, door_ids: Iterable[int], at: datetime, actor: Actor,
           by: User | None = None) -> int:
    """Give doors to a person beside whoever has them; returns how many are new to them (ASG-2). Raises CannotHave, NotYourTeam."""
    _require_reach(by, to)
    if not to.active or to.role not in FIELD_ROLES or to.campaign_id != campaign.id:
        raise CannotHave(to.label)
    new = []
    for some in _batches(list(dict.fromkeys(door_ids))):
        has = exists().where(assignment.c.dwelling_id == dwelling.c.id, assignment.c.user_id == to.id, assignment.c.ended_at.is_(None))
        rows = connection.execute(select(dwelling.c.id, dwelling.c.team_id).where(
            dwelling.c.campaign_id == campaign.id, dwelling.c.ended_at.is_(None), dwelling.c.id.in_(some), ~has)).all()
        if any(row.team_id is not None and to.team_id is not None and row.team_id != to.team_id for row in rows):
            raise CannotHave(to.label)
        if by is not None and by.role == "lead" and any(row.team_id != by.team_id for row in rows):
            raise NotYourTeam
        new += [row.id for row in rows]
    for some in _batches(new):
        connection.execute(assignment.insert(), [
            {"campaign_id": campaign.id, "dwelling_id": each, "user_id": to.id, "began_at": at} for each in some])
    if new:
        audit.write(connection, campaign.id, at, actor, "doors.assigned", f"user:{to.label}", doors=len(new), first=min(new))
    return len(new)


def release(connection: Connection, campaign: Campaign, of: User, door_ids: Iterable[int] | None, at: datetime, actor: Actor,
            by: User | None = None) -> int:
    """Take doors away from a person (None: all of theirs); returns how many they had."""
    _require_reach(by, of)
    has = (assignment.c.campaign_id == campaign.id, assignment.c.user_id == of.id, assignment.c.ended_at.is_(None))
    held = set(connection.execute(select(assignment.c.dwelling_id).where(*has)).scalars())
    gone = sorted(held if door_ids is None else held & set(door_ids))
    for some in _batches(gone):
        connection.execute(update(assignment).where(*has, assignment.c.dwelling_id.in_(some)).values(ended_at=at))
    if gone:
        audit.write(connection, campaign.id, at, actor, "doors.released", f"user:{of.label}", doors=len(gone), first=min(gone))
    return len(gone)


def move(connection: Connection, campaign: Campaign, of: User, to: User, door_ids: Iterable[int] | None, at: datetime, actor: Actor,
         by: User | None = None) -> int:
    """Move doors of one person (None: all of theirs) to another; returns how many."""
    _require_reach(by, of)
    if of.id == to.id:
        raise Refusal("两个工号是同一个人，请选别人。", "Both work numbers are the same person; choose somebody else.")
    held = set(connection.execute(held_by(campaign.id, of.id)).scalars())
    moved = held if door_ids is None else held & set(door_ids)
    assign(connection, campaign, to, moved, at, actor, by)
    return release(connection, campaign, of, moved, at, actor, by)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much of what went to the next person."""

    doors: int
    drafts: int
    hangers: int


def hand_over(connection: Connection, campaign: Campaign, of: User, to: User, at: datetime, actor: Actor,
              by: User | None = None) -> HandedOver:
    """Give everything of `of`, who leaves, to `to` (ASG-6). Again, it moves what came since."""
    doors = move(connection, campaign, of, to, None, at, actor, by)
    begun = drafts.hand_over(connection, campaign, of, to, at, actor)
    hung = hangers.hand_over(connection, campaign, of, to, at, actor)
    audit.write(connection, campaign.id, at, actor, "user.handed-over", f"user:{of.label}", to=to.label, doors=doors,
                drafts=begun, hangers=hung)
    return HandedOver(doors, begun, hung)


def held_by(campaign_id: int, user_id: int) -> Select:
    """Ids of the live doors that a person has."""
    return select(assignment.c.dwelling_id).join(dwelling, dwelling.c.id == assignment.c.dwelling_id).where(
        assignment.c.campaign_id == campaign_id, assignment.c.user_id == user_id, assignment.c.ended_at.is_(None),
        dwelling.c.ended_at.is_(None))


def _require_reach(by: User | None, other: User) -> None:
    if by is not None and by.role == "lead" and by.team_id != other.team_id:
        raise NotYourTeam


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return [ids[start:start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]


# --- may somebody work at a door? --------------------------------------------------------------------------------------

_had = Prepared(select(assignment.c.ended_at).where(
    assignment.c.dwelling_id == bindparam("door"), assignment.c.user_id == bindparam("user")))


def require(connection: Connection, by: User, door: Door) -> str:
    """How `by` stands to `door`: `has` it, `team` (nobody's, or their own team's), `was` theirs before. Raises NotYourDoor.

    Clerks sit at the office and key what any team brings in: every door is theirs."""
    if by.role == "clerk":
        return "has"
    rows = _had.all(connection, {"door": door.id, "user": by.id})
    if any(row.ended_at is None for row in rows):
        return "has"
    if rows:
        return "was"
    if by.team_id is None or door.team_id is None or by.team_id == door.team_id:
        return "team"
    raise NotYourDoor


# --- what is where -----------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Building:
    """One building (of one team and community) and who has doors in it. `people`: {work number: doors}."""

    team_id: int | None
    community: str
    grid: str
    compound: str
    building: str
    doors: int
    people: dict[str, int]

    def wanting(self, least: int) -> int:
        """How many people it lacks (ASG-5)."""
        return max(0, least - len(self.people))


_BUILDING = (dwelling.c.team_id, dwelling.c.community, dwelling.c.grid, dwelling.c.compound, dwelling.c.building)


def buildings(connection: Connection, campaign: Campaign, *conditions) -> list[Building]:
    """Every building with live doors, in walking order, and who has it; `conditions` on dwelling narrow it."""
    mine = (dwelling.c.campaign_id == campaign.id, dwelling.c.ended_at.is_(None), *conditions)
    found = connection.execute(select(*_BUILDING, func.count(), func.min(dwelling.c.walk)).where(*mine).group_by(*_BUILDING)).all()
    held = connection.execute(
        select(*_BUILDING, user.c.label, func.count())
        .select_from(assignment.join(dwelling, dwelling.c.id == assignment.c.dwelling_id).join(user, user.c.id == assignment.c.user_id))
        .where(*mine, assignment.c.ended_at.is_(None)).group_by(*_BUILDING, user.c.label).order_by(user.c.label)).all()
    holders: dict[tuple, dict[str, int]] = {}
    for *where, label, count in held:
        holders.setdefault(tuple(where), {})[label] = count
    return [Building(*where, count, holders.get(tuple(where), {}))
            for *where, count, _walk in sorted(found, key=lambda row: row[-1])]


def shortfalls(connection: Connection, campaign: Campaign, *conditions) -> list[Building]:
    """The buildings with fewer people than `Terms.per_building`."""
    return [each for each in buildings(connection, campaign, *conditions) if each.wanting(campaign.terms.per_building)]


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who goes to doors, and how many they have."""

    user: User
    doors: int


def holders(connection: Connection, campaign: Campaign, by: User | None = None) -> list[Holder]:
    """Everybody of a field role who is active or still has doors, by work number."""
    counted = select(assignment.c.user_id, func.count().label("doors")).join(
        dwelling, and_(dwelling.c.id == assignment.c.dwelling_id, dwelling.c.ended_at.is_(None))).where(
        assignment.c.campaign_id == campaign.id, assignment.c.ended_at.is_(None)).group_by(assignment.c.user_id).subquery()
    count = func.coalesce(counted.c.doors, 0)
    rows = connection.execute(
        select(*[user.c[name] for name in User.__dataclass_fields__], count)
        .select_from(user.outerjoin(counted, counted.c.user_id == user.c.id))
        .where(user.c.campaign_id == campaign.id, user.c.role.in_(FIELD_ROLES), or_(user.c.active, count > 0),
               *((user.c.team_id == by.team_id,) if by is not None and by.role == "lead" else ()))
        .order_by(user.c.label))
    return [Holder(User(*row[:-1]), row[-1]) for row in rows]
