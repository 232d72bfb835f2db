"""A made-up street of any size, written into a store in bulk: rows without sealed answers of any meaning."""
from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaigns import campaign as campaigns
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import code, dwelling, submission, tally, team, user
from forms.language import Text

OPENS = datetime(2026, 3, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=20)
NOW = OPENS + timedelta(days=12, hours=6)
LONGQUAN = 76_688  # households of Longquan street, in 123 compounds
_COMPOUNDS, _TEAMS, _VOLUNTEERS = 123, 7, 599
_SEALED_BYTES = 700  # what a household of 2.6 persons takes
_AT_ONCE = 10_000


def build(home: Path, doors: int = LONGQUAN, recorded: int | None = None, slug: str = "bench") -> tuple[Installation, Campaign]:
    """An installation in `home` with a street of `doors` doors; one submission each for `recorded` of them (default all)."""
    here = Installation(dataclasses.replace(Settings(), home=home))
    with here.store.write() as connection:
        made = campaigns.new(connection, here.keyring, slug=slug, title=Text("龙泉街道住房与人口登记", "Longquan housing census"),
                             preset="housing-census", opens_at=OPENS, closes_at=CLOSES, tz="Asia/Shanghai",
                             at=OPENS, actor=COMMAND_LINE)
        scale = max(1, doors // LONGQUAN)
        connection.execute(team.insert(), [{"id": n, "campaign_id": made.id, "name": f"第{'一二三四五六七'[n - 1]}组"}
                                           for n in range(1, _TEAMS + 1)])
        connection.execute(user.insert(), [{
            "id": n, "campaign_id": made.id, "team_id": n % _TEAMS + 1, "role": "volunteer", "label": f"V{n:04d}", "sealed": b"",
            "pin_hash": "", "epoch": 1, "active": True, "added_at": OPENS} for n in range(1, _VOLUNTEERS * scale + 1)])
        for batch in _batches(_doors(made.id, doors, _COMPOUNDS * scale)):
            connection.execute(dwelling.insert(), batch)
    add(here, made, range(1, (doors if recorded is None else recorded) + 1))
    return here, made


def add(here: Installation, made: Campaign, doors: range) -> None:
    """One submission for each of `doors` (ids of dwellings), every third by a volunteer who is credited."""
    with here.store.write() as connection:
        scale = max(1, doors.stop // LONGQUAN)
        for batch in _batches(_submissions(made, doors, _VOLUNTEERS * scale)):
            connection.execute(submission.insert(), [row for row, _ in batch])
            credits = [credit for _, credit in batch if credit]
            if credits:
                connection.execute(tally.insert(), credits)
            connection.execute(code.insert(), [{
                "campaign_id": made.id, "kind": "household", "seed": b"", "hash": os.urandom(16), "dwelling_id": row["dwelling_id"],
                "issued_at": OPENS, "opened_at": row["received_at"]} for row, _ in batch])


def _doors(campaign_id: int, doors: int, compounds: int) -> Iterator[dict]:
    for n in range(1, doors + 1):
        compound = (n - 1) * compounds // doors
        within = n - (compound * doors // compounds)
        yield {"id": n, "campaign_id": campaign_id, "team_id": compound % _TEAMS + 1, "door": f"door {n}", "street": "龙泉街道",
               "community": f"第{compound // 6 + 1}社区", "grid": f"{compound // 2 + 1}网格", "compound": f"{compound + 1}号小区",
               "building": f"{within // 60 + 1}栋", "unit": f"{within // 20 % 3 + 1}单元", "room": str(within), "extra": {},
               "digest": "", "walk": n, "added_at": OPENS}


def _submissions(made: Campaign, doors: range, volunteers: int) -> Iterator[tuple[dict, dict | None]]:
    chance = random.Random(doors.start)
    length = (NOW - OPENS) / timedelta(seconds=1)
    for n in doors:
        at = OPENS + timedelta(seconds=int(chance.random() * length))
        by = chance.randrange(1, volunteers + 1) if n % 3 == 0 else None
        row = {"id": n, "campaign_id": made.id, "form_version_id": 1, "instance": f"{chance.getrandbits(128):032x}",
               "channel": "visit" if by else chance.choice(("self", "self", "hanger", "paper", "gate")), "dwelling_id": n,
               "household": 1, "user_id": by, "code_id": None, "replaces": None, "filled_at": at, "received_at": at,
               "day": made.day(at), "late": False, "persons": 1 + n % 4 + (n % 8 == 0), "sealed": os.urandom(_SEALED_BYTES),
               "mac": b"", "receipt": b""}
        yield row, by and {"campaign_id": made.id, "user_id": by, "submission_id": n, "dwelling_id": n, "household": 1,
                           "kind": "entry", "fen": 50, "pay": 1, "at": at, "day": row["day"]}


def _batches(rows: Iterator) -> Iterator[list]:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def reopen(home: Path, slug: str = "bench") -> tuple[Installation, Campaign]:
    """What `build` made in `home`, opened again."""
    here = Installation(dataclasses.replace(Settings(), home=home))
    with here.store.read() as connection:
        return here, campaigns.by_slug(connection, slug)
