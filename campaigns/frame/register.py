"""A register file: what it really is, whatever its name says, and its sheets."""
from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

from campaigns.frame import delimited, workbooks
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.sheets import Cells, Sheet

LARGEST_FILE = 200 * 1024 * 1024
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # MS-CFB 2.2, and old .xls
_OLD_BIFF = (b"\x09\x00", b"\x09\x02", b"\x09\x04")  # .xls of before 1997, not in a container
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta")


def sheets_of(path: Path, score: Callable[[list[Cells]], int], head: int) -> list[Sheet]:
    """The sheets of the register at `path`. `score` and `head`: see `delimited.sheet_of`. Raises RegisterRefused."""
    start = _start(path)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE, *_OLD_BIFF)):
        found = workbooks.sheets_of(path)
        workbooks.refuse_too_many_rows(path, sum(sheet.height for sheet in found))
        return found
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise RegisterRefused("{file} 其实是网页，不是工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
                              "{file} is really a web page, not a workbook. Open it in Excel or WPS, save as .xlsx, import again.",
                              file=path.name)
    return [delimited.sheet_of(path, score, head)]


def _start(path: Path) -> bytes:
    """The first bytes of a file that can be imported at all."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise RegisterRefused("{path} 不是文件（是文件夹或设备）。请给出登记底册文件。",
                                  "{path} is not a file but a folder or device. Name the register file.", path=path)
        if about.st_size > LARGEST_FILE:
            raise RegisterRefused("{file} 有 {size} MiB，超过 {limit} MiB。请按社区分成几个文件，逐个导入。",
                                  "{file} has {size} MiB, more than {limit} MiB. Split it by community and import the parts one by one.",
                                  file=path.name, size=about.st_size >> 20, limit=LARGEST_FILE >> 20)
        if about.st_size == 0:
            raise RegisterRefused("{file} 是空文件。请检查是否导出成功。", "{file} is empty. Check that it was exported properly.",
                                  file=path.name)
        with path.open("rb") as file:
            return file.read(512)
    except (OSError, ValueError) as error:
        raise RegisterRefused("打不开 {path}（{why}）。请核对文件名和所在文件夹。",
                              "{path} cannot be opened ({why}). Check the name and the folder.",
                              path=path, why=getattr(error, "strerror", None) or error) from None


def fingerprint(path: Path) -> str:
    """SHA-256 of the file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
