"""Field work at the size of Longquan street: one person's round of 300 doors, statuses and figures over every door, the desk's lists."""
from __future__ import annotations

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks import _street
from benchmarks._street import LONGQUAN, NOW, OPENS
from campaigns import assignments, door_lists, figures, merge, people, rounds, status
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes
from campaigns.outcomes import OUTCOMES
from campaigns.store.fieldwork import visit

ROUND = 300
_RECORDED = 0.6  # of the doors
_VISITS = 1.5  # a door, on average


def run(doors: int = LONGQUAN) -> list[dict]:
    """A row a measure: the median of its runs in milliseconds, and how many rows it came to."""
    with tempfile.TemporaryDirectory() as home:
        here, made = _street.build(Path(home), doors, int(doors * _RECORDED))
        _visits(here, made, doors)
        with here.store.write() as connection:
            alice = people.by_id(connection, 1)
            mine = assignments.doors_in(connection, made.id, assignments.Place())[:ROUND]
            assignments.to_team(connection, made, mine, alice.team_id, NOW, COMMAND_LINE)
            assignments.assign(connection, made, alice, mine, NOW, COMMAND_LINE)
            codes.issue_for_dwellings(connection, here.server, made.id, NOW, COMMAND_LINE)
        merge.run(here.store, made, NOW, COMMAND_LINE)
        with here.store.read() as connection:
            return [
                _row("round of one person", 20, 30, lambda: len(rounds.round_of(connection, here.server, made, alice, NOW, "salt"))),
                _row("what changed in it since a minute ago", 20, 30, lambda: len(rounds.changes_since(
                    connection, here.server, made, alice, NOW + timedelta(minutes=5), NOW, "salt").doors)),
                _row("status of every door", 1_000, 3, lambda: connection.execute(
                    select(func.count()).select_from(status.statuses(made.id).subquery())).scalar_one()),
                _row("all figures", 8_000, 3, lambda: figures.measure(connection, made, NOW).total.frame),
                _row("desk: counts by status", 1_000, 3, lambda: sum(door_lists.by_status(connection, made).values())),
                _row("desk: a page of doors to call back", 1_000, 3, lambda: len(door_lists.page(connection, made, "call_back")[0])),
                _row("desk: buildings and who has them", 1_000, 3, lambda: len(assignments.buildings(connection, made))),
            ]


def _row(what: str, target: int, runs: int, work: Callable[[], int]) -> dict:
    taken = []
    for _ in range(runs):
        began = time.process_time()
        rows = work()
        taken.append((time.process_time() - began) * 1000)
    return {"what": what, "rows": rows, "median cpu ms": statistics.median(taken), "target": f"{target:,} ms"}


def _visits(here, made, doors: int) -> None:
    """Visits at chance, spread over doors and days."""
    chance, outcomes, length = random.Random(1), list(OUTCOMES), (NOW - OPENS) / timedelta(seconds=1)
    with here.store.write() as connection:
        for start in range(0, int(doors * _VISITS), 10_000):
            rows = []
            for _ in range(min(10_000, int(doors * _VISITS) - start)):
                at = OPENS + timedelta(seconds=int(chance.random() * length))
                rows.append({
                    "campaign_id": made.id, "dwelling_id": chance.randrange(1, doors + 1), "item": uuid.UUID(
                        int=chance.getrandbits(128)).hex, "household": 0, "user_id": chance.randrange(1, 500),
                    "outcome": chance.choice(outcomes),
                    "at": at, "received_at": at, "day": made.day(at), "hints": ["dog"], "evidence": [], "proxy": False, "scanned": True})
            connection.execute(visit.insert(), rows)
