"""What came in, as the desk looks at it: found by receipt, code or door; when, how and by whom; flags and files. No answers.

REC-1 A lead sees the doors of their own team and those without a team; supervisors and organisers see all.
REC-2 Only supervisors and organisers open files, and each look is a row in the audit log.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select

from campaigns import audit, receipts, verdicts
from campaigns.campaign import Campaign
from campaigns.codes import codes, symbols
from campaigns.frame import doors
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.schema import attachment, code, dwelling, submission, user
from forms.language import Refusal

MOST = 200
LEAD = "lead"


class NothingFound(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有找到。请核对回执号、门上的码，或把位置写成“小区-楼栋-单元-室号”；也可能是别的组的。",
                         "Nothing was found. Check the receipt number or the door's code, or write the place as "
                         "compound-building-unit-room; it may also belong to another team.")


class NoSuchFile(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这个附件。", "There is no such file.")


@dataclass(frozen=True)
class Line:
    """One submission in a list. `label`: the work number of who sent it, "" for the household itself."""

    id: int
    dwelling_id: int
    place: str
    household: int
    channel: str
    label: str
    received_at: datetime
    flags: tuple[str, ...]
    rejected: bool


@dataclass(frozen=True)
class File:
    """A photo or other file of a submission. `size`: bytes."""

    id: int
    name: str
    kind: str
    size: int


@dataclass(frozen=True)
class Whole(Line):
    """One submission on its own page. `replaces`, `replaced_by`: ids along the line of corrections."""

    form_version_id: int
    filled_at: datetime
    late: bool
    persons: int
    replaces: int | None
    replaced_by: int | None
    files: tuple[File, ...]


_PARTS = ("compound", "building", "unit", "room")
_COLUMNS = [submission.c.id, submission.c.dwelling_id, submission.c.household, submission.c.channel, submission.c.received_at,
            submission.c.flags, *[dwelling.c[name] for name in _PARTS], user.c.label.label("worker"),
            verdicts.is_rejected(submission.c.id).label("rejected")]


def _lines(campaign: Campaign, viewer: User, *more) -> Select:
    query = select(*_COLUMNS, *more).select_from(
        submission.join(dwelling, dwelling.c.id == submission.c.dwelling_id).outerjoin(user, user.c.id == submission.c.user_id)).where(
        submission.c.campaign_id == campaign.id)
    if viewer.role == LEAD:  # REC-1
        query = query.where(or_(dwelling.c.team_id.is_(None), dwelling.c.team_id == viewer.team_id))
    return query


def _facts(row) -> dict:
    return {"id": row.id, "dwelling_id": row.dwelling_id, "place": "-".join(filter(None, (getattr(row, name) for name in _PARTS))),
            "household": row.household, "channel": row.channel, "label": row.worker or "", "received_at": row.received_at,
            "flags": tuple(row.flags or ()), "rejected": bool(row.rejected)}


def flagged(connection: Connection, campaign: Campaign, viewer: User) -> list[Line]:
    """The newest submissions with flags."""
    query = _lines(campaign, viewer).where(submission.c.original.is_not(None)).order_by(submission.c.id.desc()).limit(MOST)
    return [Line(**_facts(row)) for row in connection.execute(query)]


def of_door(connection: Connection, campaign: Campaign, viewer: User, dwelling_id: int) -> list[Line]:
    """All that came in for a door, newest first."""
    query = _lines(campaign, viewer).where(submission.c.dwelling_id == dwelling_id).order_by(submission.c.id.desc()).limit(MOST)
    return [Line(**_facts(row)) for row in connection.execute(query)]


def find(connection: Connection, server: Key, campaign: Campaign, viewer: User, typed: str) -> list[Line]:
    """What came in under a receipt number, for the door of a code, or for a door as it is written. Raises NothingFound,
    NoSuchPlace, SeveralPlaces."""
    try:
        text = symbols.read(typed)
    except symbols.Mistyped:
        condition = submission.c.dwelling_id == doors.called(connection, campaign.id, typed).id
    else:
        condition = or_(
            submission.c.receipt == receipts.hashed(server, text),
            submission.c.dwelling_id.in_(select(code.c.dwelling_id).where(
                code.c.hash == codes.hashed(server, text), code.c.campaign_id == campaign.id)))
    rows = connection.execute(_lines(campaign, viewer).where(condition).order_by(submission.c.id.desc()).limit(MOST)).all()
    if not rows:
        raise NothingFound
    return [Line(**_facts(row)) for row in rows]


def one(connection: Connection, key: Key, campaign: Campaign, viewer: User, submission_id: int) -> Whole:
    """One submission. Raises NothingFound, also for another team's."""
    row = connection.execute(_lines(
        campaign, viewer, submission.c.form_version_id, submission.c.filled_at, submission.c.late, submission.c.persons,
        submission.c.replaces).where(submission.c.id == submission_id)).first()
    if row is None:
        raise NothingFound
    newer = connection.execute(select(submission.c.id).where(submission.c.replaces == submission_id)).scalar()
    return Whole(**_facts(row), form_version_id=row.form_version_id, filled_at=row.filled_at, late=row.late, persons=row.persons,
                 replaces=row.replaces, replaced_by=newer, files=tuple(_files(connection, key, submission_id)))


def _files(connection: Connection, key: Key, submission_id: int) -> Iterator[File]:
    for row in connection.execute(select(attachment).where(attachment.c.submission_id == submission_id).order_by(attachment.c.id)):
        yield File(row.id, key.open(row.sealed, f"attachment-name:{row.file}").decode(), row.kind, row.size)


def open_file(connection: Connection, key: Key, campaign: Campaign, viewer: User, submission_id: int, file_id: int,
              at: datetime) -> tuple[str, str]:
    """The name of a file, and under which it lies in the folder; that it is looked at is noted (REC-2). Raises NoSuchFile."""
    row = connection.execute(select(attachment).where(
        attachment.c.id == file_id, attachment.c.submission_id == submission_id, attachment.c.campaign_id == campaign.id)).first()
    if row is None:
        raise NoSuchFile
    audit.write(connection, campaign.id, at, viewer.actor, "attachment.opened", f"submission:{submission_id}", file=file_id)
    return key.open(row.sealed, f"attachment-name:{row.file}").decode(), row.file
