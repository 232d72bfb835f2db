"""Checks of the clock: forms filled faster than anybody asks, doors reached faster than anybody walks, work at night."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, partial
from math import cos, hypot, radians

from sqlalchemy import BigInteger, Connection, Select, cast, func, literal, select, type_coerce, union_all

from campaigns import clock, verdicts
from campaigns.campaign import Campaign
from campaigns.flags.registry import Flag, check
from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling, submission
from forms.language import Text

FORM_SECONDS, PERSON_SECONDS = 30, 20  # no form with its persons is asked and answered faster
WALK_METRES, WALK_SPEED = 300, 6  # metres, and metres a second: faster than a bicycle between doors that far apart
WITHIN_MINUTES = 15
NIGHT_BEGINS, NIGHT_ENDS = 22, 7  # hours of the day
FEWEST = 3  # cases a day: one alone says nothing
_QUARTER = 15 * 60 * 1000  # every time zone of today is off UTC by whole quarters of an hour
_DEGREE = 111_320  # metres in a degree of latitude


def own_work(campaign: Campaign) -> list:
    """Which submissions are somebody's work at doors: by a person, at a visit, no correction, not rejected."""
    return [submission.c.campaign_id == campaign.id, submission.c.user_id.is_not(None), submission.c.channel == "visit",
            submission.c.replaces.is_(None), submission.c.id.not_in(verdicts.rejected_ids(campaign.id))]


@check("speed", Text("登记得太快", "Entries too fast"),
       Text("先问：是不是一次问了几户再补填的？再挑两三户打电话核对。",
            "Ask first: were several households asked and filled in afterwards? Then call two or three of them."))
def speed(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """Forms begun so soon after the one before that nobody can have asked its questions."""
    begun = type_coerce(submission.c.filled_at, BigInteger)
    following = func.lead(begun).over(partition_by=submission.c.user_id, order_by=(begun, submission.c.id))
    paced = select(submission.c.id, submission.c.user_id, submission.c.persons, begun.label("begun"),
                   (following - begun).label("gap")).where(*own_work(campaign)).subquery()
    needed = (FORM_SECONDS + paced.c.persons * PERSON_SECONDS) * 1000
    rows = connection.execute(select(paced).where(paced.c.persons > 0, paced.c.gap < needed).order_by(paced.c.id))
    for (user_id, day), cases in _by_day(campaign, rows).items():
        shortest = min(row.gap for row in cases) // 1000
        yield Flag("speed", user_id, day, Text(
            f"这一天有 {len(cases)} 户，从开始填到开始填下一户的时间不够问完（最短 {shortest} 秒）。",
            f"On this day {len(cases)} households were followed by the next sooner than the questions take "
            f"(shortest: {shortest} seconds)."), tuple(row.id for row in cases), day)


def _by_day(campaign: Campaign, rows: Iterable) -> dict[tuple[int, str], list]:
    """Rows with `user_id` and `begun` by person and day; days with fewer than FEWEST of them are left out."""
    local, grouped = cache(partial(_local, clock.zone(campaign.tz))), defaultdict(list)
    for row in rows:
        grouped[row.user_id, local(row.begun // _QUARTER).date().isoformat()].append(row)
    return {key: cases for key, cases in grouped.items() if len(cases) >= FEWEST}


@check("jumps", Text("两户之间走得太快", "From door to door too fast"),
       Text("看这两户的门牌有没有登错，手机时间准不准；或者是不是两个人用了同一个工牌。",
            "See whether a door was mixed up or the phone's clock is wrong, or whether two people use one badge."))
def jumps(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """Doors far apart that one person did within minutes."""
    work = _moves(campaign).subquery()
    step = {"partition_by": work.c.user_id, "order_by": (work.c.begun, work.c.id)}
    moved = select(work, *(func.lag(work.c[name]).over(**step).label(f"from_{name}") for name in ("begun", "lon", "lat"))).subquery()
    apart = func.abs(moved.c.lon - moved.c.from_lon) + func.abs(moved.c.lat - moved.c.from_lat)
    rows = connection.execute(select(moved).where(
        moved.c.begun - moved.c.from_begun < WITHIN_MINUTES * 60_000, apart > WALK_METRES / _DEGREE).order_by(moved.c.begun))
    for (user_id, day), cases in _by_day(campaign, (row for row in rows if _flew(row))).items():
        yield Flag("jumps", user_id, day, Text(
            f"这一天有 {len(cases)} 次，两户相距 {WALK_METRES} 米以上，间隔却只有几分钟，骑车也到不了"
            f"（最远 {max(map(_metres, cases))} 米）。",
            f"On this day {len(cases)} times two doors more than {WALK_METRES} m apart were done faster than a bicycle gets there "
            f"(farthest: {max(map(_metres, cases))} m)."), tuple(row.id for row in cases if row.id), day)


def _moves(campaign: Campaign) -> Select:
    """When each person was at which position, by entries and visits; `id` is a submission's, 0 for a visit."""
    placed = dwelling.c.lon.is_not(None)
    entries = select(submission.c.user_id, type_coerce(submission.c.filled_at, BigInteger).label("begun"), submission.c.id.label("id"),
                     dwelling.c.lon, dwelling.c.lat).join(
        dwelling, dwelling.c.id == submission.c.dwelling_id).where(*own_work(campaign), placed)
    calls = select(visit.c.user_id, type_coerce(visit.c.at, BigInteger), literal(0), dwelling.c.lon, dwelling.c.lat).join(
        dwelling, dwelling.c.id == visit.c.dwelling_id).where(visit.c.campaign_id == campaign.id, placed)
    return union_all(entries, calls)


def _metres(row) -> int:
    east = (row.lon - row.from_lon) * _DEGREE * cos(radians(row.lat))
    return round(hypot(east, (row.lat - row.from_lat) * _DEGREE))


def _flew(row) -> bool:
    metres = _metres(row)
    return metres > WALK_METRES and metres * 1000 > WALK_SPEED * max(1, row.begun - row.from_begun)


@check("nights", Text("夜里登记", "Work at night"),
       Text("先看手机时间准不准；住户要求晚上去的也有。", "See whether the phone's clock is right; some households ask for a late visit."))
def nights(connection: Connection, campaign: Campaign) -> Iterable[Flag]:
    """Forms begun between 22:00 and 7:00, by the campaign's clock."""
    quarter = (cast(type_coerce(submission.c.filled_at, BigInteger), BigInteger) // _QUARTER).label("quarter")
    rows = connection.execute(select(submission.c.user_id, quarter, func.count().label("forms"), func.min(submission.c.id).label("id"))
                              .where(*own_work(campaign)).group_by(submission.c.user_id, quarter).order_by(submission.c.user_id, quarter))
    local, cases = cache(partial(_local, clock.zone(campaign.tz))), defaultdict(list)
    for row in rows:
        at = local(int(row.quarter))
        if at.hour >= NIGHT_BEGINS or at.hour < NIGHT_ENDS:
            cases[row.user_id, at.date().isoformat()].append(row)
    for (user_id, day), found in cases.items():
        forms = sum(row.forms for row in found)
        if forms >= FEWEST:
            yield Flag("nights", user_id, day, Text(
                f"这一天有 {forms} 户是夜里 {NIGHT_BEGINS} 点到早上 {NIGHT_ENDS} 点之间开始填的。",
                f"On this day {forms} households were begun between {NIGHT_BEGINS}:00 and {NIGHT_ENDS}:00."),
                tuple(row.id for row in found), day)


def _local(zone: tzinfo, quarter: int) -> datetime:
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=quarter * _QUARTER)).astimezone(zone)
