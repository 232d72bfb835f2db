"""The files that a form version refers to, kept with it (forms.media tells which): they hold nothing personal, so they are not
sealed, and whoever fills the form in may see them. A version's files never change; other files are another version."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import Connection, select

from campaigns.store.fieldwork import form_media as table


def digest_of(workbook_digest: str, files: Mapping[str, bytes]) -> str:
    """What a version is known by: its workbook, and its files where it has some (SHA-256, hex)."""
    if not files:
        return workbook_digest
    sums = [f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in sorted(files.items())]
    return hashlib.sha256("\n".join([workbook_digest, *sums]).encode()).hexdigest()


def keep(connection: Connection, version_id: int, files: Mapping[str, bytes]) -> None:
    """Keep `files` (content by name) with a version of a form."""
    for name, content in files.items():
        connection.execute(table.insert().values(
            form_version_id=version_id, name=name, digest=hashlib.sha256(content).hexdigest(), content=content))


_known: dict[tuple[str, int], dict[str, str]] = {}


def names(connection: Connection, version_id: int) -> dict[str, str]:
    """The digest of every file of a version, by name; looked up once a process and store, as they never change."""
    place = str(connection.engine.url), version_id
    if place not in _known:
        _known[place] = _names(connection, version_id)
    return _known[place]


def _names(connection: Connection, version_id: int) -> dict[str, str]:
    return dict(connection.execute(select(table.c.name, table.c.digest).where(
        table.c.form_version_id == version_id).order_by(table.c.name)).all())


def read(connection: Connection, version_id: int) -> dict[str, bytes]:
    """The content of every file of a version, by name."""
    return dict(connection.execute(select(table.c.name, table.c.content).where(
        table.c.form_version_id == version_id).order_by(table.c.name)).all())


def by_digest(connection: Connection, digest: str, name: str) -> bytes | None:
    """A file by what is in it; None for none."""
    return connection.execute(select(table.c.content).where(
        table.c.digest == digest, table.c.name == name).limit(1)).scalar()

