"""Doors with visits and entries written into the store in bulk, and what they must come to: for SQLite and PostgreSQL."""
from __future__ import annotations

import itertools
import random
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from campaigns import status
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.outcomes import OUTCOMES
from campaigns.status import Call
from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling, form_version, submission
from campaigns.terms import CHANNELS
from tests.core_cases import NOON

_numbers = itertools.count(1_000)


@dataclass(frozen=True)
class Given:
    """A door: (outcome, hours after noon of the first day) of each visit, the channels of its entries, whether it ended."""

    calls: tuple[tuple[str, int], ...] = ()
    channels: tuple[str, ...] = ()
    ended: bool = False


def put(here: Installation, made: Campaign, by: int, doors: list[Given], seed: int = 0) -> list[tuple[int, str]]:
    """Write `doors` into the store, their visits and entries in an order that `seed` shuffles. Returns (door id, the status that
    `status.of` gives it), in the order of `doors`."""
    with here.store.write() as connection:
        form = connection.execute(select(form_version.c.id).where(form_version.c.campaign_id == made.id)).scalars().first()
        expected, events = [], []
        for given in doors:
            number = next(_numbers)
            door = connection.execute(dwelling.insert().values(
                campaign_id=made.id, door=f"x|{number}", compound="测试里", building="9栋", room=str(number), extra={}, digest="",
                walk=number, added_at=NOON, ended_at=NOON if given.ended else None)).inserted_primary_key.id
            calls = []
            for outcome, hours in given.calls:
                at = NOON + timedelta(hours=hours)
                calls.append(Call(at, uuid.uuid4().hex, outcome, made.day(at)))
            events += [(visit, _visit(made, by, door, call)) for call in calls]
            events += [(submission, _entry(made, form, door, channel)) for channel in given.channels]
            expected.append((door, status.of(calls, given.channels, given.ended)))
        random.Random(seed).shuffle(events)
        for table, row in events:
            connection.execute(table.insert().values(row))
    return expected


def found(here: Installation, made: Campaign, doors: list[int]) -> dict[int, str]:
    """The status of these doors by the query."""
    with here.store.read() as connection:
        rows = connection.execute(status.statuses(made.id, None, dwelling.c.id.in_(doors))).all()
    return {row.dwelling_id: row.status for row in rows}


def any_street(seed: int, doors: int = 60) -> list[Given]:
    chance = random.Random(seed)
    return [Given(tuple((chance.choice([*OUTCOMES]), chance.randrange(0, 240)) for _ in range(chance.choice((0, 1, 2, 9)))),
                  tuple(chance.choices(CHANNELS, k=chance.choice((0, 0, 1, 2)))), chance.random() < 0.1) for _ in range(doors)]


def _visit(made: Campaign, by: int, door: int, call: Call) -> dict:
    return {"campaign_id": made.id, "dwelling_id": door, "item": call.item, "household": 0, "user_id": by, "outcome": call.outcome,
            "at": call.at, "received_at": call.at, "day": call.day, "hints": [], "evidence": [], "proxy": False, "scanned": False}


def _entry(made: Campaign, form: int, door: int, channel: str) -> dict:
    return {"campaign_id": made.id, "form_version_id": form, "instance": uuid.uuid4().hex, "channel": channel, "dwelling_id": door,
            "household": 1, "filled_at": NOON, "received_at": NOON, "day": "2026-03-01", "late": False, "persons": 1, "sealed": b"",
            "mac": b"", "receipt": b""}
