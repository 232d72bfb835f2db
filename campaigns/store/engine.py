"""Opening the store, and its two kinds of transaction: `read` (a snapshot) and `write` (one at a time).

SQLite: WAL and synchronous=FULL, so a commit is on disk before it returns (INV-1). Writers of all processes queue on a
file lock rather than on SQLite's own busy loop, whose sleeping waits cost seconds when several processes write.
PostgreSQL: an advisory lock does the same.
"""
from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from campaigns.store.migrations import migrate
from campaigns.store.writer import GroupWriter
from forms.language import Refusal

Answer = TypeVar("Answer")

_ADVISORY_LOCK = 7_265_001  # any constant; all our writers take the same
_BUSY_SECONDS = 60
_CACHE_KIB = 65_536


class NotSaved(Refusal):
    """The database could not keep what it was given: disk full, disk error, or no longer reachable."""

    status = 503

    def __init__(self):
        super().__init__("暂时没能保存（磁盘已满或数据库不可用）。您填的内容还在，请稍后再提交。",
                         "It could not be saved just now (disk full or database unavailable). "
                         "What you filled in is still here; please send it again a little later.")


class Store:
    """One installation's database at `url`; brings its schema up to date when opened."""

    def __init__(self, url: str):
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(self.url, pool_size=32, max_overflow=64, hide_parameters=True,
                                        connect_args={"timeout": _BUSY_SECONDS})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(self.url, pool_size=32, max_overflow=64, hide_parameters=True,
                                        pool_pre_ping=True)
        with self._queue():
            migrate(self.engine)
        self._writer = GroupWriter(self.write)
        self._readers: list[Connection] = []
        self._writers: list[Connection] = []

    def read(self) -> AbstractContextManager[Connection]:
        """One consistent snapshot."""
        return self._transaction(self._readers, "BEGIN")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that changes things: committed at the end, or nothing of it. Raises NotSaved."""
        try:
            with self._queue(), self._transaction(self._writers, "BEGIN IMMEDIATE") as connection:
                connection.info.clear()  # what functions remember for the length of one transaction
                if not self.sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
                yield connection
        except (DBAPIError, sqlite3.Error, OSError) as error:
            if not _storage_failed(error):
                raise
            raise NotSaved from error

    def submit(self, work: Callable[[Connection], Answer]) -> Answer:
        """`work(connection)` in a write transaction shared with whatever else is waiting (group commit).

        Returns after the commit is on disk. `work` may run twice and must do nothing but use its connection.
        """
        return self._writer.submit(work)

    def submit_each(self, works: Sequence[Callable[[Connection], Answer]]) -> list[Answer | BaseException]:
        """As `submit` for each of `works`, in their order, without waiting between them; what failed gives its error."""
        return self._writer.submit_each(works)

    def submit_later(self, work: Callable[[Connection], object]) -> None:
        """As `submit`, without waiting: for notes that nobody is promised (lost when the disk is full or power fails)."""
        self._writer.later(work)

    def close(self) -> None:
        self._writer.close()
        for idle in (self._readers, self._writers):
            while idle:
                idle.pop().close()
        self.engine.dispose()

    @contextmanager
    def _transaction(self, idle: list[Connection], begin: str) -> Iterator[Connection]:
        """A connection of `idle`, or a new one, in a transaction of its own, which goes back there. To take one out of SQLAlchemy's
        pool and give it back costs as much as two statements; the one used last also has its pages at hand. One that met an error
        is not kept, and none is on PostgreSQL, where only the pool finds out that a server has gone.

        On SQLite `begin` and COMMIT go to the driver: what SQLAlchemy does around them takes ten times as long. What it calls its
        own transaction begins with the connection's first statement and ends when the connection is closed."""
        if not self.sqlite:
            with self.engine.connect() as connection, connection.begin():
                yield connection
            return
        try:
            connection = idle.pop()  # of all threads: a list gives and takes in one step
        except IndexError:
            connection = self.engine.connect()
        try:
            run = connection.connection.dbapi_connection.execute
            run(begin)
            yield connection
            run("COMMIT")
        except BaseException:
            connection.close()  # which takes back what was not committed
            raise
        idle.append(connection)

    @contextmanager
    def _queue(self) -> Iterator[None]:
        if not self.sqlite:
            yield
            return
        with open(f"{self.url.database}.lock", "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"cache_size=-{_CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """For connections of the engine itself, as the migrations have them."""
    driver = connection.connection.dbapi_connection
    if not driver.in_transaction:
        driver.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get("survey_write") else "BEGIN")


_SQLITE_STORAGE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
                   sqlite3.SQLITE_BUSY}
_PG_STORAGE = ("53", "57", "58", "08")  # SQLSTATE classes: resources, operator intervention, system error, connection


def _storage_failed(error: Exception) -> bool:
    if isinstance(error, OSError):
        return True
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, sqlite3.Error):
        return (getattr(original, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_STORAGE
    return error.connection_invalidated or (getattr(original, "sqlstate", None) or "").startswith(_PG_STORAGE)
