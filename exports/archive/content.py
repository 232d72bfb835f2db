"""The rows of an archive, read from the store as a stream in walking order; sealed answers are opened here."""
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from campaigns import media, people
from campaigns.attachments import Folder
from campaigns.campaign import HOUSEHOLD, Campaign
from campaigns.campaign import form as campaign_form
from campaigns.keys import Key
from campaigns.store.schema import attachment, dwelling, form_version, record, submission, tally, user
from campaigns.submissions import unseal
from exports.archive import figures, tables
from forms.form import Form

_AT_ONCE = 500  # rows fetched from the store at a time
_records_of = select(record, submission.c.instance, submission.c.filled_at, submission.c.sealed).join(
    submission, submission.c.id == record.c.submission_id).where(
    record.c.dwelling_id.in_(bindparam("doors", expanding=True))).order_by(record.c.dwelling_id, record.c.household)


_files_of = select(attachment.c.file, attachment.c.sealed).where(
    attachment.c.submission_id == bindparam("submission")).order_by(attachment.c.id)


@dataclass(frozen=True)
class Beside:
    """What a submission has besides its answers: marks (forms.flags), and its files."""

    flags: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Household:
    """One record: its door, its row in `households`, and its persons' rows in `persons`."""

    row: list
    persons: list[list]


@dataclass(frozen=True)
class Dwelling:
    """One door with its row in `dwellings`; `group` names the workbook it goes into."""

    group: str
    row: list
    households: list[Household]


class Content:
    """What goes into the archive of `campaign`, seen through one snapshot (`connection`)."""

    def __init__(self, connection: Connection, key: Key, campaign: Campaign):
        self._connection, self._key, self.campaign = connection, key, campaign
        self.versions = _form_versions(connection, campaign)
        self.forms = [form for _, form in self.versions]
        self.tables = {table.name: table for table in tables.of(self.forms)}

    def dwelling_count(self) -> int:
        """Doors in the archive, for the progress bar."""
        return self._connection.execute(select(func.count()).select_from(dwelling).where(self._live())).scalar_one()

    def dwellings(self) -> Iterator[Dwelling]:
        """Every door with its households and their persons. Doors that the register ended come only with a record."""
        teams = people.teams(self._connection, self.campaign.id)
        doors = self._stream(self._walking(select(dwelling).where(self._live())))
        while batch := list(islice(doors, _AT_ONCE)):
            records = self._records([door.id for door in batch])
            for door in batch:
                households = [self._household(door.door, found) for found in records.get(door.id, ())]
                yield Dwelling(door.compound or door.community, self._door(door, teams), households)

    def code_lists(self) -> Iterator[list]:
        """Every code of every column that has codes."""
        for table in self.tables.values():
            for column in table.columns:
                for position, (code, words) in enumerate(column.codes, 1):
                    yield [table.list_name(column), code, position, words.zh, words.en]

    def submissions(self) -> Iterator[tuple[list, bytes, Beside]]:
        """The row of each submission, its answers as the canonical JSON that was sealed, and what goes with it."""
        replaced = aliased(submission)
        forms = dict(self.versions)
        query = select(submission, dwelling.c.door, user.c.label, replaced.c.instance.label("replaced"),
                       record.c.submission_id.label("used")).where(
            submission.c.campaign_id == self.campaign.id).join(dwelling, dwelling.c.id == submission.c.dwelling_id).outerjoin(
            user, user.c.id == submission.c.user_id).outerjoin(
            replaced, replaced.c.id == submission.c.replaces).outerjoin(
            record, record.c.submission_id == submission.c.id).order_by(submission.c.id)
        for row in self._stream(query):
            form = forms[row.form_version_id]
            yield [row.instance, self._dwelling(row.door), row.household, row.channel, row.label, form.key, form.version,
                   form.digest, instant(row.filled_at), instant(row.received_at), row.day, row.late, row.persons,
                   row.replaced, row.used is not None], self._key.open(row.sealed, f"submission:{row.instance}"), \
                Beside(tuple(row.flags or ()), self._files(row.id))

    def _files(self, submission_id: int) -> tuple[tuple[str, str], ...]:
        """(name in the answers, name in the folder of attachments) of a submission's own files."""
        if submission_id not in self._with_files:
            return ()
        return tuple((self._key.open(row.sealed, f"attachment-name:{row.file}").decode(), row.file) for row in self._connection.execute(
            _files_of, {"submission": submission_id}))

    @cached_property
    def _with_files(self) -> set[int]:
        """The submissions that have files: few of many."""
        return set(self._connection.execute(select(attachment.c.submission_id).where(
            attachment.c.campaign_id == self.campaign.id).distinct()).scalars())

    def attachment(self, file: str, folder: Path) -> Iterator[bytes]:
        """The content of a file, unsealed; `folder`: of all attachments."""
        return Folder(folder / self.campaign.slug, self._key).read(file)

    def media(self) -> Iterator[tuple[Form, dict[str, bytes]]]:
        """The files that the forms refer to."""
        for version_id, form in self.versions:
            yield form, media.read(self._connection, version_id)

    def tallies(self) -> Iterator[list]:
        """The ledger: by work number, never by name."""
        query = select(tally, submission.c.instance, user.c.label, dwelling.c.door).where(
            tally.c.campaign_id == self.campaign.id).join(submission, submission.c.id == tally.c.submission_id).join(
            user, user.c.id == tally.c.user_id).join(dwelling, dwelling.c.id == tally.c.dwelling_id).order_by(tally.c.id)
        for row in self._stream(query):
            yield [row.instance, row.kind, row.rule or "household", row.round, row.label, self._dwelling(row.door),
                   row.household, row.fen, row.pay, instant(row.at), row.day]

    def figures(self, at: datetime) -> Iterator[list]:
        """The campaign's figures as they stand at `at`."""
        return figures.rows(self._connection, self.campaign, at)

    def workbooks(self) -> Iterator[tuple[Form, bytes]]:
        """The forms as they were answered."""
        for version_id, form in self.versions:
            yield form, self._connection.execute(
                select(form_version.c.workbook).where(form_version.c.id == version_id)).scalar_one()

    def _live(self):
        has_record = select(record.c.dwelling_id).where(record.c.campaign_id == self.campaign.id)
        return (dwelling.c.campaign_id == self.campaign.id) & (dwelling.c.ended_at.is_(None) | dwelling.c.id.in_(has_record))

    def _stream(self, query) -> Iterator:
        return self._connection.execution_options(yield_per=_AT_ONCE).execute(query)

    def _records(self, doors: list[int]) -> dict[int, list]:
        """Records with their sealed answers, by door. Fetched a few doors at a time: sorting them all would take much memory."""
        found: dict[int, list] = defaultdict(list)
        for row in self._connection.execute(_records_of, {"doors": doors}):
            found[row.dwelling_id].append(row)
        return found

    def _walking(self, query: Select) -> Select:
        """`query` over doors, ordered as one walks; the doors of a compound stay together, also one added later."""
        first = select(dwelling.c.compound, func.min(dwelling.c.walk).label("walk")).where(
            dwelling.c.campaign_id == self.campaign.id).group_by(dwelling.c.compound).subquery()
        community = case((dwelling.c.compound == "", dwelling.c.community), else_="")
        return query.join(first, first.c.compound == dwelling.c.compound).order_by(
            first.c.walk, first.c.compound, community, dwelling.c.walk, dwelling.c.id)

    def _dwelling(self, door: str) -> str:
        return f"{self.campaign.slug}/{door}"

    def _door(self, door, teams: dict[int, str]) -> list:
        personal = door.sealed and self._key.open(door.sealed, f"dwelling:{door.door}").decode()
        area = None if door.area_dm2 is None else f"{door.area_dm2 // 100}.{door.area_dm2 % 100:02d}"
        return [self._dwelling(door.door), door.city or None, door.district or None, door.street or None,
                door.community or None, door.grid or None, door.compound or None, door.building or None, door.unit or None,
                door.room or None, door.address or None, door.use or None, door.register_code or None,
                teams.get(door.team_id), area, _coordinate(door.lon), _coordinate(door.lat), door.walk,
                door.ended_at is None, _json(door.extra), personal or None]

    def _household(self, door: str, found) -> Household:
        answers = unseal(self._key, found.instance, found.sealed)
        key = f"{self._dwelling(door)}/{found.household}"
        others = " ".join(found.provenance.get("others", ())) or None
        row = [key, self._dwelling(door), found.household, found.persons, found.channel, found.day,
               instant(found.filled_at), found.instance, others]
        row += [flat(answers.get(name)) for name in self._household_questions]
        people_here = (person for repeat in self._repeats for person in answers.get(repeat, ()))
        return Household(row, [[f"{key}/{number}", key, number, *[flat(person.get(name)) for name in self._person_questions]]
                               for number, person in enumerate(people_here, 1)])

    @cached_property
    def _household_questions(self) -> list[str]:
        return [column.question for column in self.tables["households"].columns if column.question]

    @cached_property
    def _person_questions(self) -> list[str]:
        return [column.question for column in self.tables["persons"].columns if column.question]

    @cached_property
    def _repeats(self) -> list[str]:
        return list(dict.fromkeys(form.person_repeat for form in self.forms if form.person_repeat))


def _form_versions(connection: Connection, campaign: Campaign) -> list[tuple[int, Form]]:
    """Every version of the campaign's form, oldest first."""
    ids = connection.execute(select(form_version.c.id).where(
        form_version.c.campaign_id == campaign.id, form_version.c.purpose == HOUSEHOLD).order_by(form_version.c.id)).scalars().all()
    return [campaign_form(connection, campaign.id, version_id) for version_id in ids]


def flat(answer: str | list | None) -> str | None:
    """An answer in one cell: several codes are joined by spaces."""
    return " ".join(answer) or None if isinstance(answer, list) else answer or None


def instant(at: datetime) -> str:
    """A UTC instant to the millisecond, as it stands in the archive."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _coordinate(value: float | None) -> str | None:
    return None if value is None else f"{value:.7f}"  # 0.0000001 degree is a centimetre


def _json(value: dict) -> str | None:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else None
