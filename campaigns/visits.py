"""Visits: what a volunteer found at a door, kept once and for ever.

VIS-1 One item is one visit: sent again, however often and from whichever phone, it gets the answer of the visit that is kept.
VIS-2 Outcome, hints and evidence are codes of `campaigns.outcomes`; anything else is refused.
VIS-3 A visit made before opening, or after closing, or received after the grace period is refused (INV-8).
VIS-4 A door of another team is refused to whoever never had it. One that was theirs and was given to somebody else meanwhile is
      taken, and they are told.
VIS-5 A neighbour or building head may answer (`proxy`) from the fourth visit on: after three attempt-days. At the desk an earlier
      one is refused; from a phone, which found it out without a network, it is kept and flagged.
VIS-6 Vacant doors and second homes want evidence; without it the visit is kept and flagged.
VIS-7 After six attempt-days nobody needs to go again. The next call-back is proposed for another time of day than before, by
      the hints, and never after closing. What the volunteer agreed with the household goes before the proposal.
VIS-8 Whoever did a door that another person did in the meantime is told so; both visits are kept.
VIS-9 The note and the position are sealed; how far the phone was from the door's coordinates is kept in metres.
VIS-10 A phone's clock that runs ahead never makes a visit later than its arrival.
"""
from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import Connection, select

from campaigns import assignments, audit, clock, submissions
from campaigns.campaign import Campaign
from campaigns.frame import doors
from campaigns.frame.doors import NoSuchDoor
from campaigns.keys import Key
from campaigns.outcomes import EVIDENCE, HINTS, OUTCOMES
from campaigns.people import User
from campaigns.status import MOST_ATTEMPTS, Call, attempt_days
from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling, submission, user
from campaigns.terms import RECORDING
from forms.language import Refusal, Text

PROXY_AFTER = 3  # attempt-days
MOST_HOUSEHOLDS = 9  # behind one door
LONGEST_NOTE = 500

__all__ = ["EVIDENCE", "HINTS", "MOST_HOUSEHOLDS", "OUTCOMES", "BadVisit", "NewVisit", "NoSuchDoor", "Position", "ProxyTooSoon",
           "Recorded", "at_door", "note_of", "propose", "record"]


class BadVisit(Refusal):
    status = 422

    def __init__(self, what: str):
        super().__init__("这次走访里有这里不认识的内容（{what}），没有记入。请更新手机上的页面后再试。",
                         "This visit holds something unknown here ({what}), so it was not added. Update the page on the phone and "
                         "try again.", what=what)


class ProxyTooSoon(Refusal):
    status = 409

    def __init__(self, days: int):
        super().__init__("这户才去过 {days} 天。先去满 {least} 天，还遇不到人，才可以请邻居或楼长代答。",
                         "This door was tried on {days} days so far. Only after {least} days may a neighbour or building head answer.",
                         days=days, least=PROXY_AFTER)


FLAGS = {
    "proxy-early": Text("代答早了：还没去满 3 天，组长会看一下。",
                        "A proxy answered too early: fewer than 3 days tried. Your lead will look at it."),
    "no-evidence": Text("没有写空置的依据，组长会看一下。",
                        "No evidence that nobody lives there. Your lead will look at it."),
}


@dataclass(frozen=True)
class Position:
    """Where the phone was, in degrees; `metres`: how exact it says that is."""

    lon: float
    lat: float
    metres: float | None = None


@dataclass(frozen=True)
class NewVisit:
    """A visit as it comes in. `item`: 32 hex digits. `household`: 1, 2 ... behind one door, 0 for the door as a whole. `at`: when
    it was made, corrected by what is known of the phone's clock."""

    item: str
    dwelling_id: int
    outcome: str
    at: datetime
    received_at: datetime
    household: int = 0
    call_back_at: datetime | None = None
    hints: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    proxy: bool = False
    scanned: bool = False
    note: str = ""
    position: Position | None = None


@dataclass(frozen=True)
class Recorded:
    """What became of a visit. `conflict`: somebody else did this door too (VIS-8), in words; `notice`: what else the volunteer
    should know; `flags`: codes of FLAGS; `call_back_at`: when to go again, None when nobody needs to."""

    id: int
    repeated: bool
    metres: int | None = None
    call_back_at: datetime | None = None
    conflict: Text | None = None
    notice: Text | None = None
    flags: tuple[str, ...] = field(default=())


def record(connection: Connection, campaign: Campaign, key: Key, by: User, new: NewVisit, *, strict: bool = False,
           released: bool = False) -> Recorded:
    """Keep `new`, made by `by`; `key` is the campaign's. Raises BadVisit, NotOpen, Closed, NoSuchDoor, NotYourDoor and, when
    `strict` (at a screen that can still be changed), ProxyTooSoon. `released`: a lead lets it in, whatever
    the time."""
    new = _tidied(new)
    known = connection.execute(select(visit.c.id, visit.c.metres, visit.c.call_back_at).where(
        visit.c.campaign_id == campaign.id, visit.c.item == new.item)).first()
    if known:
        return Recorded(known.id, True, known.metres, known.call_back_at)
    if not released:
        submissions.is_late(campaign, new.at, new.received_at)
    door = doors.known(connection, campaign.id, new.dwelling_id)
    if door is None:
        raise NoSuchDoor
    holding = "has" if released else assignments.require(connection, by, door)
    before = at_door(connection, door.id)
    flags = _flags(new, before)
    if strict and "proxy-early" in flags:
        raise ProxyTooSoon(attempt_days(_calls(before)))
    agreed = new.call_back_at if new.call_back_at and new.call_back_at > new.at else None
    again = (agreed or propose(campaign, [*before, _seen(new, by)])) if OUTCOMES[new.outcome].again else None
    metres = _metres(connection, door.id, new.position)
    visit_id = connection.execute(visit.insert().values(
        campaign_id=campaign.id, dwelling_id=door.id, item=new.item, household=new.household, user_id=by.id, outcome=new.outcome,
        at=new.at, received_at=new.received_at, day=campaign.day(new.at), call_back_at=again, hints=list(new.hints),
        evidence=list(new.evidence), proxy=new.proxy, scanned=new.scanned, metres=metres,
        sealed=_sealed(key, new))).inserted_primary_key.id
    audit.write(connection, campaign.id, new.received_at, by.actor, "visit.recorded", f"door:{door.id}", visit=visit_id,
                outcome=new.outcome, **({"flags": list(flags)} if flags else {}))
    return Recorded(visit_id, False, metres, again, _conflict(connection, campaign, by, new, before),
                    _notice(holding, flags, len({*_days(before), campaign.day(new.at)})), flags)


def _tidied(new: NewVisit) -> NewVisit:
    if new.outcome not in OUTCOMES:
        raise BadVisit(str(new.outcome)[:40])
    for listed, known in ((new.hints, HINTS), (new.evidence, EVIDENCE)):
        strange = [each for each in listed if each not in known]
        if strange:
            raise BadVisit(str(strange[0])[:40])
    if not 0 <= new.household <= MOST_HOUSEHOLDS:
        raise BadVisit(f"household {new.household}")
    if len(new.item) != 32 or not set(new.item) <= set("0123456789abcdef"):
        raise BadVisit("item")
    return replace(new, at=min(new.at, new.received_at), hints=tuple(dict.fromkeys(new.hints)),
                   evidence=tuple(dict.fromkeys(new.evidence)), note=new.note.strip()[:LONGEST_NOTE])


# --- earlier visits ----------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Seen:
    """A visit that is kept, without what is sealed. `label`: the work number of who made it."""

    item: str
    household: int
    user_id: int
    label: str
    outcome: str
    at: datetime
    day: str
    call_back_at: datetime | None
    hints: list
    proxy: bool


_SEEN = [visit.c.item, visit.c.household, visit.c.user_id, user.c.label, visit.c.outcome, visit.c.at, visit.c.day,
         visit.c.call_back_at, visit.c.hints, visit.c.proxy]


def at_door(connection: Connection, dwelling_id: int) -> list[Seen]:
    """The visits at a door, in the order in which they were made."""
    return [Seen(*row) for row in connection.execute(
        select(*_SEEN).join(user, user.c.id == visit.c.user_id).where(visit.c.dwelling_id == dwelling_id)
        .order_by(visit.c.at, visit.c.item))]


def _seen(new: NewVisit, by: User) -> Seen:
    return Seen(new.item, new.household, by.id, by.label, new.outcome, new.at, "", new.call_back_at, list(new.hints), new.proxy)


def _calls(before: list[Seen]) -> list[Call]:
    return [Call(each.at, each.item, each.outcome, each.day) for each in before]


def _days(before: list[Seen]) -> set[str]:
    return {each.day for each in before if OUTCOMES[each.outcome].attempt}


def note_of(connection: Connection, key: Key, visit_id: int) -> dict:
    """What was sealed with a visit: {"note", "position"}; an empty dict for nothing."""
    row = connection.execute(select(visit.c.item, visit.c.sealed).where(visit.c.id == visit_id)).one()
    return json.loads(key.open(row.sealed, f"visit:{row.item}")) if row.sealed else {}


def _sealed(key: Key, new: NewVisit) -> bytes | None:
    where = new.position and [new.position.lon, new.position.lat, new.position.metres]
    if not (new.note or where):
        return None
    return key.seal(json.dumps({"note": new.note, "position": where}, ensure_ascii=False).encode(), f"visit:{new.item}")


# --- what follows ------------------------------------------------------------------------------------------------------

def _flags(new: NewVisit, before: list[Seen]) -> tuple[str, ...]:
    early = new.proxy and attempt_days(_calls([each for each in before if each.at <= new.at])) < PROXY_AFTER
    return (*(["proxy-early"] if early else []), *(["no-evidence"] if OUTCOMES[new.outcome].evidence and not new.evidence else []))


def _notice(holding: str, flags: tuple[str, ...], days: int) -> Text | None:
    said = [FLAGS[each] for each in flags]
    if holding == "was":
        said.insert(0, Text("这户已经改由别人负责，这次走访照样记入。", "This door belongs to somebody else by now; your visit was kept."))
    if days >= MOST_ATTEMPTS:
        said.append(Text("这户已经去过 6 天，不用再去了。", "This door was tried on six days; no need to go again."))
    return Text("".join(each.zh for each in said), " ".join(each.en for each in said)) if said else None


def _conflict(connection: Connection, campaign: Campaign, by: User, new: NewVisit, before: list[Seen]) -> Text | None:
    """Who else did this door since this person's own last visit, or on this very day (VIS-8)."""
    own = connection.execute(
        select(submission.c.received_at, submission.c.channel, user.c.label)
        .outerjoin(user, user.c.id == submission.c.user_id)
        .where(submission.c.dwelling_id == new.dwelling_id, submission.c.household == max(new.household, 1),
               submission.c.channel.in_(RECORDING), submission.c.user_id.is_distinct_from(by.id))
        .order_by(submission.c.id).limit(1)).first()
    if own:
        return Text("这户已在{when}由 {who} 登记。您的也留着，以先到的为准，组长会核对。",
                    "This household was recorded {when} by {who}. Yours is kept too; your lead will compare them.").fill(
            when=clock.as_said(own.received_at, campaign.tz, new.received_at),
            who=own.label or Text("住户自己", "the household itself"))
    day = campaign.day(new.at)
    others = [each for each in before if each.user_id != by.id and each.day == day]
    if not others:
        return None
    other = others[-1]
    return Text("{who} 今天也去过这户（{when}：{outcome}）。两次都记下了。",
                "{who} was at this door the same day ({when}: {outcome}). Both visits are kept.").fill(
        who=other.label, when=clock.as_said(other.at, campaign.tz, new.received_at), outcome=OUTCOMES[other.outcome].name)


_SLOTS = {"mornings": 10, "afternoons": 15, "evenings": 19}
_WAIT_DAYS = {"soft_refusal": 2, "temporarily_away": 3, "split": 0, "hanger_left": 1}


def propose(campaign: Campaign, seen: list[Seen]) -> datetime | None:
    """When to call again after the visits `seen` (in any order), in whole hours of the campaign's time zone (VIS-7); None when the
    campaign is over by then or the door was tried often enough."""
    zone = clock.zone(campaign.tz)
    made = sorted(seen, key=lambda each: (each.at, each.item))
    if len({clock.day(each.at, campaign.tz) for each in made if OUTCOMES[each.outcome].attempt}) >= MOST_ATTEMPTS:
        return None
    last, hints = made[-1], {hint for each in made for hint in each.hints}
    tried = {_slot(each.at.astimezone(zone).hour) for each in made}
    slot = next((name for name in _SLOTS if name in hints),
                next((name for name in ("evenings", "mornings", "afternoons") if name not in tried), "evenings"))
    local = last.at.astimezone(zone)
    again = (local + timedelta(days=_WAIT_DAYS.get(last.outcome, 1))).replace(hour=_SLOTS[slot], minute=0, second=0, microsecond=0)
    if again <= local:
        again += timedelta(days=1)
    if "weekends" in hints or (len(made) == PROXY_AFTER and not hints & {*_SLOTS}):
        again += timedelta(days=(5 - again.weekday()) % 7 if again.weekday() < 5 else 0)  # Saturday is 5
    again = again.astimezone(campaign.opens_at.tzinfo)
    return again if again < campaign.closes_at else None


def _slot(hour: int) -> str:
    return "mornings" if hour < 12 else "afternoons" if hour < 17 else "evenings"


_EARTH = 6_371_000  # metres


def _metres(connection: Connection, dwelling_id: int, position: Position | None) -> int | None:
    """Great-circle distance to the door's coordinates; None when either is unknown."""
    if position is None:
        return None
    lon, lat = connection.execute(select(dwelling.c.lon, dwelling.c.lat).where(dwelling.c.id == dwelling_id)).one()
    if lon is None or lat is None:
        return None
    a, b = radians(lat), radians(position.lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(position.lon - lon) / 2) ** 2
    return round(2 * _EARTH * asin(min(1.0, sqrt(half))))
