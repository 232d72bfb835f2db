"""The bag (BagIt, RFC 8493): made in a folder, and checked where it lies in the zip, without unpacking anything."""
from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import bagit

from exports.archive.refusals import ArchiveDamaged

_CHUNK = 1 << 20
_MOST_BYTES = 256 * 1024**3
_MOST_RATIO = 400  # columns of codes repeat; a bomb packs a thousandfold
_MOST_FILES = 500_000
_SMALL = 64 * 1024**2  # files that are read whole: manifests and descriptions
_TAGS = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
_DECLARATION = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64}) {1,2}([^\r\n]+)")

Progress = Callable[[int], None]


def make(folder: Path, info: dict[str, str]) -> None:
    """Turn `folder` into a bag: what is in it moves to `data/`. `info`: the lines of bag-info.txt."""
    bagit.make_bag(str(folder), bag_info=info, checksums=["sha256"])


class Bag:
    """A bag in a zip. Raises ArchiveDamaged for names, links and sizes that no bag of ours has."""

    def __init__(self, file: BinaryIO):
        try:
            self._zip = zipfile.ZipFile(file)
            packed = file.seek(0, os.SEEK_END)
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise _damaged("里面不是 zip 文件", "there is no zip inside") from None
        self._members = self._safe(self._zip.infolist(), packed)
        self.digests: dict[str, str] = {}
        """SHA-256 by file, of the files in `data/`; once they were checked."""

    @property
    def size(self) -> int:
        """Bytes of all files, unpacked."""
        return sum(info.file_size for info in self._members.values())

    @property
    def names(self) -> list[str]:
        return list(self._members)

    def size_of(self, name: str) -> int | None:
        """Bytes of a file, unpacked; None where there is none of that name."""
        return self._members[name].file_size if name in self._members else None

    def open(self, name: str) -> BinaryIO:
        """A file of the bag, by its path below the bag's folder, such as `data/datapackage.json`."""
        try:
            return self._zip.open(self._members[name])
        except KeyError:
            raise _damaged(f"缺少文件 {name}", f"the file {name} is missing") from None
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise _damaged(f"文件 {name} 打不开", f"the file {name} cannot be opened") from None

    def read(self, name: str) -> bytes:
        """The whole of a small file."""
        if name in self._members and self._members[name].file_size > _SMALL:
            raise _damaged(f"文件 {name} 过大", f"the file {name} is too large")
        with self.open(name) as file:
            try:
                return file.read()
            except (zipfile.BadZipFile, zlib.error, EOFError):
                raise _damaged(f"文件 {name} 损坏", f"the file {name} is damaged") from None

    def check(self, progress: Progress = lambda done: None) -> int:
        """Every file against its SHA-256, none missing, none besides. Returns how many files; raises ArchiveDamaged."""
        if self.read("bagit.txt") != _DECLARATION:
            raise _damaged("bagit.txt 不对", "bagit.txt is not right")
        tags, payload = self._manifest("tagmanifest-sha256.txt"), self._manifest("manifest-sha256.txt")
        if set(tags) != set(_TAGS[:3]) or any(not name.startswith("data/") for name in payload):
            raise _damaged("清单列出了不该有的文件", "a manifest names files that do not belong there")
        listed = {**tags, **payload}
        for name in [*listed, *(name for name in self._members if name not in listed)]:
            if name not in listed and name != _TAGS[3]:
                raise _damaged(f"文件 {name} 不在清单里", f"the file {name} is in no manifest")
        self.digests = payload
        for name, digest in listed.items():
            if self._digest(name, progress) != digest:
                raise _damaged(f"文件 {name} 的校验和不符", f"the checksum of the file {name} differs")
        return len(listed)

    def _manifest(self, name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        try:
            lines = self.read(name).decode().splitlines()
        except UnicodeDecodeError:
            lines = [""]
        for line in lines:
            match = _LINE.fullmatch(line)
            if not match or match[2] in found:
                raise _damaged(f"清单 {name} 有一行不对", f"a line of {name} is not right")
            found[match[2]] = match[1]
        return found

    def _digest(self, name: str, progress: Progress) -> str:
        summed = hashlib.sha256()
        with self.open(name) as file:
            try:
                while chunk := file.read(_CHUNK):
                    summed.update(chunk)
                    progress(len(chunk))
            except (zipfile.BadZipFile, zlib.error, EOFError):
                raise _damaged(f"文件 {name} 损坏", f"the file {name} is damaged") from None
        return summed.hexdigest()

    def _safe(self, members: list[zipfile.ZipInfo], packed: int) -> dict[str, zipfile.ZipInfo]:
        if len(members) > _MOST_FILES:
            raise _damaged("文件太多", "there are too many files")
        if sum(info.file_size for info in members) > min(_MOST_BYTES, _MOST_RATIO * packed + _SMALL):
            raise _damaged("解压后大得不合理（可能是压缩炸弹）", "it would unpack to an absurd size (perhaps a zip bomb)")
        found: dict[str, zipfile.ZipInfo] = {}
        tops = set()
        for info in members:
            top, _, rest = info.filename.partition("/")
            kind = stat.S_IFMT(info.external_attr >> 16)
            if not _plain(info.filename) or not rest or kind not in (0, stat.S_IFREG):
                raise _damaged("有文件名或文件类型不安全", "a file's name or kind is not safe")
            if rest in found or info.flag_bits & 1:
                raise _damaged("同一文件出现两次，或被加密", "a file is there twice, or is encrypted")
            tops.add(top)
            found[rest] = info
        if len(tops) != 1:
            raise _damaged("不是只有一个文件夹", "there is not exactly one folder")
        return found


def _plain(name: str) -> bool:
    """Whether a name stays below the folder it is unpacked in, on any system."""
    return not (any(part.strip(" .") == "" for part in name.split("/")) or any(char in name for char in '\\:*?"<>|')
                or any(ord(char) < 32 for char in name))


def _damaged(zh: str, en: str) -> ArchiveDamaged:
    return ArchiveDamaged(f"归档包不合格：{zh}。", f"The archive's bag is not right: {en}.")
