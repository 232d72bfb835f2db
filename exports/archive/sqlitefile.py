"""The archive's tables as a SQLite file, for whoever wants to look with SQL at once."""
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exports.archive.columns import Column, Table

_AT_ONCE = 500
_AFFINITY = {"integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


@contextmanager
def writer(path: Path, tables: Iterable[Table]) -> Iterator[Callable[[str, list], None]]:
    """Makes `path` with the tables, their keys and references; gives a function that adds one row to a table by name."""
    connection = sqlite3.connect(path, isolation_level=None)
    waiting: dict[str, list] = {}
    insert = {}
    connection.execute("PRAGMA journal_mode=OFF")  # made once and thrown away when it fails: nothing to roll back to
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    for table in tables:
        connection.execute(_create(table))
        waiting[table.name] = []
        insert[table.name] = f"INSERT INTO {_quoted(table.name)} VALUES ({','.join('?' * len(table.columns))})"

    def add(table: str, row: list) -> None:
        rows = waiting[table]
        rows.append(row)
        if len(rows) >= _AT_ONCE:
            connection.executemany(insert[table], rows)
            rows.clear()

    try:
        yield add
        for name, rows in waiting.items():
            connection.executemany(insert[name], rows)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _create(table: Table) -> str:
    lines = [_column(column) for column in table.columns]
    lines.append(f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})")
    lines += [f"FOREIGN KEY ({_quoted(column)}) REFERENCES {_quoted(other)} ({_quoted(key)})"
              for column, (other, key) in table.refs]
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(lines)})"


def _column(column: Column) -> str:
    return f"{_quoted(column.name)} {_AFFINITY.get(column.type, 'TEXT')}{' NOT NULL' if column.required else ''}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
