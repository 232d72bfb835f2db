"""Who moved in or out, as building heads and property staff report it (the bundled form `move-report`).

MOV-1 A report about a door is shown to whoever has that door in the round: in or out, the day, how many persons. Never its remark,
      nor who sent it.
MOV-2 It is news until an entry about the household comes in later than the report, and for 60 days at the most.
MOV-3 A report that breaks a rule of its form (a day to come, no number) is kept like any other, and shows what it holds.
"""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from campaigns import reports
from campaigns.campaign import Campaign
from campaigns.keys import Key
from campaigns.store.fieldwork import report
from campaigns.store.schema import submission

FORM = "move-report"
DIRECTIONS = {"new": "in", "left": "out"}
_NEWS = timedelta(days=60)
_MOST = 2  # of a door: whoever reads them stands in a stairwell


@dataclass(frozen=True, slots=True)
class Move:
    """`way`: in or out; `day`: ISO, empty when not said; `persons`: 0 when not said."""

    way: str
    day: str
    persons: int


def at_doors(connection: Connection, campaign: Campaign, key: Key, ids: Collection[int], at: datetime) -> dict[int, list[Move]]:
    """What was reported of these doors and is still news, newest first."""
    rows = connection.execute(select(report.c.dwelling_id, report.c.item, report.c.sealed, report.c.received_at).where(
        report.c.campaign_id == campaign.id, report.c.key == FORM, report.c.dwelling_id.is_not(None),
        report.c.received_at >= at - _NEWS).order_by(report.c.id.desc())).all()
    wanted = {row.dwelling_id for row in rows} & set(ids)
    answered = dict(connection.execute(select(submission.c.dwelling_id, func.max(submission.c.received_at)).where(
        submission.c.dwelling_id.in_(wanted)).group_by(submission.c.dwelling_id)).all()) if wanted else {}
    found: dict[int, list[Move]] = defaultdict(list)
    for row in rows:
        door = row.dwelling_id
        if door in wanted and len(found[door]) < _MOST and (door not in answered or answered[door] < row.received_at):
            found[door] += _move(reports.unseal(key, row.item, row.sealed)["answers"])
    return found


def _move(answers: Mapping) -> list[Move]:
    way = DIRECTIONS.get(answers.get("status"))
    persons = str(answers.get("move_count") or "")
    return [Move(way, str(answers.get("move_day") or ""), int(persons) if persons.isdecimal() else 0)] if way else []
