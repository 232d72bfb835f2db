"""Reports from the field: an incident, a stairwell sheet, who moved. Forms that are no household's answers.

REP-1 A report is kept once for each item, sealed, and never changes.
REP-2 What breaks a rule of its form is kept and flagged, as a household's form from a phone is.
REP-3 It is about a door, or about a building, or about neither; a building that is not on the register is flagged.
REP-4 Its times are the campaign's (INV-8).
REP-5 Whoever reads a report or one of its photos is in the audit log. A lead reads those of the own team.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select

from campaigns import attachments, audit
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.people import User
from campaigns.store.fieldwork import report, report_file
from campaigns.store.schema import dwelling, user
from campaigns.submissions import is_late
from forms.answers import canonical
from forms.language import Refusal

FILES = attachments.Owner(report_file, "report_id")
"""Where the files of reports are written down."""


class NoSuchReport(Refusal):
    status = 404

    def __init__(self):
        super().__init__("没有这份上报，或者它属于别的组。", "There is no such report, or it is another team's.")


@dataclass(frozen=True)
class NewReport:
    """A report as it comes in. `building`: `compound/building` where no single door is meant; `source`: the XML as it came."""

    item: str
    form_version_id: int
    key: str
    dwelling_id: int | None
    building: str
    filled_at: datetime
    received_at: datetime
    answers: dict
    source: bytes
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A report without its answers. `label`: the work number of who sent it; `place`: of its door or building."""

    id: int
    item: str
    form_version_id: int
    key: str
    label: str
    place: str
    filled_at: datetime
    received_at: datetime
    late: bool
    flags: tuple[str, ...]


_about = "report:{}".format


def record(connection: Connection, campaign: Campaign, key: Key, by: User, new: NewReport, *, released: bool = False) -> int:
    """Keep `new`, sent by `by`; its id. Raises NotOpen and Closed, unless a lead has `released` it."""
    known = connection.execute(select(report.c.id).where(
        report.c.campaign_id == campaign.id, report.c.item == new.item)).scalar()
    if known is not None:
        return known
    late = new.received_at >= campaign.closes_at if released else is_late(campaign, new.filled_at, new.received_at)
    flags, building, unknown = list(new.flags), new.building, {}
    if new.building and not _is_building(connection, campaign.id, new.building):
        flags.append("unknown:building")
        building, unknown = "", {"building": new.building}  # what is no building may be anything, so it is sealed
    content = json.dumps({"answers": json.loads(canonical(new.answers)), "xml": new.source.decode(), **unknown}, ensure_ascii=False)
    report_id = connection.execute(report.insert().values(
        campaign_id=campaign.id, form_version_id=new.form_version_id, dwelling_id=new.dwelling_id, user_id=by.id, item=new.item,
        key=new.key, building=building, filled_at=new.filled_at, received_at=new.received_at,
        day=campaign.day(new.received_at), late=late, sealed=key.seal(content.encode(), _about(new.item)),
        mac=key.mac("source", new.source), flags=flags or None)).inserted_primary_key.id
    audit.write(connection, campaign.id, new.received_at, by.actor, "report.received", f"report:{report_id}", form=new.key,
                **({"flags": len(flags)} if flags else {}))
    return report_id


def _is_building(connection: Connection, campaign_id: int, name: str) -> bool:
    compound, _, building = name.partition("/")
    return connection.execute(select(dwelling.c.id).where(
        dwelling.c.campaign_id == campaign_id, dwelling.c.compound == compound,
        dwelling.c.building == building).limit(1)).first() is not None


_PLACE = [dwelling.c.compound, dwelling.c.building.label("of_building"), dwelling.c.unit, dwelling.c.room, dwelling.c.address]
_COLUMNS = [report.c.id, report.c.item, report.c.form_version_id, report.c.key, user.c.label, report.c.building, report.c.filled_at,
            report.c.received_at, report.c.late, report.c.flags]


def _query(campaign_id: int, by: User | None) -> Select:
    found = (select(*_COLUMNS, *_PLACE).select_from(
        report.join(user, user.c.id == report.c.user_id).outerjoin(dwelling, dwelling.c.id == report.c.dwelling_id))
        .where(report.c.campaign_id == campaign_id))
    if by is not None and by.role == "lead":
        own = by.team_id or 0  # a lead without a team has none to read of
        found = found.where(or_(user.c.team_id == own, dwelling.c.team_id == own))
    return found


def _report(row: object) -> Report:
    place = "-".join(filter(None, (row.compound, row.of_building, row.unit, row.room))) or row.address or row.building
    return Report(row.id, row.item, row.form_version_id, row.key, row.label, place, row.filled_at, row.received_at, row.late,
                  tuple(row.flags or ()))


def listed(connection: Connection, campaign: Campaign, by: User | None, *, key: str = "", before: int | None = None,
           most: int = 50) -> list[Report]:
    """Reports, newest first; `key`: of one form; `before`: an id to go on from; a lead sees those of the own team."""
    query = _query(campaign.id, by)
    if key:
        query = query.where(report.c.key == key)
    if before:
        query = query.where(report.c.id < before)
    return [_report(row) for row in connection.execute(query.order_by(report.c.id.desc()).limit(most))]


def found(connection: Connection, campaign: Campaign, by: User | None, report_id: int) -> Report:
    """One report. Raises NoSuchReport."""
    row = connection.execute(_query(campaign.id, by).where(report.c.id == report_id)).first()
    if row is None:
        raise NoSuchReport
    return _report(row)


def opened(connection: Connection, key: Key, of: Report) -> dict:
    """The answers of a report; `note_reading` is for the caller to see to."""
    return _content(connection, key, of)["answers"]


def named_building(connection: Connection, key: Key, of: Report) -> str:
    """The building that a report names and the register does not have; "" for none."""
    return _content(connection, key, of).get("building", "")


def original(connection: Connection, key: Key, of: Report) -> bytes:
    """The XML of a report as it came."""
    return _content(connection, key, of)["xml"].encode()


def _content(connection: Connection, key: Key, of: Report) -> dict:
    sealed = connection.execute(select(report.c.sealed).where(report.c.id == of.id)).scalar_one()
    return unseal(key, of.item, sealed)


def files_of(connection: Connection, key: Key, report_id: int) -> dict[str, str]:
    """File by name."""
    return attachments.listed(connection, key, report_id, FILES)


def note_reading(connection: Connection, campaign: Campaign, of: Report, at: datetime, actor: Actor, file: str = "") -> None:
    """Somebody read a report, or one of its files (REP-5)."""
    audit.write(connection, campaign.id, at, actor, "report.file-read" if file else "report.read", f"report:{of.id}",
                **({"file": file} if file else {}))


def unseal(key: Key, item: str, sealed: bytes) -> dict:
    """What was sealed with a report: its `answers`, and the `xml` as it came."""
    return json.loads(key.open(sealed, _about(item)))
