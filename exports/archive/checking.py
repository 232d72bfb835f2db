"""`survey archive verify`: everything that can be wrong with an archive is found here, before anything is used of it.

ARC-1 The signature fits FILE, every byte of it, and is of the expected key.
ARC-2 With the identity: the bag holds exactly the files of its manifests, each with its checksum.
ARC-3 The tables are those described: heading, number of rows, type and code of every cell, keys unique, references found.
      The files that a table names are in the bag, with the size and SHA-256 that it says.
ARC-4 The signed comment says the same campaign, time and counts as the tables.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from campaigns.installation import Installation
from exports.archive import archive_keys, csvfile, minisign, package, parcel, tables
from exports.archive.bag import Bag
from exports.archive.columns import Table
from exports.archive.exporting import SIGNATURE, SILENT, Steps, comment
from exports.archive.key_set import KeySet
from exports.archive.minisign import PublicKey
from exports.archive.refusals import ArchiveDamaged, WrongKey
from exports.archive.work import cannot_write, nameless_file, private_folder
from forms.language import Refusal, Text

_MOST_SIGNATURE = 4096
KNOWN = {table.name: table for table in tables.of([])}


@dataclass
class Report:
    """What was checked. `comment`: the signed comment. `counts` and `facts` only when the archive could be opened."""

    key: str
    comment: str
    digest: str
    opened: bool = False
    files: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)


class Archive:
    """An opened archive whose signature was checked."""

    def __init__(self, bag: Bag, report: Report):
        self.bag, self.report = bag, report
        found, report.counts, report.facts = package.read(bag.read("data/datapackage.json"), KNOWN)
        self.tables = {table.name: table for table in found}

    def rows(self, table: str) -> Iterator[list]:
        """The typed rows of a table."""
        with self.bag.open(f"data/tables/{table}.csv") as file:
            yield from csvfile.rows(file, self.tables[table])

    def check(self, steps: Steps) -> None:
        """ARC-2 to ARC-4."""
        with steps.step(Text("核对校验和", "Checking checksums"), self.bag.size) as progress:
            self.report.files = self.bag.check(progress)
        if comment(self.report.facts, self.report.counts) != self.report.comment:
            raise ArchiveDamaged("签名里的说明与归档内容不符。", "The signed comment and the content of the archive differ.")
        with KeySet() as keys, steps.step(Text("核对各表", "Checking tables"), sum(self.report.counts.values())) as progress:
            for table in self.tables.values():
                self._check_table(table, keys, progress)

    def _file_checker(self, table: Table) -> Callable[[int, list], None]:
        """What looks at the file that a row of `table` names."""
        if "file" not in table.names:
            return lambda number, row: None
        file, size, digest = (table.names.index(name) if name in table.names else None for name in ("file", "bytes", "sha256"))

        def check(number: int, row: list) -> None:
            if row[file] is None:
                return
            path = f"data/{row[file]}"
            right = path in self.bag.digests and (size is None or self.bag.size_of(path) == row[size])
            if not right or (digest is not None and self.bag.digests[path] != row[digest]):
                raise ArchiveDamaged("表 {table} 第 {row} 行说的文件不在归档里，或不是那一个。",
                                     "The file that row {row} of table {table} names is not in the archive, or is another one.",
                                     table=table.name, row=number)
        return check

    def _check_table(self, table: Table, keys: KeySet, progress) -> None:
        key = [table.names.index(name) for name in table.key]
        refs = [(table.names.index(column), other) for column, (other, _) in table.refs]
        count = 0
        check_file = self._file_checker(table)
        for count, row in enumerate(self.rows(table.name), 1):
            check_file(count, row)
            keys.add(table.name, "\x1f".join([str(row[place]) for place in key]))
            for place, other in refs:
                if row[place] is not None:
                    keys.point(table.name, other, str(row[place]))
            if not count % 1000:
                progress(1000)
        progress(count % 1000)
        if count != self.report.counts[table.name]:
            raise ArchiveDamaged("表 {table} 有 {found} 行，说明里是 {told} 行。",
                                 "Table {table} has {found} rows; the description says {told}.",
                                 table=table.name, found=count, told=self.report.counts[table.name])
        keys.settle(table.name, table.refs)


def verify(here: Installation, file: Path, *, public_key: PublicKey | None = None, identities: Sequence | None = None,
           steps: Steps = SILENT) -> Report:
    """Check FILE and its signature; with an identity that opens it, everything inside too.

    public_key: whose signature it must be; None means this installation's own. identities: to open it with; None means this
    installation's own, and then an archive for somebody else is checked from outside only. Raises ArchiveDamaged, WrongKey.
    """
    try:
        with opened(here, file, public_key=public_key, identities=identities) as archive:
            archive.check(steps)
            return archive.report
    except _Elsewhere as elsewhere:
        return elsewhere.report


class _Elsewhere(WrongKey):
    """The signature is right, but the archive is for somebody else."""

    report: Report


@contextmanager
def opened(here: Installation, file: Path, *, public_key: PublicKey | None = None, identities: Sequence | None = None,
           ) -> Iterator[Archive]:
    """The archive in FILE, decrypted into a nameless file for as long as this lasts. Its signature is checked (ARC-1)."""
    expected = public_key or archive_keys.own_public_key(here.keyring)
    if expected is None:
        raise Refusal("这里没有归档密钥，请用 --public-key 给出发送单位的公钥。",
                      "There is no archive key here; give the sender's public key with --public-key.")
    with _file(file) as source:
        signature = _signature(file)
        digest = parcel.blake2b(source)
        signature.check(expected, digest)
        report = Report(expected.name, signature.comment, digest.hex())
        if not parcel.is_encrypted(source):
            raise ArchiveDamaged("这个文件有签名，但不是归档。", "This file is signed, but it is no archive.")
        own = identities if identities is not None else archive_keys.known_identities(here.keyring)
        with private_folder(here.settings.home) as folder, nameless_file(folder) as plain:
            try:
                again = parcel.unpack(source, plain, own)
            except WrongKey as wrong:
                elsewhere = _Elsewhere(*wrong.text)
                elsewhere.report = report
                raise (elsewhere if identities is None else wrong) from None
            except OSError as error:
                raise cannot_write(folder.parent, error) from error
            if again != digest:
                raise ArchiveDamaged("读取时文件被改动。", "The file changed while it was read.")
            report.opened = True
            yield Archive(Bag(plain), report)


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    try:
        file = open(path, "rb")
    except OSError:
        raise Refusal("读不到文件 {path}。", "Cannot read the file {path}.", path=path) from None
    with file:
        yield file


def _signature(file: Path) -> minisign.Signature:
    path = file.with_name(file.name + SIGNATURE)
    try:
        with open(path, "rb") as source:
            data = source.read(_MOST_SIGNATURE)
    except OSError:
        raise ArchiveDamaged("缺少签名文件 {path}。它应和归档放在一起。",
                             "The signature file {path} is missing. It belongs beside the archive.",
                             path=path) from None
    return minisign.parse(data)
