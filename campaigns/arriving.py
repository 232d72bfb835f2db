"""Files of phones on their way in: a photo comes in chunks, over a network that breaks off, and goes on where it stopped.

ARR-1 A chunk is sealed and written behind those before it; one that came before changes nothing, one that leaves a gap is refused
      with how much is there.
ARR-2 A file is whole when its length and its SHA-256 are what the phone said; otherwise it begins again. Before it is called
      whole, its bytes, its name and the folder's entries are on disk: a power cut takes nothing that was acknowledged.
ARR-3 A whole file waits, on disk, for the form or report that names it, and is then kept with that; what no form names is not kept.
ARR-4 What is on its way belongs to one person; nobody keeps more than `MOST_BYTES` or `MOST_FILES` waiting.
ARR-5 What nothing named within KEPT_DAYS of its last chunk is removed, and how many files is in the audit log. A photo of something
      that a lead has still to decide about stays.

The folder is SURVEY_HOME/attachments/CAMPAIGN/arriving/USER; a file's name there is the keyed hash of its item and name, with
the beginning of its digest, so that other content under the same name is another file.
"""
from __future__ import annotations

import fcntl
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, select

from campaigns import audit
from campaigns.attachments import name_mac
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.keys import Key, SealBroken
from campaigns.store.engine import Store
from campaigns.store.fieldwork import held_item
from forms.language import Refusal

LARGEST_CHUNK = 256 * 1024
MOST_BYTES = 2 * 1024**3
MOST_FILES = 2_000
KEPT_DAYS = 14
_LENGTH = 4
_SEAL = 29  # what sealing adds to a chunk


class WrongFile(Refusal):
    status = 422

    def __init__(self):
        super().__init__("照片没有传完整，会从头再发一次。", "The photo did not arrive whole; it will be sent again from its beginning.")


class TooMuchWaiting(Refusal):
    status = 413

    def __init__(self):
        super().__init__("还没有对上表的照片太多了。请先发送表，再发照片。",
                         "Too many photos wait for their forms. Send the forms first, then the photos.")


@dataclass(frozen=True)
class Progress:
    """`have`: bytes that are here; `complete`: all of them are, and they are right."""

    have: int
    complete: bool


class Arriving:
    """The files of one person that are on their way, in `folder`, sealed under the campaign's key."""

    def __init__(self, folder: Path, key: Key):
        self.folder, self.key = folder, key

    def add(self, item: str, name: str, size: int, digest: str, offset: int, chunk: bytes) -> Progress:
        """Write `chunk`, which begins at byte `offset` of the file. Raises WrongFile, TooMuchWaiting."""
        self._make_folder()
        stem = self._stem(item, name, digest)
        if (self.folder / f"{stem}.whole").exists():
            return Progress(size, True)
        path = self.folder / f"{stem}.part"
        with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            have = self._tidied(file)
            if offset > have or offset + len(chunk) > size:
                return Progress(have, False)
            new = chunk[have - offset:]
            try:
                self._check_room(len(new))
            except TooMuchWaiting:
                if not have:
                    path.unlink()
                raise
            if new:
                _append(file, self.key.seal(new, _about(stem, have)))
            if have + len(new) < size:
                return Progress(have + len(new), False)
            return self._finish(file, path, stem, name, size, digest)

    def name_of(self, path: Path) -> str:
        """The name that the phone gave a whole file."""
        return self.key.open(path.with_suffix(".name").read_bytes(), f"arriving-name:{path.stem}").decode()

    def drop(self, path: Path) -> None:
        """Take a whole file away."""
        path.unlink(missing_ok=True)
        path.with_suffix(".name").unlink(missing_ok=True)

    def _finish(self, file: BinaryIO, path: Path, stem: str, name: str, size: int, digest: str) -> Progress:
        os.fsync(file.fileno())
        try:
            right = _sha256(self._read(path, stem)) == digest
        except SealBroken:
            right = False
        if not right:
            path.unlink(missing_ok=True)
            raise WrongFile
        self._write_name(stem, self.key.seal(name.encode(), f"arriving-name:{stem}"))
        os.rename(path, self.folder / f"{stem}.whole")
        _settle(self.folder)
        return Progress(size, True)

    def _write_name(self, stem: str, sealed: bytes) -> None:
        """The file's name, on disk and whole before it stands there."""
        made = self.folder / f"{stem}.new"
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        os.rename(made, self.folder / f"{stem}.name")
        _settle(self.folder)  # the name stands before the file is called whole

    def _make_folder(self) -> None:
        missing = []
        for each in (self.folder, *self.folder.parents):
            if each.exists():
                break
            missing.append(each)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for each in missing:
            _settle(each.parent)

    def progress(self, item: str, name: str, digest: str = "") -> Progress:
        """How much of a file is here; without its digest, of the last one of that name."""
        found = sorted((path for path in self.folder.glob(f"{self._stem(item, name, digest)}*") if path.suffix not in (".name", ".new")),
                       key=lambda path: path.stat().st_mtime)
        if not found:
            return Progress(0, False)
        return Progress(_length(found[-1]), found[-1].suffix == ".whole")

    def whole(self, item: str, name_macs: set[str]) -> Iterator[tuple[str, Path]]:
        """The whole files that came for `item`, with the keyed hash of each one's name."""
        for path in sorted(self.folder.glob(f"{item}-*.whole")):
            name_mac = path.stem.split("-")[1]
            if name_mac in name_macs:
                yield name_mac, path

    def open(self, path: Path) -> BinaryIO:
        """The content of a whole file. Raises SealBroken."""
        return io.BufferedReader(_Pieces(self._read(path, path.stem)), 1024 * 1024)

    def _read(self, path: Path, stem: str) -> Iterator[bytes]:
        place = 0
        with open(path, "rb") as file:
            while head := file.read(_LENGTH):
                piece = self.key.open(file.read(int.from_bytes(head, "big")), _about(stem, place))
                place += len(piece)
                yield piece

    def _stem(self, item: str, name: str, digest: str) -> str:
        mac = name_mac(self.key, name).hex()
        return f"{item}-{mac}-{digest[:32]}"

    def _tidied(self, file: BinaryIO) -> int:
        """How many bytes of content `file` holds; a chunk cut by a crash is taken off."""
        total, end = 0, 0
        size = os.fstat(file.fileno()).st_size
        while end + _LENGTH <= size:
            file.seek(end)
            length = int.from_bytes(file.read(_LENGTH), "big")
            if length <= _SEAL or end + _LENGTH + length > size:
                break
            end, total = end + _LENGTH + length, total + length - _SEAL
        file.truncate(end)
        return total

    def _check_room(self, more: int) -> None:
        sizes = [entry.stat().st_size for entry in os.scandir(self.folder) if not entry.name.endswith(".name")]
        if sum(sizes) + more > MOST_BYTES or len(sizes) > MOST_FILES:
            raise TooMuchWaiting


def tidy(store: Store, campaign: Campaign, folder: Path, at: datetime, actor: Actor) -> int:
    """Remove what waits in vain in `folder`/arriving, of all people (ARR-5); returns how many files."""
    with store.read() as connection:
        stale = _stale(connection, campaign.id, folder / "arriving", at)
    if stale:
        store.submit(lambda connection: audit.write(
            connection, campaign.id, at, actor, "arriving.removed", f"campaign:{campaign.slug}", files=len(stale)))
    for path in stale:
        path.unlink(missing_ok=True)
        path.with_suffix(".name").unlink(missing_ok=True)
    return len(stale)


def _stale(connection: Connection, campaign_id: int, arriving: Path, at: datetime) -> list[Path]:
    undecided = set(connection.execute(select(held_item.c.item).where(
        held_item.c.campaign_id == campaign_id, held_item.c.verdict.is_(None))).scalars())
    before = (at - timedelta(days=KEPT_DAYS)).timestamp()
    return [path for path in sorted(arriving.glob("*/*")) if path.suffix in (".part", ".whole", ".new")
            and path.stem.split("-")[0] not in undecided and path.stat().st_mtime < before]


def _settle(folder: Path) -> None:
    """See to it that the entries of a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _append(file: BinaryIO, sealed: bytes) -> None:
    file.seek(0, os.SEEK_END)
    file.write(len(sealed).to_bytes(_LENGTH, "big") + sealed)
    file.flush()


def _about(stem: str, place: int) -> str:
    return f"arriving:{stem}:{place}"


def _length(path: Path) -> int:
    """The bytes of content in a file of sealed chunks."""
    total, end, size = 0, 0, path.stat().st_size
    with open(path, "rb") as file:
        while end + _LENGTH <= size:
            file.seek(end)
            length = int.from_bytes(file.read(_LENGTH), "big")
            if end + _LENGTH + length > size:
                break
            end, total = end + _LENGTH + length, total + max(0, length - _SEAL)
    return total


def _sha256(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]):
        self.pieces, self.left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        while not self.left:
            try:
                self.left = next(self.pieces)
            except StopIteration:
                return 0
        count = min(len(buffer), len(self.left))
        buffer[:count] = self.left[:count]
        self.left = self.left[count:]
        return count
