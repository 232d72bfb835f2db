"""Who has to do what about hangers: the collect round, the paper to be keyed, what a person carries, what nobody moved."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from campaigns import people, verdicts
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.frame import doors
from campaigns.frame.doors import Door
from campaigns.hangers import finding
from campaigns.hangers.finding import Hanger
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.schema import code, code_event, dwelling, submission, user
from campaigns.terms import RECORDING

_HANGER = [code.c[name] for name in Hanger.__dataclass_fields__]
_DOOR = [dwelling.c[name] for name in Door.__dataclass_fields__]
_STALE_DAYS = 3


class Due(NamedTuple):
    """A hanger to be collected: where it hangs and since when."""

    hanger: Hanger
    door: Door
    hung_at: datetime


class ToKey(NamedTuple):
    """A collected paper form. `door` is None where nothing says at which door it hung; `label`: who collected it."""

    hanger: Hanger
    door: Door | None
    collected_at: datetime
    label: str
    recorded: bool  # the household's answers came in by another way meanwhile


class Held(NamedTuple):
    """A hanger that a person carries or has hung, and its code (12 symbols), which the person could scan from the card."""

    hanger: Hanger
    code: str


class Idle(NamedTuple):
    """A hanger that somebody has had for days without hanging it."""

    hanger: Hanger
    label: str
    since: datetime


def _last(event: str) -> Select:
    """(code, instant) of the last `event` of each hanger."""
    return select(code_event.c.code_id, func.max(code_event.c.at).label("at")).where(
        code_event.c.event == event).group_by(code_event.c.code_id)


_recorded = exists().where(submission.c.dwelling_id == code.c.dwelling_id, submission.c.channel.in_(RECORDING),
                           ~verdicts.is_rejected(submission.c.id)).correlate(code)


def due(connection: Connection, campaign: Campaign, person: User | None, at: datetime, reader: User | None = None) -> list[Due]:
    """What `person` (None: everybody that `reader` may see) hung before today and nobody answered, in walking order. Recorded
    households are left out."""
    hung = _last("hung").subquery()
    query = (select(*_HANGER, *_DOOR, hung.c.at)
             .select_from(code.join(hung, hung.c.code_id == code.c.id).join(dwelling, dwelling.c.id == code.c.dwelling_id))
             .where(code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.state == "hung",
                    dwelling.c.ended_at.is_(None), ~_recorded)
             .order_by(dwelling.c.walk, code.c.serial))
    if person:
        query = query.where(code.c.holder_id == person.id)
    if own := people.own_people(reader):
        query = query.join(user, user.c.id == code.c.holder_id).where(*own)
    cut, today = len(_HANGER), campaign.day(at)
    found = [Due(Hanger(*row[:cut]), Door(*row[cut:-1]), row[-1]) for row in connection.execute(query)]
    return [each for each in found if campaign.day(each.hung_at) < today]


def to_key(connection: Connection, campaign: Campaign, reader: User | None = None) -> list[ToKey]:
    """Paper that was collected and is not keyed, the oldest first; a lead reads of what the own team collected."""
    collected = _last("collected").subquery()
    rows = connection.execute(
        select(*_HANGER, collected.c.at, func.coalesce(user.c.label, ""), _recorded)
        .select_from(code.join(collected, collected.c.code_id == code.c.id).outerjoin(user, user.c.id == code.c.holder_id))
        .where(code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.state == "collected", *people.own_people(reader))
        .order_by(collected.c.at, code.c.serial)).all()
    found = [(Hanger(*row[:-3]), *row[-3:]) for row in rows]
    return [ToKey(hanger, doors.by_id(connection, hanger.dwelling_id) if hanger.dwelling_id else None, at, label, bool(recorded))
            for hanger, at, label, recorded in found]


def of_user(connection: Connection, server: Key, campaign: Campaign, person: User) -> list[Held]:
    """What `person` carries, and what they hung that is not answered yet, by number."""
    rows = connection.execute(
        select(*_HANGER, code.c.seed).where(
            code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.holder_id == person.id,
            code.c.state.in_(("handed", "hung"))).order_by(code.c.serial))
    return [Held(Hanger(*row[:-1]), codes.written(server, row[-1])) for row in rows]


def ever_with(connection: Connection, server: Key, campaign: Campaign, person: User) -> list[Held]:
    """Every hanger that `person` ever had or did something with: what a phone recognised while it was offline, though the hanger
    was answered or handed over meanwhile."""
    given = code_event.c.event.in_(("handed", "passed", "found")) & (code_event.c.detail["to"].as_integer() == person.id)
    rows = connection.execute(
        select(*_HANGER, code.c.seed).where(
            code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.serial.is_not(None),
            or_(code.c.holder_id == person.id,
                code.c.id.in_(select(code_event.c.code_id).where(or_(code_event.c.user_id == person.id, given)))))
        .order_by(code.c.serial))
    return [Held(Hanger(*row[:-1]), codes.written(server, row[-1])) for row in rows]


def at_door(connection: Connection, dwelling_id: int) -> list[Hanger]:
    """The hangers at this door: the one hung last, which is the door's own, first (HNG-5)."""
    hung = _last("hung").subquery()
    return [Hanger(*row) for row in connection.execute(
        finding.query().outerjoin(hung, hung.c.code_id == code.c.id).where(code.c.dwelling_id == dwelling_id)
        .order_by(hung.c.at.desc(), code.c.id.desc()))]


def stale(connection: Connection, campaign: Campaign, at: datetime, reader: User | None = None) -> list[Idle]:
    """Hangers handed out and not moved for three days or more, by person and number: somebody should ask."""
    last = select(code_event.c.code_id, func.max(code_event.c.at).label("at")).where(
        code_event.c.event.in_(("handed", "passed", "found"))).group_by(code_event.c.code_id).subquery()
    rows = connection.execute(
        select(*_HANGER, user.c.label, last.c.at)
        .select_from(code.join(last, last.c.code_id == code.c.id).join(user, user.c.id == code.c.holder_id))
        .where(and_(code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.state == "handed",
                    last.c.at <= at - timedelta(days=_STALE_DAYS), *people.own_people(reader)))
        .order_by(user.c.label, code.c.serial))
    return [Idle(Hanger(*row[:-2]), *row[-2:]) for row in rows]
