"""The database that receives archives: SQLite, PostgreSQL or another that SQLAlchemy reaches by URL.

Its tables are made when they are missing. Each row keeps the campaign's stable key, so that a later archive finds it.
"""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    inspect,
    text,
)
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

from exports.archive import columns
from exports.archive.cells import instant
from exports.archive.mapping import LOG, RECEIVED, Mapping, kept
from exports.archive.refusals import BadReceiver

_KEY_LENGTH = 512
_MOST_DAYS = 40_000  # kept as the database takes them: a hundred years
_NAMED_BY_CAMPAIGN = ("dwelling", "household", "person")


class _Number(TypeDecorator):
    """An exact decimal, given and taken as text. SQLite keeps it as REAL, which is exact for 15 digits."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect):
        kind = {"sqlite": Float(53), "postgresql": Numeric()}.get(dialect.name, Numeric(38, 12))
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        return float(value) if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value, dialect):
        return None if value is None else str(value)


class _Day(TypeDecorator):
    """A date, given and taken as ISO text."""

    impl = Date
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value and date.fromisoformat(value)

    def process_result_value(self, value, dialect):
        return value and value.isoformat()


class _Moment(TypeDecorator):
    """A UTC instant, given and taken as the archive writes it. SQLite keeps it without a zone, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        at = value and datetime.fromisoformat(value)
        return at and (at.replace(tzinfo=None) if dialect.name == "sqlite" else at)

    def process_result_value(self, value, dialect):
        return value and instant(value.astimezone(UTC) if value.tzinfo else value)


_TYPES = {"string": Text, "object": Text, "integer": BigInteger, "number": _Number, "boolean": Boolean, "date": _Day,
          "datetime": _Moment}
_FAMILIES = {"string": (str,), "object": (str, dict), "integer": (int,), "number": (Decimal, float), "boolean": (bool, int),
             "date": (date,), "datetime": (datetime,)}


class Receiver:
    """The tables that a database has, or will have, for the archive's `tables` under a `mapping`.

    `tables[name]` has columns whose `key` is our name. `log` is the table of imports.
    """

    def __init__(self, connection: Connection, archive_tables: dict[str, columns.Table], mapping: Mapping):
        self._connection, self._mapping = connection, mapping
        self._metadata = MetaData()
        self.sources = {name: archive_tables[source] for name, source in RECEIVED.items()}
        self.kept = {name: kept(mapping, name, source) for name, source in self.sources.items()}
        self.tables = {name: self._table(name) for name in RECEIVED}
        self.log = self._log()
        self._look()

    def key(self, name: str) -> list[str]:
        """The key columns of a table, ours by name. Doors, households and persons are called after their campaign; what else there
        is, is the same only within its campaign."""
        return list(self.sources[name].key) if name in _NAMED_BY_CAMPAIGN else ["campaign", *self.sources[name].key]

    def has(self, name: str) -> bool:
        """Whether the table is there already."""
        return self._mapping.table(name) not in self.missing_tables

    def make_missing(self) -> None:
        """Create the missing tables and columns."""
        for table in self._metadata.sorted_tables:
            if table.name in self.missing_tables:
                self._connection.execute(CreateTable(table))
            for column in self._missing.get(table.name, ()):
                prepare = self._connection.dialect.identifier_preparer
                kind = column.type.compile(self._connection.dialect)
                self._connection.execute(text(
                    f"ALTER TABLE {prepare.format_table(table)} ADD COLUMN {prepare.format_column(column)} {kind}"))

    @property
    def missing_columns(self) -> list[str]:
        """Columns that a table of an earlier archive lacks, as `table.column`."""
        return [f"{table}.{column.name}" for table, found in self._missing.items() for column in found]

    def present(self, name: str) -> list[Column]:
        """The columns of a table that are there already."""
        table = self.tables[name]
        return [column for column in table.columns if column not in self._missing.get(table.name, ())]

    def _table(self, name: str) -> Table:
        source, key = self.sources[name], self.key(name)
        made = [self._column(name, "campaign", String(40), nullable=False)]
        for column in self.kept[name]:
            pointing = column.name in key or any(column.name == ref for ref, _ in source.refs)
            kind = _TYPES[column.type]()
            if pointing and column.type == "string":
                kind = String(_KEY_LENGTH if self._long(name, column.name) else 200)
            made.append(self._column(name, column.name, kind, nullable=not column.required))
        made.append(self._column(name, "ended_at", _Moment(), nullable=True))
        constraints = [PrimaryKeyConstraint(*(self._mapping.column(name, each) for each in key))]
        ours = {there: here for here, there in RECEIVED.items()}
        for column, (other, other_key) in source.refs:
            parent = ours[other]
            within = ["campaign"] if "campaign" in self.key(parent) else []
            constraints.append(ForeignKeyConstraint(
                [self._mapping.column(name, each) for each in (*within, column)],
                [f"{self._mapping.table(parent)}.{self._mapping.column(parent, each)}" for each in (*within, other_key)]))
        return Table(self._mapping.table(name), self._metadata, *made, *constraints)

    def _long(self, name: str, column: str) -> bool:
        """Whether a column holds the name of a door, or of what is behind it: those are as long as addresses are."""
        parent = dict(self.sources[name].refs).get(column)
        return name in _NAMED_BY_CAMPAIGN if parent is None else parent[0] in [RECEIVED[each] for each in _NAMED_BY_CAMPAIGN]

    def _column(self, table: str, name: str, kind: object, **options: object) -> Column:
        return Column(self._mapping.column(table, name), kind, key=name, **options)

    def _log(self) -> Table:
        return Table(self._mapping.table(LOG), self._metadata, Column("id", BigInteger, primary_key=True, autoincrement=False),
                     Column("campaign", String(40), nullable=False), Column("archive", String(128), nullable=False),
                     Column("signing_key", String(16), nullable=False), Column("made_at", _Moment, nullable=False),
                     Column("imported_at", _Moment, nullable=False),
                     *[Column(name, BigInteger, nullable=False) for name in ("added", "changed", "ended")])

    def _look(self) -> None:
        """What is there, what is missing, and whether both go together. Raises BadReceiver."""
        found = inspect(self._connection)
        known = set(found.get_table_names())
        longest = self._connection.dialect.max_identifier_length
        self.missing_tables = {table.name for table in self._metadata.tables.values()} - known
        self._missing: dict[str, list[Column]] = {}
        for table in self._metadata.tables.values():
            for name in (table.name, *(column.name for column in table.columns)):
                if len(name.encode()) > longest:
                    raise BadReceiver("名称“{name}”对这个数据库太长，请用 --mapping 改名。",
                                      "The name “{name}” is too long for this database; rename it with --mapping.", name=name)
            if table.name in known:
                self._missing[table.name] = _compared(table, found)


def adder(connection: Connection, table: Table) -> Callable[[list[dict]], object]:
    """Adds rows, with a value for each column by its key, to `table`. SQLAlchemy reads each row of a statement anew; where values
    go by their place, as with SQLite, the statement is made once, and the conversions of its values are its own."""
    insert, dialect = table.insert(), connection.dialect
    compiled = insert.compile(dialect=dialect, column_keys=[column.key for column in table.columns])
    if not compiled.positional:
        return lambda rows: connection.execute(insert, rows)
    into = [(key, _conversion(table.columns[key], dialect)) for key in compiled.positiontup]
    return lambda rows: connection.exec_driver_sql(str(compiled), [
        tuple([row[key] if convert is None else convert(row[key]) for key, convert in into]) for row in rows])


def _conversion(column: Column, dialect: Dialect) -> Callable | None:
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(_MOST_DAYS)(convert) if isinstance(column.type, _Day) else convert


def _compared(table: Table, found) -> list[Column]:
    """The columns that the table there lacks; raises BadReceiver when it is another kind of table."""
    there = {column["name"]: column for column in found.get_columns(table.name)}
    key = found.get_pk_constraint(table.name)["constrained_columns"]
    if sorted(key) != sorted(column.name for column in table.primary_key):
        raise BadReceiver("接收数据库已有另一种表“{table}”（主键不同）。请用 --mapping 换一个表名。",
                          "The receiving database has another kind of table “{table}” (its key differs). "
                          "Give ours another name with --mapping.", table=table.name)
    ours = {column.name: column for column in table.columns}
    for name, column in there.items():
        conflict = not _fits(ours[name].type, column["type"]) if name in ours else (
            not column["nullable"] and column["default"] is None)
        if conflict:
            raise BadReceiver("接收数据库的表“{table}”里的“{column}”栏与归档不合（类型不同，或必填而归档没有）。请用 --mapping 改名。",
                              "Column “{column}” of the receiving table “{table}” does not go with the archive (another type, or "
                              "it must be filled and the archive has nothing for it). Rename with --mapping.",
                              table=table.name, column=name)
    return [column for name, column in ours.items() if name not in there]


def _fits(ours, theirs) -> bool:
    """Whether a column of type `theirs` can hold what `ours` holds."""
    if isinstance(ours, TypeDecorator):
        wanted = {_Number: _FAMILIES["number"], _Day: (date,), _Moment: (datetime,)}[type(ours)]
    else:
        wanted = (bool, int) if isinstance(ours, Boolean) else (ours.python_type,)
    try:
        return theirs.python_type in wanted
    except NotImplementedError:
        return False
