"""Typed rows as CSV (RFC 4180, UTF-8) and back. What is missing is an empty cell; text is guarded (`exports.cells`)."""
from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO

from exports.archive.columns import Column, Table
from exports.archive.refusals import ArchiveDamaged
from exports.cells import STARTERS, neutralise, restore

Row = Sequence[object]
_GUARDED = ("string", "object")


@contextmanager
def writer(path: Path, table: Table) -> Iterator[Callable[[Row], None]]:
    """Writes `path` with a heading; gives a function that adds one row of values in the order of the table's columns."""
    guarded = [place for place, column in enumerate(table.columns) if column.type in _GUARDED]
    booleans = [place for place, column in enumerate(table.columns) if column.type == "boolean"]
    with open(path, "w", encoding="utf-8", newline="", buffering=1 << 20) as file:
        write = csv.writer(file, lineterminator="\r\n").writerow
        write(table.names)

        def add(row: Row) -> None:
            cells = list(row)
            for place in guarded:
                if cells[place] and cells[place][0] in STARTERS:
                    cells[place] = neutralise(cells[place])
            for place in booleans:
                cells[place] = "true" if cells[place] else "false"
            write(cells)

        yield add


def rows(file: BinaryIO, table: Table) -> Iterator[list]:
    """The typed rows of a CSV file. Raises ArchiveDamaged naming table, row and column when a cell is not what it must be."""
    parsers = [parser(column) for column in table.columns]
    width = len(parsers)
    reader = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""), strict=True)
    try:
        if next(reader, None) != table.names:
            raise ArchiveDamaged("表 {table} 的标题行与说明不符。", "The heading of table {table} is not as described.", table=table.name)
        for number, cells in enumerate(reader, 1):
            if len(cells) != width:
                raise ArchiveDamaged("表 {table} 第 {row} 行有 {found} 格，应为 {width} 格。",
                                     "Row {row} of table {table} has {found} cells instead of {width}.",
                                     table=table.name, row=number, found=len(cells), width=width)
            try:
                yield [parse(cell) for parse, cell in zip(parsers, cells)]
            except ValueError:
                raise _wrong_cell(table, parsers, cells, number) from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise ArchiveDamaged("表 {table} 不是合格的 UTF-8 CSV：{error}", "Table {table} is no proper UTF-8 CSV: {error}",
                             table=table.name, error=type(error).__name__) from None


def _wrong_cell(table: Table, parsers: list[Callable], cells: list[str], number: int) -> ArchiveDamaged:
    """Which cell it is. Its value is not said: it may be personal."""
    for column, parse, cell in zip(table.columns, parsers, cells):
        try:
            parse(cell)
        except ValueError:
            return ArchiveDamaged("表 {table} 第 {row} 行“{column}”栏的内容不合格（应为 {type}）。",
                                  "Row {row} of table {table}: the value in column “{column}” is not allowed (must be {type}).",
                                  table=table.name, row=number, column=column.name, type=column.type)
    raise AssertionError("unreachable: one of the cells was refused before")


_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?(e-?[0-9]{1,3})?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def parser(column: Column) -> Callable[[str], object]:
    """Reads a cell of `column`; raises ValueError when the value is not allowed there."""
    parse = _coded(column) if column.codes else _PARSERS[column.type]
    required = column.required

    def read(cell: str) -> object:
        if cell:
            return parse(cell)
        if required:
            raise ValueError
        return None

    return read


def _coded(column: Column) -> Callable[[str], str]:
    codes = {neutralise(code): code for code, _ in column.codes}
    if not column.many:
        def one(cell: str) -> str:
            if cell not in codes:
                raise ValueError
            return codes[cell]
        return one
    known = set(codes.values())

    def many(cell: str) -> str:
        text = restore(cell)
        if not known.issuperset(text.split(" ")):
            raise ValueError
        return text

    return many


def _matching(pattern: re.Pattern, then: Callable[[str], object]) -> Callable[[str], object]:
    def parse(cell: str) -> object:
        if not pattern.fullmatch(cell):
            raise ValueError
        return then(cell)
    return parse


def _date(cell: str) -> str:
    if len(cell) != 10:  # fromisoformat takes other ways of writing too
        raise ValueError
    date.fromisoformat(cell)
    return cell


def _boolean(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise ValueError
    return cell == "true"


_PARSERS = {
    "string": restore, "object": restore, "date": _date, "boolean": _boolean,
    "integer": _matching(_INTEGER, int), "number": _matching(_NUMBER, str), "datetime": _matching(_INSTANT, str),
}
