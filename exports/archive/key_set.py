"""Sets of keys too many for memory: kept as hashes in a temporary database that is gone when it is closed."""
from __future__ import annotations

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from exports.archive.refusals import ArchiveDamaged

_AT_ONCE = 5000


def _hashed(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


class KeySet:
    """Keys by table, and which keys of other tables they point to."""

    def __init__(self):
        self._db = sqlite3.connect("", isolation_level=None)  # a file without a name, used once memory runs short
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute("CREATE TABLE seen (place TEXT, key BLOB, PRIMARY KEY (place, key)) WITHOUT ROWID")
        self._waiting: dict[str, list[bytes]] = defaultdict(list)
        self._added: dict[str, int] = defaultdict(int)
        self._pointed: dict[str, str] = {}

    def __enter__(self) -> KeySet:
        return self

    def __exit__(self, *_error: object) -> None:
        self._db.close()

    def add(self, table: str, key: str) -> None:
        """A key of `table`."""
        self._added[table] += 1
        self._put(table, key)

    def point(self, table: str, other: str, key: str) -> None:
        """A row of `table` points to `key` of `other`. Rows side by side often point to the same, which is kept once."""
        place = f"{table}>{other}"
        if self._pointed.get(place) != key:
            self._pointed[place] = key
            self._put(place, key)

    def missing(self, table: str, keys: Sequence[str]) -> list[str]:
        """Those of `keys` that were not added to `table`."""
        self._flush(table)
        find = self._db.execute
        return [key for key in keys if not find(
            "SELECT 1 FROM seen WHERE place = ? AND key = ?", (table, _hashed(key))).fetchone()]

    def settle(self, table: str, refs: Sequence[tuple[str, tuple[str, str]]]) -> None:
        """After the last row of `table`: raises ArchiveDamaged when a key came twice, or points to nothing."""
        self._flush(table)
        if self._db.execute("SELECT count(*) FROM seen WHERE place = ?", (table,)).fetchone()[0] != self._added[table]:
            raise ArchiveDamaged("表 {table} 有重复的主键。", "Table {table} has a key twice.", table=table)
        for _, (other, _) in refs:
            place = f"{table}>{other}"
            self._flush(place)
            if self._db.execute("SELECT 1 FROM seen AS a WHERE place = ? AND NOT EXISTS "
                                "(SELECT 1 FROM seen AS b WHERE b.place = ? AND b.key = a.key)", (place, other)).fetchone():
                raise ArchiveDamaged("表 {table} 指向表 {other} 里没有的一行。",
                                     "Table {table} points to a row that table {other} does not have.",
                                     table=table, other=other)

    def _put(self, place: str, key: str) -> None:
        waiting = self._waiting[place]
        waiting.append(_hashed(key))
        if len(waiting) >= _AT_ONCE:
            self._flush(place)

    def _flush(self, place: str) -> None:
        waiting = self._waiting[place]
        waiting.sort()
        self._db.execute("BEGIN")
        self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(place, key) for key in waiting])
        self._db.execute("COMMIT")
        waiting.clear()
