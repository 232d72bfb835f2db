"""Quotation marks in CSV: one without its pair must not swallow the rows below it.

A cell in quotation marks may hold line breaks (RFC 4180, 2.6), so a remark such as `"5寸` looks like the start of a cell that goes
on to the next quotation mark, or to the end of the file. Such a line is read as it stands where it then has as many cells as
the line before it; otherwise the file is refused.
"""
from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from campaigns.frame.errors import RegisterRefused

MOST_LINES = 200  # of one record; nobody writes so many lines in a cell


def unpaired(name: str, row: int) -> RegisterRefused:
    """The refusal of file `name` for a quotation mark in `row`, from 1."""
    return RegisterRefused("{file} 第 {row} 行的引号没有成对，这一行读不下去。"
                           "请在这一行补上或删去引号（或在 Excel、WPS 中另存为 .xlsx）后再导入。",
                           "{file}, row {row}: a quotation mark without its pair, so the row cannot be read. Add or delete the "
                           "quotation mark in this row (or save as .xlsx in Excel or WPS), import again.", file=name, row=row)


class QuotedLines:
    """The lines of a CSV file for `csv.reader`, in which every quotation mark that opens a cell has its pair.

    `before`: rows already read. Raises RegisterRefused with the row when a line can be read in two ways, or in none.
    """

    def __init__(self, lines: Iterator[str], delimiter: str, name: str, before: int = 0):
        mark = re.escape(delimiter)
        quoted, bare = '"(?:[^"]++|"")*+"', f'(?:[^"{mark}\\r\\n][^{mark}\\r\\n]*+)?+'
        self._whole = re.compile(f"(?:(?:{quoted}|{bare}){mark})*+(?:{quoted}|{bare})[\\r\\n]*+")
        self._open = re.compile(f'(?:(?:{quoted}|{bare}){mark})*+"(?:[^"]++|"")*+')
        self._cell = re.compile(f"({quoted}(?={mark}|$))|[^{mark}]*+")
        self._lines, self._delimiter, self._name, self._row = lines, delimiter, name, before
        self._again: deque[str] = deque()  # lines looked at and to be read once more
        self._clean = ""  # the last line that could be read by itself

    def __iter__(self) -> Iterator[str]:
        while (line := self._next()) is not None:
            self._row += 1
            if '"' not in line or self._whole.fullmatch(line):
                self._clean = line
                yield line
            else:
                yield from self._settled(line)

    def _settled(self, line: str) -> list[str]:
        """The lines of the record that starts with `line`, which cannot be read by itself."""
        record, closed = [line], False
        text = line
        while not closed and self._open.fullmatch(text) and len(record) < MOST_LINES:
            more = self._up_to_quote(MOST_LINES - len(record))
            if not more:
                break
            record += more
            text = "".join(record)
            closed = self._whole.fullmatch(text) is not None
        if closed:
            if self._swallows(record):
                raise unpaired(self._name, self._row)
            return record
        cells = self._literal(line)
        if len(cells) < 2 or len(cells) != self._width():
            raise unpaired(self._name, self._row)
        self._again.extendleft(reversed(record[1:]))
        self._clean = self._joined(cells)
        return [self._clean]

    def _next(self) -> str | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _up_to_quote(self, most: int) -> list[str]:
        """The next lines, up to one with a quotation mark."""
        found: list[str] = []
        while len(found) < most and (line := self._next()) is not None:
            found.append(line)
            if '"' in line:
                break
        return found

    def _swallows(self, record: list[str]) -> bool:
        """Whether lines of `record` look like rows of their own: then nobody can tell whether it is one cell or several rows."""
        width = self._width()
        likely = [1 < len(self._literal(line)) == width for line in record]
        return any(likely[1:-1]) or (likely[0] and likely[-1])

    def _width(self) -> int:
        return len(self._literal(self._clean)) if self._clean else 0

    def _literal(self, line: str) -> list[str]:
        """The cells of one line, where a quotation mark that has no pair is a character like any other."""
        line, cells, place = line.rstrip("\r\n"), [], 0
        while True:
            found = self._cell.match(line, place)
            cells.append(found[1][1:-1].replace('""', '"') if found[1] else found[0])
            place = found.end() + 1
            if place > len(line):
                return cells

    def _joined(self, cells: list[str]) -> str:
        return self._delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"
