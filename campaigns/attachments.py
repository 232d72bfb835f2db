"""Photos, sound and other files that come with a submission.

ATT-1 The bytes lie sealed (INV-5) in SURVEY_HOME/attachments under a random name; the store knows the rest.
ATT-2 A file is on disk, flushed, before the row that names it is committed (INV-1); rows never change (INV-2).
ATT-3 The same name with the same content is kept once; the same name with other content is refused.
ATT-4 A correction carries on what the submission before it had, by name.

A sealed file is a row of chunks of 1 MiB, each sealed on its own and tied to its file, its place and whether it is the
last, so that a large file needs little memory and a cut or reordered one does not open.
"""
from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Table, select

from campaigns.campaign import Campaign
from campaigns.keys import Key, SealBroken
from campaigns.store.schema import attachment, submission
from forms.language import Refusal

_CHUNK = 1024 * 1024
_LENGTH = 4


class AttachmentTaken(Refusal):
    status = 409

    def __init__(self):
        super().__init__("同名附件已经收到过，内容不同，没有改动已收到的。", "An attachment of this name was received before with other "
                         "content; what was received is unchanged.")


@dataclass(frozen=True)
class Kept:
    """A file sealed on disk, not yet in the store. `kind`: what the form asks for."""

    name: str
    file: str
    kind: str
    size: int
    mac: bytes


class Folder:
    """The sealed files of one campaign in `path`, under the campaign's key."""

    def __init__(self, path: Path, key: Key):
        self.path, self.key = path, key

    def keep(self, name: str, kind: str, content: BinaryIO) -> Kept:
        """Seal `content` into a new file, on disk when this returns."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = secrets.token_hex(16)
        digest, size = hashlib.sha256(), 0
        handle = os.open(self._at(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb") as out:
                place, chunk = 0, content.read(_CHUNK)
                while True:
                    following = content.read(_CHUNK) if chunk else b""
                    digest.update(chunk)
                    size += len(chunk)
                    sealed = self.key.seal(chunk, _about(file, place, not following))
                    out.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
                    if not following:
                        break
                    place, chunk = place + 1, following
                out.flush()
                os.fsync(out.fileno())
        except BaseException:
            self.drop(file)
            raise
        return Kept(name, file, kind, size, self.key.mac("attachment", digest.digest()))

    def settle(self) -> None:
        """See to it that the names of new files are on disk too."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def drop(self, file: str) -> None:
        """Remove a file that no row names."""
        self._at(file).unlink(missing_ok=True)

    def read(self, file: str) -> Iterator[bytes]:
        """The content, a chunk at a time; raises SealBroken for a file that was changed or cut."""
        with open(self._at(file), "rb") as sealed:
            place, chunk = 0, _piece(sealed)
            while True:
                following = _piece(sealed)
                yield self.key.open(chunk, _about(file, place, not following))
                if not following:
                    return
                place, chunk = place + 1, following

    def _at(self, file: str) -> Path:
        return self.path / file


def _piece(sealed: BinaryIO) -> bytes:
    length = int.from_bytes(sealed.read(_LENGTH), "big")
    piece = sealed.read(length)
    if len(piece) != length:
        raise SealBroken("附件文件不完整。", "An attachment is cut short.")
    return piece


def _about(file: str, place: int, last: bool) -> str:
    return f"attachment:{file}:{place}:{'last' if last else 'more'}"


def name_of(key: Key, file: str, sealed: bytes) -> str:
    """The name that the device gave the file."""
    return key.open(sealed, f"attachment-name:{file}").decode()


def name_mac(key: Key, name: str) -> bytes:
    """What a file's name is known by."""
    return key.mac("attachment-name", name.encode())


@dataclass(frozen=True)
class Owner:
    """Where files of one kind of thing are written down: the table, and its column that names the thing."""

    table: Table
    column: str


SUBMISSIONS = Owner(attachment, "submission_id")


def add(connection: Connection, key: Key, campaign: Campaign, owner_id: int, files: list[Kept], at: datetime,
        owner: Owner = SUBMISSIONS) -> list[Kept]:
    """Add `files` to a submission (or another owner's); returns those that were new (the others may be dropped). Raises
    AttachmentTaken."""
    new, table = [], owner.table
    for each in files:
        name = name_mac(key, each.name)
        known = connection.execute(select(table.c.mac).where(
            table.c[owner.column] == owner_id, table.c.name_mac == name)).scalar()
        if known is not None:
            if known != each.mac:
                raise AttachmentTaken
            continue
        connection.execute(table.insert(), {
            "campaign_id": campaign.id, owner.column: owner_id, "file": each.file, "name_mac": name, "mac": each.mac,
            "sealed": key.seal(each.name.encode(), f"attachment-name:{each.file}"), "kind": each.kind, "size": each.size,
            "received_at": at})
        new.append(each)
    return new


def listed(connection: Connection, key: Key, owner_id: int, owner: Owner = SUBMISSIONS) -> dict[str, str]:
    """File by name of what came with this one."""
    return {name_of(key, row.file, row.sealed): row.file for row in connection.execute(
        select(owner.table.c.file, owner.table.c.sealed).where(owner.table.c[owner.column] == owner_id).order_by(owner.table.c.id))}


def size_of(connection: Connection, key: Key, owner_id: int, name: str, owner: Owner = SUBMISSIONS) -> int | None:
    """The size of the file of this name; None where there is none."""
    return connection.execute(select(owner.table.c.size).where(
        owner.table.c[owner.column] == owner_id, owner.table.c.name_mac == name_mac(key, name))).scalar()


def of_submission(connection: Connection, key: Key, submission_id: int) -> dict[str, str]:
    """File by name of all that a submission has, what it carries on from those that it corrects included (ATT-4)."""
    found: dict[str, str] = {}
    following: int | None = submission_id
    while following is not None:
        for name, file in listed(connection, key, following).items():
            found.setdefault(name, file)
        following = connection.execute(select(submission.c.replaces).where(submission.c.id == following)).scalar()
    return found
