"""A private folder for the time that an archive is made or read. Nothing of it stays: not after a failure, not after an
interruption; what a killed process left behind is removed by the next one."""
from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from exports.archive.refusals import CannotWrite

_PREFIX = "archive-"


@contextmanager
def private_folder(home: Path) -> Iterator[Path]:
    """A folder of mode 0700 under `home`, removed at the end. Raises CannotWrite when there is no room."""
    parent = (home / "work").absolute()
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder, handle = _new_folder(parent)
    except OSError as error:
        raise cannot_write(parent, error) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _new_folder(parent: Path) -> tuple[Path, int]:
    """A new folder and the handle that holds its lock. One process at a time, so that none sweeps a folder not locked yet."""
    turn = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _sweep(parent)
        folder = parent / f"{_PREFIX}{secrets.token_hex(6)}"
        folder.mkdir(mode=0o700)
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        return folder, handle
    finally:
        os.close(turn)


def _sweep(parent: Path) -> None:
    """Remove the folders whose process is gone: its lock went with it."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # its owner has just finished
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)


def nameless_file(folder: Path) -> BinaryIO:
    """A file without a name in `folder`: it is gone with the process, however that ends."""
    return tempfile.TemporaryFile(dir=folder, buffering=1 << 20)


def cannot_write(path: Path, error: OSError) -> CannotWrite:
    return CannotWrite("无法写入 {path}：{reason}。请检查文件夹、权限和磁盘空间。",
                       "Cannot write to {path}: {reason}. Please check the folder, its permissions and free space.",
                       path=path, reason=os.strerror(error.errno) if error.errno else type(error).__name__)
