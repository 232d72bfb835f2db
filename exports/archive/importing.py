"""`survey archive import`: bring what an archive found into another database: doors, households, persons, code lists, and the
submissions, decisions, visits, reports and lists of files behind them.

IMP-1 Nothing is used before the whole archive was checked (`checking`).
IMP-2 All in one transaction, or nothing. A dry run reports the same numbers and changes nothing.
IMP-3 Rows are found again by their stable keys: new ones are added, differing ones changed, and rows of this campaign that
      the archive no longer has get `ended_at`. Nothing is deleted. The same archive again changes nothing.
IMP-4 An archive older than the campaign's last import is refused unless asked for; one signed by another key for a campaign
      of the same name always is: it is another campaign.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, and_, bindparam, func, select, tuple_, update

from campaigns.installation import Installation
from exports.archive.cells import instant
from exports.archive.checking import Archive, opened
from exports.archive.database import connected
from exports.archive.exporting import SILENT, Steps
from exports.archive.key_set import KeySet
from exports.archive.mapping import AS_IT_IS, RECEIVED, Mapping
from exports.archive.minisign import PublicKey
from exports.archive.receiver import Receiver, adder
from exports.archive.refusals import BadReceiver
from forms.language import Refusal, Text

_AT_ONCE = 500


@dataclass
class Change:
    """What happens to one table."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    same: int = 0


@dataclass
class Outcome:
    """What an import did, or would do. `tables` by the receiving database's own names."""

    campaign: str
    made_at: str
    dry_run: bool
    tables: dict[str, Change] = field(default_factory=dict)
    new_tables: list[str] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)

    def total(self, what: str) -> int:
        return sum(getattr(change, what) for change in self.tables.values())


def bring(here: Installation, file: Path, into: str, *, at: datetime, mapping: Mapping = AS_IT_IS, dry_run: bool = False,
          older: bool = False, public_key: PublicKey | None = None, identities: Sequence | None = None,
          steps: Steps = SILENT) -> Outcome:
    """Import FILE into the database at `into`. `older`: take an archive older than the last import.

    Raises ArchiveDamaged, WrongKey, BadReceiver or another Refusal; then nothing was changed.
    """
    with opened(here, file, public_key=public_key, identities=identities) as archive:
        archive.check(steps)
        mapping.check(archive.tables)
        with connected(into, write=not dry_run) as connection:
            receiver = Receiver(connection, archive.tables, mapping)
            _refuse_older(connection, receiver, archive, older)
            outcome = Outcome(archive.report.facts["campaign"], archive.report.facts["made_at"], dry_run,
                              new_tables=sorted(receiver.missing_tables), new_columns=receiver.missing_columns)
            existing = {name for name in RECEIVED if receiver.has(name)}
            if not dry_run:
                receiver.make_missing()
            rows = sum(archive.report.counts[source] for source in RECEIVED.values())
            with KeySet() as seen, steps.step(Text("导入", "Importing"), rows) as progress:
                for name in RECEIVED:
                    outcome.tables[mapping.table(name)] = _Upsert(
                        connection, receiver, archive, name, name in existing, dry_run).run(seen, progress)
            if not dry_run:
                _log(connection, receiver, archive, outcome, at)
    return outcome


def _last_import(connection: Connection, receiver: Receiver, campaign: str):
    if receiver.log.name in receiver.missing_tables:
        return None
    return connection.execute(select(receiver.log).where(receiver.log.c.campaign == campaign).order_by(
        receiver.log.c.made_at.desc(), receiver.log.c.id.desc()).limit(1)).first()


def _refuse_older(connection: Connection, receiver: Receiver, archive: Archive, older: bool) -> None:
    """IMP-4."""
    facts = archive.report.facts
    last = _last_import(connection, receiver, facts["campaign"])
    if last is None:
        return
    if last.signing_key != archive.report.key:
        raise BadReceiver("数据库里的任务“{campaign}”来自另一把签名密钥（{other}）：是另一个单位的同名任务。"
                          "请导入另一个数据库，或用 --mapping 换表名。",
                          "The campaign “{campaign}” in this database was signed by another key ({other}): it is another office's "
                          "campaign of the same name. Import into another database, or name other tables with --mapping.",
                          campaign=facts["campaign"], other=last.signing_key)
    if facts["made_at"] < last.made_at and not older:
        raise Refusal("这份归档（{made}）比已导入的（{last}）旧。确实要倒回，请加 --older。",
                      "This archive ({made}) is older than the one imported last ({last}). To go back on purpose, add --older.",
                      made=facts["made_at"], last=last.made_at)


def _log(connection: Connection, receiver: Receiver, archive: Archive, outcome: Outcome, at: datetime) -> None:
    """Note the import; the same archive again, changing nothing, is not news."""
    report, sums = archive.report, {what: outcome.total(what) for what in ("added", "changed", "ended")}
    last = None if outcome.new_tables else _last_import(connection, receiver, outcome.campaign)
    if last is not None and last.archive == report.digest and not any(sums.values()):
        return
    number = connection.execute(select(func.coalesce(func.max(receiver.log.c.id), 0) + 1)).scalar_one()
    connection.execute(receiver.log.insert(), {
        "id": number, "campaign": outcome.campaign, "archive": report.digest, "signing_key": report.key,
        "made_at": outcome.made_at, "imported_at": instant(at), **sums})


class _Upsert:
    """Brings one table up to date."""

    def __init__(self, connection: Connection, receiver: Receiver, archive: Archive, name: str, exists: bool, dry_run: bool):
        self._connection, self._archive, self._name, self._dry_run = connection, archive, name, dry_run
        self._campaign, self._made_at = archive.report.facts["campaign"], archive.report.facts["made_at"]
        self._table = table = receiver.tables[name]
        self._source = receiver.sources[name]
        places = {column: place for place, column in enumerate(self._source.names)}
        self._columns = [column.name for column in receiver.kept[name]]
        self._places = [places[column] for column in self._columns]
        self._key = [table.c[column] for column in receiver.key(name)]
        self._key_names = [column for column in receiver.key(name) if column != "campaign"]
        present = {column.key for column in receiver.present(name)} if dry_run else set(self._columns)
        self._compared = [table.c[column] for column in self._columns if column in present]
        self._numbers = {column.name for column in receiver.kept[name] if column.type == "number"}
        self._known = exists and connection.execute(
            select(table.c.campaign).where(table.c.campaign == self._campaign).limit(1)).first() is not None
        self._add = adder(connection, table)
        self._update = update(table).where(and_(*[column == bindparam(f"key {column.key}") for column in self._key]))

    def run(self, seen: KeySet, progress) -> Change:
        """Add, change and end; counts in any case, writes unless it is a dry run."""
        change = Change()
        rows = self._archive.rows(RECEIVED[self._name])
        while batch := [self._row(row) for row in islice(rows, _AT_ONCE)]:
            self._take(batch, change)
            if self._known:
                for row in batch:
                    seen.add(self._name, self._seen(row))
            progress(len(batch))
        if self._known:
            self._end(seen, change)
        return change

    def _row(self, row: list) -> dict:
        return dict(zip(self._columns, [row[place] for place in self._places]), campaign=self._campaign, ended_at=None)

    def _seen(self, row: dict) -> str:
        return "\x1f".join(str(row[name]) for name in self._key_names)

    def _take(self, batch: list[dict], change: Change) -> None:
        there = self._there(batch) if self._known else {}
        added, changed = [], []
        for row in batch:
            found = there.get(tuple(row[column.key] for column in self._key))
            if found is None:
                added.append(row)
            elif found["ended_at"] is not None or not self._same(row, found):
                changed.append(row)
        change.added += len(added)
        change.changed += len(changed)
        change.same += len(batch) - len(added) - len(changed)
        if self._dry_run:
            return
        if added:
            self._add(added)
        if changed:
            self._connection.execute(self._update.values(
                {**{name: bindparam(f"new {name}") for name in self._columns}, "ended_at": None}), [{
                    **{f"key {column.key}": row[column.key] for column in self._key},
                    **{f"new {name}": row[name] for name in self._columns}} for row in changed])

    def _there(self, batch: list[dict]) -> dict[tuple, dict]:
        """The rows of `batch` that are in the database, by key."""
        names = [column.key for column in self._compared]
        query = select(*self._key, self._table.c.ended_at, *self._compared)
        if len(self._key) == 1:
            query = query.where(self._key[0].in_([row[self._key[0].key] for row in batch]))
        else:
            query = query.where(tuple_(*self._key).in_([tuple(row[column.key] for column in self._key) for row in batch]))
        width = len(self._key)
        return {tuple(row[:width]): dict(zip(names, row[width + 1:]), ended_at=row[width])
                for row in self._connection.execute(query)}

    def _same(self, row: dict, found: dict) -> bool:
        for name in self._columns:
            ours, theirs = row[name], found.get(name)
            if ours != theirs and not (name in self._numbers and None not in (ours, theirs) and Decimal(ours) == Decimal(theirs)):
                return False
        return True

    def _end(self, seen: KeySet, change: Change) -> None:
        """Rows of this campaign that the archive no longer has."""
        rows = self._connection.execute(select(*self._key).where(
            self._table.c.campaign == self._campaign, self._table.c.ended_at.is_(None)))
        gone: list[dict] = []
        for batch in _batches(rows.mappings()):
            missing = set(seen.missing(self._name, [self._seen(row) for row in batch]))
            gone += [{f"key {column.key}": row[column.key] for column in self._key} for row in batch if self._seen(row) in missing]
        change.ended = len(gone)
        if gone and not self._dry_run:
            self._connection.execute(self._update.values(ended_at=self._made_at), gone)


def _batches(rows) -> Iterator[list[dict]]:
    while batch := list(islice(rows, _AT_ONCE)):
        yield batch
