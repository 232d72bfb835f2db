"""The truth of a made campaign, kept beside it in one SQLite file so that any later result can be scored.

made      name, value: seed, size and times that it was made from
dwelling  every door: its address, `households` (0 nobody lives there, 2 or more let by the room), `persons`, `answers`
          (what the door would rightly say about itself, JSON)
person    everyone: the door, a number from 1, `room` (the household within a door let by the room), `answers` (JSON)
telling   everything that was sent, in the order received: whose answers (`dwelling_id`), at which door they were told
          (`told_at`), channel, worker (number within those of its kind), times (milliseconds, UTC), the instance that it
          corrects, `changes` (what was said instead of the truth, JSON) and `caught` (mistakes that were refused at first)
opening   codes scanned without anything being sent
All of it is made up.
"""
from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TABLES = """
CREATE TABLE made (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE dwelling (
  id INTEGER PRIMARY KEY, register_code TEXT NOT NULL UNIQUE, community TEXT NOT NULL, grid TEXT NOT NULL,
  compound TEXT NOT NULL, team INTEGER NOT NULL, building TEXT NOT NULL, unit TEXT NOT NULL, room TEXT NOT NULL,
  area TEXT NOT NULL, lon TEXT NOT NULL, lat TEXT NOT NULL, households INTEGER NOT NULL, persons INTEGER NOT NULL,
  answers TEXT NOT NULL);
CREATE TABLE person (
  dwelling_id INTEGER NOT NULL REFERENCES dwelling, number INTEGER NOT NULL, room INTEGER NOT NULL, answers TEXT NOT NULL,
  PRIMARY KEY (dwelling_id, number)) WITHOUT ROWID;
CREATE TABLE telling (
  id INTEGER PRIMARY KEY, instance TEXT NOT NULL UNIQUE, dwelling_id INTEGER NOT NULL REFERENCES dwelling,
  told_at INTEGER NOT NULL REFERENCES dwelling, channel TEXT NOT NULL, worker INTEGER, filled_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL, replaces TEXT, changes TEXT NOT NULL, caught TEXT NOT NULL);
CREATE TABLE opening (dwelling_id INTEGER NOT NULL REFERENCES dwelling, at INTEGER NOT NULL);
"""


@dataclass(slots=True)
class Telling:
    """One sending. Times are milliseconds since 1970 in UTC; see the module for the rest."""

    instance: str
    dwelling_id: int
    told_at: int
    channel: str
    worker: int | None
    filled_at: int
    received_at: int
    replaces: str | None = None
    changes: list[dict] = field(default_factory=list)
    caught: list[dict] = field(default_factory=list)


@dataclass(frozen=True)
class Totals:
    """Counts of doors, inhabited households (one form each), and persons."""

    doors: int
    households: int
    persons: int


class Truth:
    """The file at `path`; made anew with `create`, else opened for reading."""

    def __init__(self, path: Path, create: bool = False):
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
        self.connection = sqlite3.connect(path if create else f"file:{path}?mode=ro", uri=not create)
        if create:
            self.connection.execute("PRAGMA journal_mode=MEMORY")
            self.connection.execute("PRAGMA synchronous=OFF")  # made anew when interrupted
            self.connection.executescript(_TABLES)

    def close(self) -> None:
        self.connection.commit()
        self.connection.close()

    def note(self, **facts: object) -> None:
        self.connection.executemany("INSERT INTO made VALUES (?, ?)", [(k, str(v)) for k, v in facts.items()])

    def made(self) -> dict[str, str]:
        return dict(self.connection.execute("SELECT name, value FROM made"))

    def add_dwellings(self, rows: Iterable[tuple]) -> None:
        self.connection.executemany(f"INSERT INTO dwelling VALUES ({','.join('?' * 15)})", rows)

    def add_persons(self, rows: Iterable[tuple]) -> None:
        self.connection.executemany("INSERT INTO person VALUES (?, ?, ?, ?)", rows)

    def add_tellings(self, tellings: Iterable[Telling]) -> None:
        """Keep `tellings` in the order in which they are received."""
        ordered = sorted(tellings, key=lambda each: (each.received_at, each.instance))
        self.connection.executemany(
            "INSERT INTO telling (instance, dwelling_id, told_at, channel, worker, filled_at, received_at, replaces, "
            "changes, caught) VALUES (?,?,?,?,?,?,?,?,?,?)",
            ((t.instance, t.dwelling_id, t.told_at, t.channel, t.worker, t.filled_at, t.received_at, t.replaces,
              _json(t.changes), _json(t.caught)) for t in ordered))

    def add_openings(self, rows: Iterable[tuple[int, int]]) -> None:
        self.connection.executemany("INSERT INTO opening VALUES (?, ?)", rows)

    def tellings(self) -> Iterator[Telling]:
        """All tellings in the order received."""
        for row in self.connection.execute(
                "SELECT instance, dwelling_id, told_at, channel, worker, filled_at, received_at, replaces, changes, caught "
                "FROM telling ORDER BY id"):
            yield Telling(*row[:8], json.loads(row[8]), json.loads(row[9]))

    def openings(self) -> list[tuple[int, int]]:
        """(dwelling id, instant) of codes scanned for nothing."""
        return self.connection.execute("SELECT dwelling_id, at FROM opening ORDER BY at").fetchall()

    def register_codes(self) -> dict[str, int]:
        """Dwelling ids of the truth by register code."""
        return dict(self.connection.execute("SELECT register_code, id FROM dwelling"))

    def answers(self, dwelling_id: int) -> dict:
        """What this door would rightly say, persons included."""
        (text,) = self.connection.execute("SELECT answers FROM dwelling WHERE id = ?", (dwelling_id,)).fetchone()
        answers = json.loads(text)
        persons = [json.loads(row[0]) for row in self.connection.execute(
            "SELECT answers FROM person WHERE dwelling_id = ? ORDER BY number", (dwelling_id,))]
        return {**answers, "person": persons} if persons else answers

    def totals(self) -> Totals:
        """Everything that there is."""
        return Totals(*self.connection.execute(f"SELECT {_SUMS} FROM dwelling").fetchone())

    def reached(self) -> dict[str, Totals]:
        """What has been told of by any channel, by compound."""
        return {row[0]: Totals(*row[1:]) for row in self.connection.execute(
            f"SELECT compound, {_SUMS} FROM dwelling WHERE id IN (SELECT dwelling_id FROM telling) "
            "GROUP BY compound ORDER BY compound")}


_SUMS = "count(*), coalesce(sum(households > 0), 0), coalesce(sum(persons), 0)"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
