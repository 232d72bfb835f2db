"""Hints over a whole campaign, and closing a pay period with every entry of it."""
from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from benchmarks import _street
from benchmarks._street import NOW, OPENS
from campaigns import flags, pay, people
from campaigns.audit import COMMAND_LINE
from campaigns.flags.registry import CHECKS
from campaigns.store.fieldwork import answer_mark, visit
from campaigns.store.schema import submission, tally, user
from survey import paying

ENTRIES = 85_000
_VOLUNTEERS = 100
_SECONDS = 150  # between two entries of one person, on average
_MARKS = 400  # times as many different marks as entries: a person stands behind two doors once in some hundred entries


def run(entries: int = ENTRIES) -> list[dict]:
    """Every entry is a volunteer's visit with 3 persons marked; as many visits again. A row a step."""
    with tempfile.TemporaryDirectory() as home:
        here, made = _street.build(Path(home), entries, 0)
        with here.store.write() as connection:
            for batch in _street._batches(_work(made, entries)):
                for table, place in ((submission, 0), (tally, 1), (visit, 2)):
                    connection.execute(table.insert(), [row[place] for row in batch])
                connection.execute(answer_mark.insert(), [mark for row in batch for mark in row[3]])
            for found in people.every(connection, made.id):
                connection.execute(update(user).where(user.c.id == found.id).values(
                    sealed=here.keyring.campaign(made.slug).seal("某人".encode(), f"user:{found.label}")))
        rows = []
        with here.store.read() as connection:
            for key, check in CHECKS.items():
                began = time.perf_counter()
                found = len(list(check.find(connection, made)))
                rows.append({"what": f"hints: {key}", "size": f"{entries:,} entries and visits", "found": found,
                             "seconds": time.perf_counter() - began})
            began = time.perf_counter()
            found = len(flags.every(connection, made))
            rows.append({"what": "hints: the whole page", "size": f"{entries:,} entries and visits", "found": found,
                         "seconds": time.perf_counter() - began, "target": "3 s"})
        began = time.perf_counter()
        closed = paying.close(here, made, pay.yesterday(made, NOW + timedelta(days=9)), NOW + timedelta(days=9), COMMAND_LINE)
        rows.append({"what": "close a pay period, sheet signed and sealed", "size": f"{closed.entries:,} rows", "found": closed.fen,
                     "seconds": time.perf_counter() - began, "target": "60 s"})
        began = time.perf_counter()
        with here.store.read() as connection:
            wrong = paying.problems(here, connection, made)
        rows.append({"what": "doctor: the sheet against the ledger", "size": f"{closed.entries:,} rows", "found": len(wrong),
                     "seconds": time.perf_counter() - began})
        here.store.close()
    return rows


def _work(made, entries: int) -> Iterator[tuple[dict, dict, dict, list[dict]]]:
    chance = random.Random(7)
    clocks = {user: OPENS for user in range(1, _VOLUNTEERS + 1)}
    for n in range(1, entries + 1):
        user = n % _VOLUNTEERS + 1
        at = clocks[user] = clocks[user] + timedelta(seconds=chance.randrange(_SECONDS * 2))
        day = made.day(at)
        common = {"campaign_id": made.id, "user_id": user, "dwelling_id": n, "household": 1, "day": day}
        sent = {**common, "id": n, "form_version_id": 1, "instance": f"{n:032x}", "channel": "visit", "filled_at": at,
                "received_at": at, "late": False, "persons": 3, "sealed": b"", "mac": b"", "receipt": b"", "code_id": None,
                "replaces": None}
        paid = {**common, "submission_id": n, "kind": "entry", "fen": 50, "pay": 1, "at": at, "worked": day}
        called = {"campaign_id": made.id, "user_id": user, "dwelling_id": n, "day": day, "item": f"{n:032x}", "household": 1,
                  "outcome": chance.choice(("completed", "completed", "nobody_home", "vacant", "soft_refusal")), "at": at,
                  "received_at": at, "hints": [], "evidence": [], "proxy": False, "scanned": True, "metres": chance.randrange(250)}
        yield sent, paid, called, [{"submission_id": n, "place": place, "campaign_id": made.id,
                                    "mark": chance.randrange(entries * _MARKS).to_bytes(16, "big")} for place in range(4)]
