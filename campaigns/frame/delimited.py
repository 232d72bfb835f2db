"""Reading CSV: what encoding, what delimiter, then rows. Nothing is guessed that can be checked."""
from __future__ import annotations

import codecs
import contextlib
import csv
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from campaigns.frame.errors import RegisterRefused
from campaigns.frame.gb18030 import corrected
from campaigns.frame.quotes import QuotedLines, unpaired
from campaigns.frame.sheets import Cells, Sheet

DELIMITERS = (",", ";", "\t")
_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SURELY_UTF8 = 8  # so many characters of several bytes in a row are not UTF-8 by chance: the file is UTF-8 with a fault
_NAMED_DELIMITER = re.compile(r"sep=(.)", re.IGNORECASE)  # first line that Excel writes and understands


def sheet_of(path: Path, score: Callable[[list[Cells]], int], head: int) -> Sheet:
    """The one sheet of a delimited text file. Raises RegisterRefused.

    `score` says how well the first `head` rows look like a register; the delimiter with the best score is taken.
    """
    encoding = encoding_of(path)
    delimiter = max(DELIMITERS, key=lambda each: score(_head(_rows(path, encoding, each), head)))
    return Sheet(path.stem, lambda: _rows(path, encoding, delimiter))


def _head(rows: Iterator[Cells], most: int) -> list[Cells]:
    """The first rows, fewer where they cannot be read: with a wrong delimiter hardly any quotation mark has its pair."""
    found: list[Cells] = []
    with contextlib.suppress(RegisterRefused):
        found.extend(itertools.islice(rows, most))
    return found


def encoding_of(path: Path) -> str:
    """`utf-8-sig`, `utf-16`, `utf-8` or `gb18030`, whichever the whole file is. Raises RegisterRefused."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return _whole(path, encoding)
    if b"\0" in start:
        raise RegisterRefused("{file} 不是文本文件，也不是 Excel 工作簿。请在 Excel 或 WPS 中另存为 .xlsx 或“CSV UTF-8”后再导入。",
                              "{file} is neither text nor an Excel workbook. Save it as .xlsx or “CSV UTF-8” in Excel or WPS, "
                              "import again.", file=path.name)
    fault = _first_fault(path, "utf-8")
    if fault is None:
        return "utf-8"
    if fault.wide >= _SURELY_UTF8:
        raise _wrong_encoding(path, "UTF-8", fault.line)
    return _whole(path, "gb18030")


def _whole(path: Path, encoding: str) -> str:
    fault = _first_fault(path, encoding)
    if fault:
        raise _wrong_encoding(path, encoding.upper().removesuffix("-SIG"), fault.line)
    return encoding


class _Fault:
    """Where decoding fails: the line, and how many non-ASCII characters were read before it."""

    def __init__(self, line: int, wide: int):
        self.line = line
        self.wide = wide


def _first_fault(path: Path, encoding: str) -> _Fault | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line, wide = 1, 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[:error.start].decode(error.encoding, "replace")
                return _Fault(line + before.count("\n"), wide + sum(sign > "\x7f" for sign in before))
            line += text.count("\n")
            wide += 0 if text.isascii() else sum(sign > "\x7f" for sign in text[:_CHUNK // 16])
            if not chunk:
                return None


def _wrong_encoding(path: Path, encoding: str, line: int) -> RegisterRefused:
    return RegisterRefused("{file} 第 {line} 行有无法识别的字（文件像是 {encoding} 编码）。"
                           "请在 Excel 或 WPS 中打开，另存为“CSV UTF-8”或 .xlsx 后再导入。",
                           "{file}, row {line}: characters that cannot be read (the file looks like {encoding}). Open it in Excel or WPS, "
                           "save as “CSV UTF-8” or .xlsx, import again.", file=path.name, line=line, encoding=encoding)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Cells]:
    with path.open(encoding=encoding, newline="") as file:
        lines: Iterator[str] = map(corrected, file) if encoding == "gb18030" else file
        first, before = next(lines, ""), 0
        named = _NAMED_DELIMITER.fullmatch(first.strip("\r\n "))
        if named:
            yield []
            delimiter, before = named[1], 1
        else:
            lines = itertools.chain((first,), lines)
        read = csv.reader(QuotedLines(lines, delimiter, path.name, before), delimiter=delimiter, strict=True)
        try:
            yield from read
        except csv.Error as error:
            raise unpaired(path.name, before + read.line_num) from error
