"""Statements of the intake, which run several times for every form that comes in.

On SQLite such a statement takes 3 us and its way through SQLAlchemy 50 to 100: so it is compiled once and handed to the
driver itself, with SQLAlchemy's own conversions of values in both directions. Elsewhere SQLAlchemy runs it as any other.
"""
from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable

_REMEMBERED = 64  # of each Whole


class Whole(NamedTuple):
    """Columns from place `first` up to `end` that are one thing, such as the campaign: in the row stands `make(values)`. As the same
    few come with every form, they are remembered by what the database holds; so `make` gives what nobody can change."""

    first: int
    end: int
    make: Callable[[Sequence], object]


class Prepared:
    """A statement whose every value is a named parameter: an insert names its columns by `columns`. `wholes` in their order."""

    def __init__(self, statement: Executable, columns: tuple[str, ...] | None = None, wholes: tuple[Whole, ...] = ()):
        self._statement, self._columns, self._wholes = statement, columns, wholes
        self._on_sqlite: _Compiled | None = None

    def first(self, connection: Connection, values: Mapping[str, object]) -> tuple | None:
        """The first row, None for none."""
        rows = self.all(connection, values)
        return rows[0] if rows else None

    def all(self, connection: Connection, values: Mapping[str, object]) -> list[tuple]:
        """All rows; without `wholes` their columns are attributes too."""
        if connection.dialect.name != "sqlite":
            rows = connection.execute(self._statement, values).all()
            return [_put_together(row, self._wholes) for row in rows] if self._wholes else rows
        if self._on_sqlite is None:
            self._on_sqlite = _Compiled(self._statement, connection.dialect, self._columns, self._wholes)
        return self._on_sqlite.run(connection, values)

    def run(self, connection: Connection, values: Mapping[str, object]) -> None:
        """For a statement that gives no rows."""
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, values)
        else:
            self.all(connection, values)


@contextmanager
def savepoint(connection: Connection) -> Iterator[None]:
    """A part of a transaction that is taken back by itself when it fails."""
    if connection.dialect.name != "sqlite":
        with connection.begin_nested():
            yield
        return
    run = connection.connection.dbapi_connection.execute
    run("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.connection.dbapi_connection.in_transaction:  # a full disk ends the whole transaction
            run("ROLLBACK TO part")
            run("RELEASE part")
        raise
    run("RELEASE part")


def _put_together(row: Sequence, wholes: Sequence[Whole]) -> tuple:
    """The row with each Whole in the place of its columns."""
    out, done = [], 0
    for first, end, make in wholes:
        out += [*row[done:first], make(row[first:end])]
        done = end
    return (*out, *row[done:])


class _Compiled:
    def __init__(self, statement: Executable, dialect: object, columns: tuple[str, ...] | None, wholes: tuple[Whole, ...]):
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) if columns else None)
        self._sql, self._dialect = compiled.string, dialect
        binds = [compiled.binds[name] for name in compiled.positiontup]
        self._into = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]
        # what is written out in the statement; a column for which no value is given is empty
        self._own = {bind.key: None if columns else bind.value for bind in binds if columns or not bind.required}
        columns_out = list(getattr(statement, "exported_columns", None) or ())
        self._out = [(place, convert) for place, column in enumerate(columns_out)
                     if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))]
        self._wholes = [Whole(first, end, self._remembering(first, end, make)) for first, end, make in wholes]
        self._out_alone = [(place, convert) for place, convert in self._out
                           if not any(first <= place < end for first, end, _ in wholes)]
        self._row: Callable = namedtuple("Row", [column.key for column in columns_out], rename=True)._make

    def _remembering(self, first: int, end: int, make: Callable[[Sequence], object]) -> Callable[[tuple], object]:
        convert = [(place - first, each) for place, each in self._out if first <= place < end]
        return lru_cache(_REMEMBERED)(lambda values: make(_converted(values, convert)))

    def run(self, connection: Connection, values: Mapping[str, object]) -> list[tuple]:
        if self._own:
            values = {**self._own, **values}
        given = [values[name] if convert is None else convert(values[name]) for name, convert in self._into]
        try:
            rows = connection.connection.dbapi_connection.execute(self._sql, given).fetchall()
        except sqlite3.Error as error:
            raise DBAPIError.instance(self._sql, None, error, sqlite3.Error, hide_parameters=True, dialect=self._dialect) from error
        if self._wholes:
            return [_put_together(_converted(row, self._out_alone), self._wholes) for row in rows]
        return [self._row(_converted(row, self._out)) for row in rows]


def _converted(row: tuple, convert: list[tuple[int, Callable]]) -> tuple:
    """The row with the values of these places as SQLAlchemy gives them."""
    if not convert:
        return row
    values = list(row)
    for place, each in convert:
        values[place] = each(values[place])
    return tuple(values)
