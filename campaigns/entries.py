"""What came in, as a list for the desk: when, from whom, for which door, whether it stands and what it earned. No answers."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, func, select

from campaigns import decisions, verdicts
from campaigns.campaign import Campaign
from campaigns.people import User
from campaigns.store.schema import dwelling, submission, tally, user

_ADDRESS = ("compound", "building", "unit", "room", "address")


@dataclass(frozen=True, slots=True)
class Sent:
    """One submission. `label`: the work number of who sent it, empty for a resident. `fen`: what stands for it now, None when it
    has no credit (a correction, a resident's own). `corrects`: it replaces an earlier one."""

    id: int
    at: datetime
    filled_at: datetime
    day: str
    channel: str
    place: str
    household: int
    persons: int
    label: str
    team_id: int | None
    corrects: int | None
    rejected: bool
    fen: int | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: of one team (of its people), of one work number, of one day, of certain numbers; only rejected ones."""

    team_id: int | None = None
    label: str = ""
    day: str = ""
    rejected: bool = False


_fen = select(func.sum(tally.c.fen)).where(tally.c.submission_id == submission.c.id).scalar_subquery()


def _query(campaign: Campaign) -> Select:
    return select(
        submission.c.id, submission.c.received_at, submission.c.filled_at, submission.c.day, submission.c.channel,
        submission.c.household, submission.c.persons, submission.c.replaces, user.c.label, user.c.team_id,
        *(dwelling.c[name] for name in _ADDRESS), verdicts.is_rejected(submission.c.id).label("rejected"), _fen.label("fen"),
    ).select_from(submission.join(dwelling, dwelling.c.id == submission.c.dwelling_id)
                  .outerjoin(user, user.c.id == submission.c.user_id)).where(submission.c.campaign_id == campaign.id)


def _sent(row: Row) -> Sent:
    place = "-".join(filter(None, (row.compound, row.building, row.unit, row.room))) or row.address
    return Sent(row.id, row.received_at, row.filled_at, row.day, row.channel, place, row.household, row.persons, row.label or "",
                row.team_id, row.replaces, bool(row.rejected), None if row.fen is None else int(row.fen))


def newest(connection: Connection, campaign: Campaign, wanted: Filter, before: int | None = None, most: int = 50) -> list[Sent]:
    """The newest entries that `wanted` lets through; `before`: only those older than the one of this number."""
    query = _query(campaign)
    if wanted.team_id is not None:
        query = query.where(user.c.team_id == wanted.team_id)
    if wanted.label:
        query = query.where(user.c.label == wanted.label)
    if wanted.day:
        query = query.where(submission.c.day == wanted.day)
    if wanted.rejected:
        query = query.where(submission.c.id.in_(verdicts.rejected_ids(campaign.id)))
    if before is not None:
        query = query.where(submission.c.id < before)
    return [_sent(row) for row in connection.execute(query.order_by(submission.c.id.desc()).limit(most))]


def find(connection: Connection, campaign: Campaign, submission_id: int) -> Sent:
    """One entry. Raises decisions.NoSuchEntry."""
    row = connection.execute(_query(campaign).where(submission.c.id == submission_id)).first()
    if row is None:
        raise decisions.NoSuchEntry
    return _sent(row)


def visible(found: Sent, reader: User) -> bool:
    """Whether `reader` may look at the entry: a lead at those of the own team's people."""
    return reader.role != "lead" or (found.label != "" and found.team_id is not None and found.team_id == reader.team_id)
