"""The queries behind the figures. Set-based, on SQLite and PostgreSQL alike; each takes one campaign and a last submission.

`through` says up to which submission and decision the merge took everything in: what came after waits for the next merge, so
that counts of doors, households and submissions always agree with each other.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, Select, and_, case, cast, func, select, type_coerce

from campaigns import clock, status
from campaigns.campaign import Campaign
from campaigns.figures.counts import Counts
from campaigns.store.schema import code, dwelling, record, submission
from campaigns.terms import RECORDING
from campaigns.verdicts import Through

_QUARTER = 15 * 60 * 1000  # every time zone of today is off UTC by whole quarters of an hour
_AREA = ("team_id", "street", "community", "grid", "compound", "building")


@dataclass(frozen=True, slots=True)
class Building:
    """Counts of the doors of one building that one team and one grid have: the finest area that is counted."""

    team_id: int | None
    street: str
    community: str
    grid: str
    compound: str
    building: str
    counts: Counts


def _own(column):
    return case((submission.c.channel.in_(RECORDING), column))


def _millis(column):
    return type_coerce(column, BigInteger)


def _tally(condition):
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _heard(campaign_id: int, through: Through) -> Select:
    """A row a door from which anything came: when its own first entry did (null: only lists), and how much came."""
    return select(
        submission.c.dwelling_id, func.min(_own(_millis(submission.c.received_at))).label("first"),
        func.count().label("submissions"), _tally(submission.c.late).label("late"),
        _tally(submission.c.replaces.is_not(None)).label("corrections"), _tally(submission.c.original.is_not(None)).label("flagged"),
    ).where(submission.c.campaign_id == campaign_id, through.counts(campaign_id)).group_by(submission.c.dwelling_id)


def _live(campaign_id: int):
    return and_(dwelling.c.campaign_id == campaign_id, dwelling.c.ended_at.is_(None))


def buildings(connection: Connection, campaign: Campaign, through: Through, day: str) -> Iterator[Building]:
    """Counts of every live door, by building (FIG-1 to FIG-4); `day` is today as an ISO date."""
    sums: dict[tuple, dict[str, int]] = defaultdict(dict)
    for counted in (_frame(campaign.id), _entries(campaign, through, day), _kept(campaign.id), _opened(campaign.id, through),
                    _by_status(campaign.id, through)):
        result = connection.execute(counted)
        names = list(result.keys())[len(_AREA):]
        for row in result:
            sums[tuple(row[:len(_AREA)])].update(zip(names, map(int, row[len(_AREA):])))
    for area, counted in sums.items():
        yield Building(*area, Counts(**counted))


# One query a source, each joined to the door by its primary key: joining the sources to each other in one query leaves it to
# the planner whether a derived table gets an index, and without one 76,688 doors took minutes.

def _by_area(campaign_id: int, source: FromClause, **counted: ColumnElement) -> Select:
    """Counts of `source`, which has a column dwelling_id, by team and building of the live doors."""
    groups = [dwelling.c[name] for name in _AREA]
    joined = source.join(dwelling, dwelling.c.id == source.c.dwelling_id)
    return select(*groups, *(column.label(name) for name, column in counted.items())).select_from(joined).where(
        _live(campaign_id)).group_by(*groups)


def _frame(campaign_id: int) -> Select:
    groups = [dwelling.c[name] for name in _AREA]
    return select(*groups, func.count().label("frame")).where(_live(campaign_id)).group_by(*groups)


def _entries(campaign: Campaign, through: Through, day: str) -> Select:
    heard = _heard(campaign.id, through).subquery()
    begins, ends = _bounds(day, campaign.tz)
    return _by_area(
        campaign.id, heard, recorded=func.count(heard.c.first), listed=func.count() - func.count(heard.c.first),
        today=_tally(and_(heard.c.first >= begins, heard.c.first < ends)),
        **{name: func.sum(heard.c[name]) for name in ("submissions", "late", "corrections", "flagged")})


def _kept(campaign_id: int) -> Select:
    rows = select(record.c.dwelling_id, record.c.persons).where(record.c.campaign_id == campaign_id).subquery()
    return _by_area(campaign_id, rows, households=_tally(rows.c.persons > 0), persons=func.sum(rows.c.persons))


def _opened(campaign_id: int, through: Through) -> Select:
    answered = select(submission.c.id).where(
        submission.c.dwelling_id == code.c.dwelling_id, submission.c.channel.in_(RECORDING),
        through.counts(campaign_id)).exists()
    rows = select(code.c.dwelling_id).where(
        code.c.campaign_id == campaign_id, code.c.kind == "household", code.c.opened_at.is_not(None), ~answered,
    ).distinct().subquery()
    return _by_area(campaign_id, rows, opened=func.count())


_AAPOR = {"P": "partial", "R": "refusal", "NC": "non_contact", "O": "other", "UH": "unknown"}
_STANDING = {name: [code for code, each in status.STATUSES.items() if each.aapor == letters] for letters, name in _AAPOR.items()} | {
    "vacant": ["vacant", "second_home"], "ineligible": ["not_eligible"]}
"""Which statuses are counted as what (FIG-7); the recorded are counted where their first entry is."""


def _by_status(campaign_id: int, through: Through) -> Select:
    doors = status.statuses(campaign_id, through).subquery()
    return _by_area(campaign_id, doors, attempted=func.sum(doors.c.called),
                    **{name: _tally(doors.c.status.in_(codes)) for name, codes in _STANDING.items()})


def first_entries(connection: Connection, campaign: Campaign, through: Through) -> Iterator[tuple[int | None, str, int, int]]:
    """(team id, day, hour, doors) of the doors recorded, by when their first own entry came in (FIG-3)."""
    heard = _heard(campaign.id, through).subquery()
    quarter = cast(heard.c.first, BigInteger) // _QUARTER
    zone = ZoneInfo(campaign.tz)
    rows = connection.execute(
        select(dwelling.c.team_id, quarter, func.count()).select_from(dwelling.join(heard, heard.c.dwelling_id == dwelling.c.id))
        .where(_live(campaign.id), heard.c.first.is_not(None)).group_by(dwelling.c.team_id, quarter))
    for team_id, quarters, doors in rows:
        local = (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(quarters) * _QUARTER)).astimezone(zone)
        yield team_id, local.date().isoformat(), local.hour, int(doors)


def arrivals(connection: Connection, campaign: Campaign, through: Through) -> Iterator[tuple[str, str, int, int, int]]:
    """(day, channel, submissions, late, corrections) of the live doors."""
    rows = connection.execute(
        select(submission.c.day, submission.c.channel, func.count(), _tally(submission.c.late),
               _tally(submission.c.replaces.is_not(None)))
        .select_from(submission.join(dwelling, dwelling.c.id == submission.c.dwelling_id))
        .where(_live(campaign.id), through.counts(campaign.id)).group_by(submission.c.day, submission.c.channel))
    for day, channel, *counted in rows:
        yield day, channel, *map(int, counted)


def kept_by_channel(connection: Connection, campaign: Campaign) -> dict[str, tuple[int, int]]:
    """Households and persons of the merged records, by the channel that each record rests on."""
    rows = connection.execute(
        select(record.c.channel, _tally(record.c.persons > 0), func.sum(record.c.persons))
        .select_from(record.join(dwelling, dwelling.c.id == record.c.dwelling_id))
        .where(_live(campaign.id), record.c.campaign_id == campaign.id).group_by(record.c.channel))
    return {channel: (int(households), int(persons)) for channel, households, persons in rows}


def households_at_ended_doors(connection: Connection, campaign: Campaign) -> int:
    """Merged records behind doors that have since left the register; they count nowhere else (FIG-1)."""
    return connection.execute(
        select(func.count()).select_from(record.join(dwelling, dwelling.c.id == record.c.dwelling_id))
        .where(record.c.campaign_id == campaign.id, dwelling.c.ended_at.is_not(None))).scalar_one()


def _bounds(day: str, tz: str) -> tuple[int, int]:
    """First and past-the-last millisecond of a local day, in UTC since 1970."""
    begins = clock.parse_local(f"{day}T00:00", tz)
    local_next = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    ends = clock.parse_local(f"{local_next}T00:00", tz)
    return round(begins.timestamp() * 1000), round(ends.timestamp() * 1000)
