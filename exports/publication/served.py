"""The published files as Datasette's databases, kept in step with the folder while Datasette runs."""
from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from datasette.app import Datasette
from datasette.database import Database

from exports.publication.publish import PUBLIC_ENDING

_NAME = re.compile(rf"[a-z][a-z0-9-]{{0,{39 + len(PUBLIC_ENDING)}}}")


class PublishedFile(Database):
    """One published file. Its connections belong to it alone: a file that is removed and made anew is read anew, where
    Datasette would go on reading the old one by its name."""

    def __init__(self, datasette: Datasette, path: Path):
        super().__init__(datasette, path=str(path), is_mutable=True)
        self.identity = identity(path)
        self._threads = threading.local()

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], object]) -> object:
        def in_thread() -> object:
            if not hasattr(self._threads, "connection"):
                connection = self.connect()
                self.ds._prepare_connection(connection, self.name)
                self._threads.connection = connection
            return fn(self._threads.connection)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, in_thread)

    async def execute(self, *args: object, **options: object) -> object:
        """As Datasette's, but what a reader typed never goes to the log."""
        return await super().execute(*args, **{**options, "log_sql_errors": False})


def identity(path: Path) -> tuple[int, int]:
    """What makes a file this file and not a later one of the same name."""
    found = path.stat()
    return found.st_dev, found.st_ino


class Folder:
    """Keeps a Datasette's databases in step with the published files in `path`."""

    def __init__(self, path: Path):
        self.path = path
        self._seen: int | None = None

    def rescan(self, datasette: Datasette) -> None:
        """Add new files and drop those that are gone; costs one `stat` when nothing changed."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            changed = 0
        if changed == self._seen:
            return
        self._seen = changed
        present = {}
        for each in self.path.glob("*.db"):
            try:
                if _NAME.fullmatch(each.stem):
                    present[each.stem] = (each, identity(each))
            except FileNotFoundError:
                continue
        for name, known in list(datasette.databases.items()):
            gone = isinstance(known, PublishedFile) and (name not in present or present[name][1] != known.identity)
            if gone or name == "_memory":
                datasette.remove_database(name)
        for name, (path, _) in sorted(present.items()):
            if name not in datasette.databases:
                datasette.add_database(PublishedFile(datasette, path), name=name)
