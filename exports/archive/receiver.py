"""The database that receives archives: SQLite, PostgreSQL or another that SQLAlchemy reaches by URL.

Its tables are made when they are missing. Each row keeps the campaign's stable key, so that a later archive finds it.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

from exports.archive import columns
from exports.archive.content import instant
from exports.archive.mapping import LOG, RECEIVED, Mapping, kept
from exports.archive.refusals import BadReceiver

_KEY_LENGTH = 512


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
        """The key columns of a table, ours by name; a code is the same only within its campaign."""
        return ["campaign", *self.sources[name].key] if name == "code_list" else list(self.sources[name].key)

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
            kind = String(_KEY_LENGTH if len(key) == 1 else 200) if pointing else _TYPES[column.type]()
            made.append(self._column(name, column.name, kind, nullable=not column.required))
        made.append(self._column(name, "ended_at", _Moment(), nullable=True))
        constraints = [PrimaryKeyConstraint(*(self._mapping.column(name, each) for each in key))]
        ours = {there: here for here, there in RECEIVED.items()}
        for column, (other, other_key) in source.refs:
            parent = ours[other]
            constraints.append(ForeignKeyConstraint(
                [self._mapping.column(name, column)],
                [f"{self._mapping.table(parent)}.{self._mapping.column(parent, other_key)}"]))
        return Table(self._mapping.table(name), self._metadata, *made, *constraints)

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


@contextmanager
def connected(url: str, *, write: bool) -> Iterator[Connection]:
    """A connection in one transaction: committed at the end when `write`, else nothing changes and no file is made.

    `url`: an SQLAlchemy URL, or the path of a SQLite file. Raises BadReceiver in words for whatever goes wrong there.
    """
    address = _address(url)
    made = None  # a SQLite file that this call makes
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        path = Path(address.database)
        made = path if write and not path.exists() else None
        if not path.exists() and not write:
            address = make_url("sqlite://")
        elif not path.absolute().parent.is_dir():
            raise BadReceiver("没有文件夹 {folder}。", "There is no folder {folder}.", folder=path.absolute().parent)
    done = False
    try:
        engine = _engine(address, write)
        try:
            with engine.connect() as connection:
                with connection.begin() as transaction:
                    yield connection
                    if not write:
                        transaction.rollback()
            done = True
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise _in_words(error, address) from None
    finally:
        if made is not None and not done:
            made.unlink(missing_ok=True)


def _address(url: str) -> URL:
    try:
        return make_url(url if "://" in url else f"sqlite:///{url}")
    except (ArgumentError, ValueError):
        raise BadReceiver("数据库地址看不懂。例如 sqlite:///main.db 或 postgresql+psycopg://user@host/db。",
                          "Cannot read the database address. Examples: sqlite:///main.db, postgresql+psycopg://user@host/db.") from None


def _engine(address: URL, write: bool) -> Engine:
    try:
        engine = create_engine(address, poolclass=NullPool, hide_parameters=True,
                               execution_options={} if write else {"postgresql_readonly": True})
    except (NoSuchModuleError, ModuleNotFoundError, ArgumentError):
        raise BadReceiver("没有安装 {driver} 的驱动。PostgreSQL 请写 postgresql+psycopg://…；其他数据库请先装驱动。",
                          "There is no driver for {driver} here. For PostgreSQL write postgresql+psycopg://...; "
                          "for others install the driver first.", driver=address.drivername) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN"))
    return engine


def _prepare_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # we say where a transaction begins, so that making tables is part of it
    connection.execute("PRAGMA foreign_keys=ON")


_NO_RIGHTS = ("permission denied", "readonly database", "unable to open", "must be owner", "access denied", "42501")


def _in_words(error: SQLAlchemyError, address: URL) -> BadReceiver:
    """What went wrong, without values (they may be personal) and without the password."""
    place = address.render_as_string(hide_password=True)
    original = error.orig if isinstance(error, DBAPIError) else error
    said = str(original).split("\n")[0].lower()
    state = getattr(original, "sqlstate", None) or ""
    if state == "42501" or any(words in said for words in _NO_RIGHTS):
        return BadReceiver("没有权限写入 {place}。什么也没有改动。", "No rights to write to {place}. Nothing was changed.", place=place)
    if "not a database" in said:
        return BadReceiver("{place} 不是 SQLite 数据库。", "{place} is no SQLite database.", place=place)
    if "locked" in said:
        return BadReceiver("{place} 正被别的程序占用，请稍后再试。", "{place} is in use by another program; try again later.", place=place)
    if state[:2] in ("22", "23") or type(error).__name__ in ("IntegrityError", "DataError"):
        return BadReceiver("{place} 不接受归档里的一些值（{kind}）。什么也没有改动。",
                           "{place} does not take some of the archive's values ({kind}). Nothing was changed.",
                           place=place, kind=type(original).__name__)
    return BadReceiver("连不上或无法使用 {place}（{kind}）。请核对地址、账号和网络。什么也没有改动。",
                       "Cannot reach or use {place} ({kind}). Check the address, the account and the network. Nothing was changed.",
                       place=place, kind=type(original).__name__)
