"""From submissions to records: one record a household (INV-3).

MRG-1 Of a line of corrections only the newest counts, with the best trust that any of the line has.
MRG-2 Among the rest the most trusted channel wins; within a channel the one filled last; then the greater instance ID,
      so that the order of arrival never matters.
MRG-3 The record says which submission it is, and names the others that spoke of the same household.
"""
from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from campaigns import audit
from campaigns.audit import Actor
from campaigns.campaign import Campaign
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
    replaced = {header.replaces for header in by_id.values() if header.replaces}
    households: dict[tuple[int, int], list[Header]] = defaultdict(list)
    for header in by_id.values():
        households[header.dwelling_id, header.household].append(header)

    def best_rank(header: Header) -> int:
        best = rank[header.channel]
        while header.replaces:
            header = by_id[header.replaces]
            best = min(best, rank[header.channel])
        return best

    def standing(header: Header) -> tuple:
        return -best_rank(header), header.filled_at, header.instance

    records = []
    for (dwelling_id, household), spoken in sorted(households.items()):
        winner = max((header for header in spoken if header.id not in replaced), key=standing)
        others = tuple(sorted(header.instance for header in spoken if header is not winner))
        records.append(Record(dwelling_id, household, winner.id, winner.instance, winner.channel, winner.day,
                              winner.persons, others))
    return records


_DIGESTED = tuple(name for name in Record.__dataclass_fields__ if name != "submission_id")
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def digest(records: Iterable[Record]) -> str:
    """SHA-256 of the records as canonical JSON, without row ids: equal for equal input."""
    summed = hashlib.sha256()
    for each in records:
        fields = {name: getattr(each, name) for name in _DIGESTED}
        summed.update(_CANONICAL.encode(fields).encode())
    return summed.hexdigest()


def run(connection: Connection, campaign: Campaign, at: datetime, actor: Actor) -> dict:
    """Make the campaign's records anew from all its submissions, in one transaction.

    Returns {"submissions", "records", "persons", "digest", "through"}; `through` is the newest submission taken in, so that
    figures can leave out what came in after it.
    """
    headers = [Header(*row) for row in connection.execute(
        select(*[submission.c[name] for name in Header.__dataclass_fields__])
        .where(submission.c.campaign_id == campaign.id))]
    records = merge(headers, campaign.terms.trust)
    connection.execute(delete(record).where(record.c.campaign_id == campaign.id))
    if records:
        connection.execute(record.insert(), [{
            "campaign_id": campaign.id, "dwelling_id": each.dwelling_id, "household": each.household,
            "submission_id": each.submission_id, "channel": each.channel, "day": each.day, "persons": each.persons,
            "provenance": {"from": each.instance, "others": list(each.others)}} for each in records])
    summary = {"submissions": len(headers), "records": len(records),
               "persons": sum(each.persons for each in records), "digest": digest(records),
               "through": max((header.id for header in headers), default=0)}
    note(connection, campaign.id, "merge", at, summary)
    audit.write(connection, campaign.id, at, actor, "merge.run", f"campaign:{campaign.slug}", **summary)
    return summary


def note(connection: Connection, campaign_id: int, name: str, at: datetime, detail: dict) -> None:
    """Keep when a derivation (`merge`, `publish`) was last made, and its summary."""
    connection.execute(delete(derivation).where(derivation.c.campaign_id == campaign_id, derivation.c.name == name))
    connection.execute(derivation.insert().values(campaign_id=campaign_id, name=name, at=at, detail=detail))


def last(connection: Connection, campaign_id: int, name: str) -> tuple[datetime, dict] | None:
    """When `name` was last made and its summary, or None."""
    row = connection.execute(select(derivation.c.at, derivation.c.detail).where(
        derivation.c.campaign_id == campaign_id, derivation.c.name == name)).first()
    return row and (row.at, row.detail)
