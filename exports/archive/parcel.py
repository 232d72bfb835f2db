"""From a folder to one encrypted file and back: zip, age and BLAKE2b in a single pass, whatever the size.

The zip is never on disk in plain when it is made, and only in a file without a name when it is read.
"""
from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage

from exports.archive.refusals import ArchiveDamaged, WrongKey

_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STORED = (".xlsx", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".mp4", ".m4a", ".mp3")  # compressed already
_AGE_HEADER = b"age-encryption.org/v1\n"

Progress = Callable[[int], None]


def pack(folder: Path, top: str, out: BinaryIO, recipients: Sequence, progress: Progress = lambda done: None) -> bytes:
    """Write the files of `folder` to `out`, zipped under the name `top` and encrypted; returns the BLAKE2b-512 of it."""
    source, sink = _Source(_zipped(folder, top, progress)), _Hashed(out)
    _run(lambda: pyrage.encrypt_io(source, sink, list(recipients)), source, sink)
    return sink.digest()


def unpack(file: BinaryIO, out: BinaryIO, identities: Sequence) -> bytes:
    """Decrypt `file` into `out`; returns the BLAKE2b-512 of what was read. Raises WrongKey or ArchiveDamaged."""
    if not identities:
        raise WrongKey("没有解密用的私钥。", "There is no identity to decrypt with.")
    source, sink = _Reading(file), _Writing(out)
    try:
        _run(lambda: pyrage.decrypt_io(source, sink, list(identities)), source, sink)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise WrongKey("归档加密给了别的接收方，这里的私钥打不开。",
                           "The archive is encrypted to another receiver; the identity here does not open it.") from None
        raise ArchiveDamaged("归档无法解密：{error}", "The archive cannot be decrypted: {error}", error=error) from None
    return source.digest()


def blake2b(file: BinaryIO) -> bytes:
    """BLAKE2b-512 of the whole file."""
    summed = hashlib.blake2b()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        summed.update(chunk)
    return summed.digest()


def is_encrypted(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(_AGE_HEADER)) == _AGE_HEADER


def _zipped(folder: Path, top: str, progress: Progress) -> Iterator[bytes]:
    """The bytes of a zip: members in order of their names, with fixed times, so equal content gives equal bytes."""
    out = _Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            info = zipfile.ZipInfo(f"{top}/{path.relative_to(folder).as_posix()}", _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if path.suffix in _STORED else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(info, "w") as member:
                while chunk := source.read(_CHUNK):
                    member.write(chunk)
                    progress(len(chunk))
                    yield out.take()
    yield out.take()


class _Pieces(io.RawIOBase):
    """Where a zip that cannot seek is written to; `take` hands over what has come since."""

    def __init__(self):
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


class _Checked:
    """Keeps the exception that a call from the encryption library ended in: the library would only tell its name."""

    error: BaseException | None = None

    def _keep(self, work: Callable, *values):
        try:
            return work(*values)
        except BaseException as error:  # raised again by _run
            self.error = error
            raise


def _run(work: Callable, *ends: _Checked) -> None:
    try:
        work()
    except (pyrage.EncryptError, pyrage.DecryptError, OSError):
        for end in ends:
            if end.error is not None:
                raise end.error from None
        raise


class _Source(_Checked):
    """Reads from an iterator of byte strings."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces, self._rest = pieces, memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        return self._keep(self._read, size)

    def _read(self, size: int) -> bytes:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


class _Hashed(_Checked):
    def __init__(self, out: BinaryIO):
        self._out, self._sum = out, hashlib.blake2b()

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self._keep(self._out.write, data)
        return len(data)

    def flush(self) -> None:
        self._keep(self._out.flush)

    def digest(self) -> bytes:
        return self._sum.digest()


class _Reading(_Checked):
    """Reads a file and sums what passes."""

    def __init__(self, file: BinaryIO):
        file.seek(0)
        self._file, self._sum = file, hashlib.blake2b()

    def read(self, size: int = -1) -> bytes:
        data = self._keep(self._file.read, size)
        self._sum.update(data)
        return data

    def digest(self) -> bytes:
        return self._sum.digest()


class _Writing(_Checked):
    def __init__(self, out: BinaryIO):
        self._out = out

    def write(self, data: bytes) -> int:
        self._keep(self._out.write, data)
        return len(data)

    def flush(self) -> None:
        self._keep(self._out.flush)
