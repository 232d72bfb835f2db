"""Writing a published file: with sqlite-utils, in place and in one transaction, so that a reader sees the old or the new whole.

The file is never renamed over: a running Datasette would keep reading the old one.
"""
from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import sqlite_utils

from exports.publication.columns import SQL_TYPES, WORDS, Column
from exports.publication.tables import Table
from forms.language import Refusal

_WAIT_SECONDS = 60
DIGEST = "digest"


class NotPublished(Refusal):
    """The file could not be written: disk full, no rights, damaged."""

    status = 503

    def __init__(self, path: Path, reason: object):
        super().__init__("没能写入发布文件 {file}（{reason}）。原来的发布仍在。请检查磁盘空间和权限后再发布。",
                         "The published file {file} could not be written ({reason}). The last publication is still there. "
                         "Check disk space and rights, then publish again.", file=path.name, reason=reason)


def write(path: Path, tables: Iterable[Table], rows: Mapping[str, list[tuple]]) -> str:
    """Replace everything in the file at `path` by `rows`; returns the digest that table `publication` carries."""
    tables = tuple(tables)
    digest = digest_of(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite_utils.Database(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None))) as db:
            db.conn.execute("PRAGMA journal_mode=WAL")
            db.conn.execute("BEGIN IMMEDIATE")  # what sqlite-utils does from here on stays inside this transaction
            try:
                _prepare(db, tables)
                for table in tables:
                    _fill(db, table, rows[table.name], digest)
                db.conn.execute("COMMIT")
            except BaseException:
                db.conn.rollback()
                raise
            db.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
    except (sqlite3.Error, OSError) as error:
        raise NotPublished(path, error) from error
    return digest


def digest_of(rows: Mapping[str, list[tuple]]) -> str:
    """SHA-256 of the rows of every table but `publication`, as canonical JSON: equal figures, equal digest."""
    figures = {name: each for name, each in rows.items() if name != "publication"}
    return hashlib.sha256(json.dumps(figures, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _prepare(db: sqlite_utils.Database, tables: tuple[Table, ...]) -> None:
    """Make tables and views when they are not those of this version; otherwise keep them and empty the tables."""
    version = zlib.crc32(repr([(table.name, [(column.name, column.kind) for column in table.columns], view_sql(table))
                               for table in tables]).encode()) & 0x7FFFFFFF
    if db.execute("PRAGMA user_version").fetchone()[0] == version:
        for table in tables:
            db[table.name].delete_where()
        return
    for name in db.view_names():
        db[name].drop()
    for name in db.table_names():
        db[name].drop()
    for table in tables:
        columns = {column.name: SQL_TYPES[column.kind] for column in table.columns}
        if table.name == "publication":
            columns[DIGEST] = str
        db[table.name].create(columns, pk=table.key)
        if table.view:
            db.create_view(table.view, view_sql(table))
    db.execute(f"PRAGMA user_version = {version}")


def _fill(db: sqlite_utils.Database, table: Table, rows: list[tuple], digest: str) -> None:
    names = [column.name for column in table.columns]
    if table.name == "publication":
        names.append(DIGEST)
        rows = [(*row, digest) for row in rows]
    db[table.name].insert_all((dict(zip(names, row)) for row in rows), batch_size=1000)


def view_sql(table: Table) -> str:
    """The select of the table's Chinese view: Chinese headings, words for codes, percent and yuan with two places."""
    shown = ", ".join(f'{_expression(column)} AS "{column.title.zh}"' for column in table.columns if column.shown)
    return f'SELECT {shown} FROM "{table.name}" ORDER BY "{table.key}"'


def _expression(column: Column) -> str:
    name = f'"{column.name}"'
    if column.kind in ("bp", "fen"):
        return f"{name} / 100.0"
    if column.kind in WORDS:
        cases = " ".join(f"WHEN '{code}' THEN '{words.zh}'" for code, words in WORDS[column.kind].items())
        return f"CASE {name} {cases} ELSE {name} END"
    if column.kind == "text":
        return f"CASE {name} WHEN '' THEN '（未填）' ELSE {name} END"
    return name
