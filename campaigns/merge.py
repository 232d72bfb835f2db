"""From submissions to records: one record a household (INV-3).

MRG-1 Of a line of corrections only the newest counts, with the best trust that any of the line has.
MRG-2 Among the rest the most trusted channel wins; within a channel the one filled last; then the greater instance ID,
      so that the order of arrival never matters.
MRG-3 What a reviewer rejected is no record, and no longer hides what it corrected; a correction of it stands.
MRG-5 What came into conflict (SUB-8) comes after everything that did not, and so do its corrections.
MRG-4 The record says which submission it is, and names the others that spoke of the same household.
"""
from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select

from campaigns import audit, verdicts
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.store import Store
from campaigns.store.fieldwork import decision
from campaigns.store.schema import derivation, record, submission


@dataclass(frozen=True, slots=True)
class Header:
    """What the merge needs to know of a submission; `replaces` is the id of the one it corrects."""

    id: int
    instance: str
    channel: str
    dwelling_id: int
    household: int
    filled_at: datetime
    day: str
    persons: int
    replaces: int | None
    conflicts: int | None = None
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One household as merged; `others` are the instances that lost."""

    dwelling_id: int
    household: int
    submission_id: int
    instance: str
    channel: str
    day: str
    persons: int
    others: tuple[str, ...]


def merge(headers: Iterable[Header], trust: Sequence[str]) -> list[Record]:
    """The records of `headers`, ordered by dwelling and household. Pure: any order of arrival gives the same."""
    by_id = {header.id: header for header in headers}
    rank = {channel: place for place, channel in enumerate(trust)}
    households: dict[tuple[int, int], list[Header]] = defaultdict(list)
    replaced: set[int] = set()
    for header in by_id.values():
        if not header.rejected:
            households[header.dwelling_id, header.household].append(header)
            replaced.update(earlier.id for earlier in _corrected(header, by_id))

    def best_rank(header: Header) -> int:
        return min([rank[header.channel], *(rank[each.channel] for each in _corrected(header, by_id) if not each.rejected)])

    def standing(header: Header) -> tuple:
        clean = not any(each.conflicts for each in (header, *_corrected(header, by_id)))
        return clean, -best_rank(header), header.filled_at, header.instance

    records = []
    for (dwelling_id, household), spoken in sorted(households.items()):
        winner = max((header for header in spoken if header.id not in replaced), key=standing)
        others = tuple(sorted(header.instance for header in spoken if header is not winner))
        records.append(Record(dwelling_id, household, winner.id, winner.instance, winner.channel, winner.day,
                              winner.persons, others))
    return records


def _corrected(header: Header, by_id: dict[int, Header]) -> Iterator[Header]:
    """The submissions that `header` corrects, one after the other."""
    while header.replaces:
        header = by_id[header.replaces]
        yield header


_DIGESTED = tuple(name for name in Record.__dataclass_fields__ if name != "submission_id")
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_DIGEST_SPACE = 1 << 256


def _mark(each: Record) -> int:
    content = _CANONICAL.encode({name: getattr(each, name) for name in _DIGESTED})
    return int.from_bytes(hashlib.sha256(content.encode()).digest(), "big")


def digest(records: Iterable[Record]) -> str:
    """Equal for equal records, in any order: the sum of the SHA-256 of each record's canonical JSON, without row ids.

    A sum, so that a few new records need not read all others again.
    """
    return f"{sum(map(_mark, records)) % _DIGEST_SPACE:064x}"


@dataclass
class _Sums:
    """Running totals over the records of a campaign."""

    records: int = 0
    persons: int = 0
    mark: int = 0

    def add(self, each: Record | None, sign: int = 1) -> None:
        if each is not None:
            self.records += sign
            self.persons += sign * each.persons
            self.mark += sign * _mark(each)


@dataclass
class _Changes:
    """What a merge found on its snapshot: how the records differ from those that stand, and the new totals."""

    changed: list[Record]
    gone: list[tuple[int, int]]  # dwelling and household
    summary: dict


_RULES = 3  # raised with every change of MRG-1 to MRG-5: all records are then made anew
_BATCH = 5_000


def run(store: Store, campaign: Campaign, at: datetime, actor: Actor) -> dict:
    """Bring the campaign's records up to date with all its submissions.

    The thinking is done on a snapshot, so that the intake never waits for it; only what differs is written, in one
    transaction. Doors that nothing came from since the last merge keep their records: a record depends on its door's
    submissions alone. Every door is looked at when the rules or the order of trust changed, or when the records are not those
    of the last merge.
    Returns {"submissions", "records", "persons", "digest", "through", "decided", "rules", "trust"}; `through` is the newest
    submission taken in and `decided` the newest decision, so that figures can leave out what came after them.
    """
    while True:
        with store.read() as connection:
            known = last(connection, campaign.id, "merge")
            changes = _changes(connection, campaign, _continued(connection, campaign, known))
        with store.write() as connection:
            if last(connection, campaign.id, "merge") != known:
                continue  # another merge was quicker: think again
            _write(connection, campaign.id, changes)
            note(connection, campaign.id, "merge", at, changes.summary)
            audit.write(connection, campaign.id, at, actor, "merge.run", f"campaign:{campaign.slug}", **changes.summary)
            return changes.summary


def _continued(connection: Connection, campaign: Campaign, known: tuple[datetime, dict] | None) -> dict | None:
    """The last merge's summary, when its records still stand and its rules still hold."""
    summary = known[1] if known else {}
    if summary.get("rules") != _RULES or summary.get("trust") != ",".join(campaign.terms.trust):
        return None
    there = connection.execute(select(func.count(), func.coalesce(func.sum(record.c.persons), 0)).where(
        record.c.campaign_id == campaign.id)).one()
    return summary if tuple(there) == (summary["records"], summary["persons"]) else None


def _changes(connection: Connection, campaign: Campaign, before: dict | None) -> _Changes:
    """How the records of every door differ from those that stand; with `before`, of the doors that have news since then."""
    sums = _Sums(before["records"], before["persons"], int(before["digest"], 16)) if before else _Sums()
    news = _doors_with_news(campaign, before) if before else None
    changed, gone = [], []
    for old, new in _paired(_standing(connection, campaign, news), _merged(connection, campaign, news)):
        if before:
            sums.add(old, -1)
        sums.add(new)
        if new is None:
            gone.append((old.dwelling_id, old.household))
        elif old != new:
            changed.append(new)
    submissions, through = connection.execute(select(func.count(), func.coalesce(func.max(submission.c.id), 0)).where(
        submission.c.campaign_id == campaign.id)).one()
    return _Changes(changed, gone, {
        "submissions": submissions, "records": sums.records, "persons": sums.persons,
        "digest": f"{sums.mark % _DIGEST_SPACE:064x}", "through": through,
        "decided": verdicts.last(connection, campaign.id), "rules": _RULES,
        "trust": ",".join(campaign.terms.trust)})


def _doors_with_news(campaign: Campaign, before: dict) -> Select:
    newer = submission.alias("newer")
    decided = select(decision.c.submission_id).where(decision.c.campaign_id == campaign.id, decision.c.id > before["decided"])
    return select(newer.c.dwelling_id).where(
        newer.c.campaign_id == campaign.id, or_(newer.c.id > before["through"], newer.c.id.in_(decided)))


def _merged(connection: Connection, campaign: Campaign, doors: Select | None) -> Iterator[Record]:
    """The records of `doors` (None: of all), by door and household; never more than one door's headers at a time."""
    rejected = submission.c.id.in_(verdicts.rejected_ids(campaign.id)).label("rejected")
    headers = select(*[submission.c[name] for name in Header.__dataclass_fields__ if name != "rejected"], rejected).where(
        submission.c.campaign_id == campaign.id).order_by(submission.c.dwelling_id).execution_options(yield_per=_BATCH)
    if doors is not None:
        headers = headers.where(submission.c.dwelling_id.in_(doors))
    rows = (Header(*row) for row in connection.execute(headers))
    for _door, group in groupby(rows, key=attrgetter("dwelling_id")):
        yield from merge(group, campaign.terms.trust)


def _standing(connection: Connection, campaign: Campaign, doors: Select | None) -> Iterator[Record]:
    """The records of `doors` as the last merge left them, by door and household."""
    rows = select(record).where(record.c.campaign_id == campaign.id).order_by(
        record.c.dwelling_id, record.c.household).execution_options(yield_per=_BATCH)
    if doors is not None:
        rows = rows.where(record.c.dwelling_id.in_(doors))
    for row in connection.execute(rows):
        yield Record(row.dwelling_id, row.household, row.submission_id, row.provenance["from"], row.channel, row.day, row.persons,
                     tuple(row.provenance["others"]))


def _paired(old: Iterator[Record], new: Iterator[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Old and new records of the same household side by side, None where there is none; both come in the same order."""
    one, other = next(old, None), next(new, None)
    while one or other:
        order = (_key(one) > _key(other)) - (_key(one) < _key(other))
        yield (one if order <= 0 else None), (other if order >= 0 else None)
        if order <= 0:
            one = next(old, None)
        if order >= 0:
            other = next(new, None)


_AFTER_ALL = (float("inf"), 0)


def _key(each: Record | None) -> tuple:
    return (each.dwelling_id, each.household) if each else _AFTER_ALL


def _write(connection: Connection, campaign_id: int, changes: _Changes) -> None:
    replaced = [*changes.gone, *((each.dwelling_id, each.household) for each in changes.changed)]
    for start in range(0, len(replaced), _BATCH):
        connection.execute(_one, [{"door": door, "of": household} for door, household in replaced[start:start + _BATCH]])
    for start in range(0, len(changes.changed), _BATCH):
        connection.execute(record.insert(), [{
            "campaign_id": campaign_id, "dwelling_id": each.dwelling_id, "household": each.household,
            "submission_id": each.submission_id, "channel": each.channel, "day": each.day, "persons": each.persons,
            "provenance": {"from": each.instance, "others": list(each.others)}}
            for each in changes.changed[start:start + _BATCH]])


_one = delete(record).where(record.c.dwelling_id == bindparam("door"), record.c.household == bindparam("of"))


def note(connection: Connection, campaign_id: int, name: str, at: datetime, detail: dict) -> None:
    """Keep when a derivation (`merge`, `publish`) was last made, and its summary."""
    connection.execute(delete(derivation).where(derivation.c.campaign_id == campaign_id, derivation.c.name == name))
    connection.execute(derivation.insert().values(campaign_id=campaign_id, name=name, at=at, detail=detail))


def last(connection: Connection, campaign_id: int, name: str) -> tuple[datetime, dict] | None:
    """When `name` was last made and its summary, or None."""
    row = connection.execute(select(derivation.c.at, derivation.c.detail).where(
        derivation.c.campaign_id == campaign_id, derivation.c.name == name)).first()
    return row and (row.at, row.detail)
