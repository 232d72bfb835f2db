"""What the progress page shows, read from the published file alone, in one snapshot."""
from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

Row = dict

_LISTS = {
    # name on the page: (table, order, most rows). Long lists end in a link to the whole table.
    "teams": ("teams", "rank, id", 40),
    "communities": ("communities", "rank DESC, id", 20),
    "compounds": ("compounds", "recorded = frame, coverage_bp, missing DESC, id", 15),
    "days": ("days", "day DESC", 14),
    "channels": ("channels", "id", 20),
    "volunteers": ("volunteers", "team <> :team, entries DESC, id", 20),
}


@dataclass(frozen=True)
class Progress:
    """Rows of one publication. `more` says how many rows of a list are not shown."""

    publication: Row
    total: Row
    lists: dict[str, list[Row]]
    more: dict[str, int] = field(default_factory=dict)


def stamp(connection: sqlite3.Connection) -> tuple[str, str] | None:
    """(made_at, digest) of the publication in the file, None while there is none."""
    try:
        row = connection.execute("SELECT made_at, digest FROM publication").fetchone()
    except sqlite3.OperationalError:  # the file is being made for the first time
        return None
    return tuple(row) if row else None


def read(connection: sqlite3.Connection, team: str = "") -> Progress | None:
    """The progress page's rows, all of one publication; the volunteers of `team` come first."""
    connection.execute("BEGIN")
    try:
        if stamp(connection) is None:
            return None
        lists, more = {}, {}
        for name, (table, order, most) in _LISTS.items():
            lists[name] = _rows(connection, f"SELECT * FROM {table} ORDER BY {order} LIMIT {most}", {"team": team})
            more[name] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] - len(lists[name])
        return Progress(_rows(connection, "SELECT * FROM publication")[0], _rows(connection, "SELECT * FROM progress")[0],
                        lists, more)
    finally:
        connection.execute("ROLLBACK")


def _rows(connection: sqlite3.Connection, sql: str, values: dict | None = None) -> list[Row]:
    cursor = connection.execute(sql, values or {})
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]
