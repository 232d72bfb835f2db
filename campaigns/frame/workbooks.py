"""Reading .xlsx and .xls through calamine, after a look at the file that keeps it from eating the machine.

calamine holds a sheet as a full rectangle up to its last cell, so a file of 5 KB with one cell in the far corner would take
all memory; and a zip of 200 KB can hold a gigabyte. Both are found here before calamine sees the file.
"""
from __future__ import annotations

import mmap
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import python_calamine as calamine

from campaigns.frame import formulas
from campaigns.frame.errors import RegisterRefused
from campaigns.frame.sheets import MOST_ROWS, Cells, Merge, Sheet

MOST_UNPACKED = 1 << 30  # bytes inside one .xlsx; 766,880 doors of 14 columns take about 0.6 GB
MOST_CELLS = 40_000_000  # in the rectangle of one sheet; about 1.2 GB in memory
_CHUNK = 1 << 20
_OVERLAP = 64  # a cell reference cut by the edge of a chunk is seen whole in the next

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream's name, MS-OFFCRYPTO 2.3.4.1


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of the workbook at `path`, chart and macro sheets left out. Raises RegisterRefused."""
    unvalued: dict[str, formulas.Places] = {}
    if zipfile.is_zipfile(path):
        suspects = _look_into_zip(path)
        unvalued = formulas.without_value(path, suspects) if suspects else {}
    else:
        _look_into_ole(path)
    with _calamine_errors(path):
        book = calamine.load_workbook(path)
        kept = [(place, each) for place, each in enumerate(book.sheets_metadata)
                if each.typ == calamine.SheetTypeEnum.WorkSheet]
        # one at a time would need less memory, but every sheet must be found readable before anything is imported
        return [_sheet(book.get_sheet_by_index(place), each, unvalued.get(each.name, {})) for place, each in kept]


def _sheet(found: calamine.CalamineSheet | None, metadata: calamine.SheetMetadata, unvalued: formulas.Places) -> Sheet:
    hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
    if found is None or found.start is None:
        return Sheet(metadata.name, lambda: iter(()), hidden)
    left = found.start[1]  # calamine leaves out empty columns on the left, but not empty rows on top
    merges = tuple(sorted(_shifted(found.merged_cell_ranges or (), left, found.end[0])))
    rows = formulas.marked(found.iter_rows, unvalued, left) if unvalued else found.iter_rows
    return Sheet(metadata.name, rows, hidden, found.end[0] + 1, merges)


def _shifted(ranges: list, left: int, last_row: int) -> Iterator[Merge]:
    for (top, first), (bottom, last) in ranges:
        if first >= left and last >= first and top <= min(bottom, last_row):
            yield top, first - left, min(bottom, last_row), last - left


class _calamine_errors:
    """Turns whatever calamine raises into a sentence. A panic of its Rust code derives from BaseException."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            return
        if issubclass(kind, calamine.PasswordError):
            raise encrypted(self.path) from error
        if issubclass(kind, (calamine.CalamineError, OSError, ValueError)) or kind.__name__ == "PanicException":
            raise damaged(self.path) from error


def encrypted(path: Path) -> RegisterRefused:
    """The refusal of a workbook with a password."""
    return RegisterRefused("{file} 设有打开密码，无法读取。请在 Excel 或 WPS 中去掉密码（文件 → 信息 → 保护工作簿）另存后再导入。",
                           "{file} has a password. Remove it in Excel or WPS (File, Info, Protect Workbook), save, import again.",
                           file=path.name)


def damaged(path: Path) -> RegisterRefused:
    """The refusal of a file that is no workbook, or half of one."""
    return RegisterRefused("{file} 已损坏，或不是 Excel 工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
                           "{file} is damaged or no Excel workbook. Open it in Excel or WPS, save as .xlsx, import again.",
                           file=path.name)


def _look_into_ole(path: Path) -> None:
    """Refuse what is in an OLE container (old .xls) but is no workbook that can be read."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            raise encrypted(path)


def _look_into_zip(path: Path) -> set[str]:
    """Refuse a zip that is no .xlsx, unpacks to too much, or whose sheets stretch too far.

    Returns the parts that may hold formulas without a value.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "EncryptionInfo" in names or any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise encrypted(path)
            if not any(name.lower().endswith(("workbook.xml", "workbook2.xml")) for name in names):
                raise RegisterRefused("{file} 不是 .xlsx 工作簿。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入。",
                                      "{file} is no .xlsx workbook. Open it in Excel or WPS, save as .xlsx, import again.",
                                      file=path.name)
            return _measure(archive, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise damaged(path) from error


def _measure(archive: zipfile.ZipFile, path: Path) -> set[str]:
    """Unpack everything once in small pieces: sizes that the zip states are not to be believed."""
    left, suspects = MOST_UNPACKED, set()
    if sum(entry.file_size for entry in archive.infolist()) > left:
        raise _too_much(path)
    for entry in archive.infolist():
        if entry.is_dir() or not entry.filename.lower().endswith((".xml", ".rels", ".bin", ".vml")):
            continue
        reach, is_sheet = _Reach(), "sheet" in entry.filename.lower()
        with archive.open(entry) as part:
            for chunk in _chunks(part):
                left -= len(chunk) - _OVERLAP
                if left < 0:
                    raise _too_much(path)
                if is_sheet:
                    reach.look(chunk)
                    if formulas.suspected(chunk):
                        suspects.add(entry.filename)
        if reach.cells > MOST_CELLS:
            with archive.open(entry) as part:
                _refuse_far_cells(part, path, entry.filename)
    return suspects


def _too_much(path: Path) -> RegisterRefused:
    return RegisterRefused("{file} 解压后超过 {limit} MiB，像是恶意或损坏的文件。请把内容复制到新工作簿，分成几个文件导入。",
                           "{file} unpacks to more than {limit} MiB, like a damaged or hostile file. Copy its content to new "
                           "workbooks and import them in parts.", file=path.name, limit=MOST_UNPACKED >> 20)


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    tail = b" " * _OVERLAP
    while chunk := part.read(_CHUNK):
        yield tail + chunk
        tail = (tail + chunk)[-_OVERLAP:]


class _Reach:
    """An upper bound of a sheet's rectangle, from how long its cell references are: cheap, and enough for most files."""

    _ODD = (b"'", b"\t", b"r =", b"r= ", b"r\n=", b"r=\n")  # hardly any program writes references so: count every cell
    _COLUMNS = ((re.compile(rb' r="[A-Z]{3}[0-9]'), 16_384), (re.compile(rb' r="[A-Z]{2}[0-9]'), 702))
    _ROWS = ((re.compile(rb' r="[A-Z]{0,3}[0-9]{7}'), 1_048_576), (re.compile(rb' r="[A-Z]{0,3}[0-9]{6}'), 999_999))

    def __init__(self) -> None:
        self._columns, self._rows, self._counted = 26, 99_999, 0

    def look(self, chunk: bytes) -> None:
        if any(odd in chunk for odd in self._ODD):
            self._columns, self._rows = 16_384, 1_048_576
        self._columns = self._widest(chunk, self._COLUMNS, self._columns)
        self._rows = self._widest(chunk, self._ROWS, self._rows)
        self._counted += chunk.count(b"<row")  # rows without a number follow one another

    @staticmethod
    def _widest(chunk: bytes, patterns: tuple, known: int) -> int:
        return next((reach for pattern, reach in patterns if reach > known and pattern.search(chunk)), known)

    @property
    def cells(self) -> int:
        return self._columns * min(max(self._rows, self._counted), 1_048_576)


_FILLED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["'](?:[^<>]*[^/<>])?>""")


def _refuse_far_cells(part: IO[bytes], path: Path, sheet: str) -> None:
    """Refuse when the cells that hold something span a rectangle above MOST_CELLS."""
    furthest_row = furthest_column = counted = 0
    for chunk in _chunks(part):
        counted += chunk.count(b"<row")
        for column, row in _FILLED.findall(chunk):
            furthest_row = max(furthest_row, int(row))
            furthest_column = max(furthest_column, _column_number(column))
    if max(furthest_row, counted) * furthest_column > MOST_CELLS:
        raise RegisterRefused(
            "{file} 的 {sheet} 内容延伸到第 {row} 行、第 {column} 列，读取会占满内存。"
            "请删去数据以外的行和列（或复制到新工作簿），保存后再导入。",
            "{sheet} of {file} reaches to row {row}, column {column}; reading it would use up all memory. Delete the rows and "
            "columns beyond the data (or copy it to a new workbook), save, import again.",
            file=path.name, sheet=sheet.rpartition("/")[2], row=max(furthest_row, counted), column=furthest_column)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def refuse_too_many_rows(path: Path, rows: int) -> None:
    """Raises RegisterRefused for more than MOST_ROWS."""
    if rows > MOST_ROWS:
        raise RegisterRefused("{file} 超过 {limit} 行。请按社区分成几个文件，逐个导入。",
                              "{file} has more than {limit} rows. Split it by community and import the parts one by one.",
                              file=path.name, limit=MOST_ROWS)


__all__ = ["Cells", "damaged", "encrypted", "refuse_too_many_rows", "sheets_of"]
