"""The rows of an archive, read from the store as a stream in walking order; sealed answers are opened here."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from sqlalchemy import Connection, Select, bindparam, case, func, select, union

from campaigns import form_versions, people
from campaigns.campaign import Campaign
from campaigns.contents import opened, unseal
from campaigns.keys import Key
from campaigns.store.fieldwork import assignment, pay_line, pay_period, report, visit
from campaigns.store.schema import code as code_table
from campaigns.store.schema import dwelling, form_version, record, submission, tally, user
from exports.archive import figures, tables
from exports.archive.cells import as_json, coordinate, flat, instant
from exports.archive.field_rows import FieldRows

_AT_ONCE = 500  # rows fetched from the store at a time
_records_of = select(record, submission.c.instance, submission.c.filled_at, submission.c.sealed).join(
    submission, submission.c.id == record.c.submission_id).where(
    record.c.dwelling_id.in_(bindparam("doors", expanding=True))).order_by(record.c.dwelling_id, record.c.household)


@dataclass(frozen=True)
class Submission:
    """One submission: its row, its answers as the canonical JSON that was sealed, what of it the form does not take, and, of such
    a one, the XML as it came. `id`: in the store."""

    id: int
    row: list
    answers: bytes
    flags: tuple[str, ...]
    original: bytes | None


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
        self.versions = form_versions.household_forms(connection, campaign.id)
        self.forms = [form for _, form in self.versions]
        self.tables = {table.name: table for table in tables.of(self.forms)}
        self.field = FieldRows(connection, key, campaign, self._live())

    def dwelling_count(self) -> int:
        """Doors in the archive, for the progress bar."""
        return self._connection.execute(select(func.count()).select_from(dwelling).where(self._live())).scalar_one()

    def dwellings(self) -> Iterator[Dwelling]:
        """Every door with its households and their persons. Doors that the register ended come only where something was done there."""
        teams = people.teams(self._connection, self.campaign.id)
        merged = dwelling.alias()
        doors = self._stream(self._walking(select(dwelling, merged.c.door.label("merged_door")).select_from(dwelling).outerjoin(
            merged, merged.c.id == dwelling.c.merged_into).where(self._live())))
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

    def submissions(self) -> Iterator[Submission]:
        """Every submission, in the order in which they came."""
        replaced, conflicting = submission.alias(), submission.alias()
        query = select(submission, dwelling.c.door, user.c.label, replaced.c.instance.label("replaced"),
                       conflicting.c.instance.label("conflicting"), record.c.submission_id.label("used"),
                       form_version.c.digest, form_version.c.key, form_version.c.version).select_from(submission).where(
            submission.c.campaign_id == self.campaign.id).join(dwelling, dwelling.c.id == submission.c.dwelling_id).join(
            form_version, form_version.c.id == submission.c.form_version_id).outerjoin(
            user, user.c.id == submission.c.user_id).outerjoin(
            replaced, replaced.c.id == submission.c.replaces).outerjoin(
            conflicting, conflicting.c.id == submission.c.conflicts).outerjoin(
            record, record.c.submission_id == submission.c.id).order_by(submission.c.id)
        for row in self._stream(query):
            flags = tuple(row.flags or ())
            cells = [row.instance, self._dwelling(row.door), row.household, row.channel, row.label, row.key, row.version or None,
                     row.digest, instant(row.filled_at), instant(row.received_at), row.day, row.late, row.persons,
                     row.replaced, row.conflicting, " ".join(flags) or None, row.used is not None]
            answers, original = opened(self._key, row.instance, row.sealed, row.original)
            yield Submission(row.id, cells, answers, flags, original)

    def tallies(self) -> Iterator[list]:
        """The ledger: by work number, never by name."""
        query = select(tally, submission.c.instance, user.c.label, dwelling.c.door, pay_period.c.number).select_from(tally).where(
            tally.c.campaign_id == self.campaign.id).join(submission, submission.c.id == tally.c.submission_id).join(
            user, user.c.id == tally.c.user_id).join(dwelling, dwelling.c.id == tally.c.dwelling_id).outerjoin(
            pay_line, pay_line.c.tally_id == tally.c.id).outerjoin(
            pay_period, pay_period.c.id == pay_line.c.pay_period_id).order_by(tally.c.id)
        for row in self._stream(query):
            yield [row.instance, row.kind, row.rule or "household", row.round, row.label, self._dwelling(row.door),
                   row.household, row.fen, row.pay, instant(row.at), row.day, row.worked or None, row.why or None, row.number]

    def figures(self, at: datetime) -> Iterator[list]:
        """The campaign's figures as they stand at `at`."""
        return figures.rows(self._connection, self.campaign, at)

    def _live(self):
        """Doors that are on the register, and those that left it but that something here speaks of."""
        spoken_of = union(
            *(select(table.c.dwelling_id).where(table.c.campaign_id == self.campaign.id)
              for table in (record, submission, visit, assignment)),
            *(select(table.c.dwelling_id).where(table.c.campaign_id == self.campaign.id, table.c.dwelling_id.is_not(None), *more)
              for table, more in ((report, ()), (code_table, (code_table.c.kind == "hanger",)))))
        return (dwelling.c.campaign_id == self.campaign.id) & (dwelling.c.ended_at.is_(None) | dwelling.c.id.in_(spoken_of))

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
                teams.get(door.team_id), area, coordinate(door.lon), coordinate(door.lat), door.walk,
                door.ended_at is None, door.origin,
                door.merged_door and self._dwelling(door.merged_door), as_json(door.extra), personal or None]

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
