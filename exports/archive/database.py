"""Reaching a database by URL: one transaction, and whatever goes wrong there said in words."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from exports.archive.refusals import BadReceiver


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
