"""The sheets of an XLSForm workbook as rows of text, with their row numbers for whoever has to mend them."""
from __future__ import annotations

import io
import zipfile
from typing import NamedTuple

import python_calamine

from forms.language import Refusal, Text

LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_ROWS = 5_000


class Problem(NamedTuple):
    """Something to mend in a workbook. `row` counts as the spreadsheet does, 0 for the whole sheet."""

    sheet: str
    row: int
    cause: Text
    remedy: Text

    def text(self) -> Text:
        where = Text(f"工作表 {self.sheet}" + f" 第 {self.row} 行" * bool(self.row),
                     f"Sheet {self.sheet}" + f", row {self.row}" * bool(self.row))
        return Text(f"{where.zh}：{self.cause.zh}。{self.remedy.zh}", f"{where.en}: {self.cause.en}. {self.remedy.en}")


class FormError(Refusal):
    """A workbook that cannot become a form; `problems` lists every reason found."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        texts = [problem.text() for problem in problems]
        super().__init__("\n".join(t.zh for t in texts), "\n".join(t.en for t in texts))


class Row(NamedTuple):
    """One row: its number and its non-empty cells by lower-case heading."""

    number: int
    cells: dict[str, str]


def read(data: bytes) -> dict[str, list[Row]]:
    """The rows of each sheet by lower-case sheet name. Raises FormError for what is no readable .xlsx."""
    _refuse_unreadable(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name.lower(): _rows(book.get_sheet_by_name(name), name) for name in book.sheet_names}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable(Text("文件坏了，打不开", f"the file is damaged ({type(error).__name__})")) from None
    if not sheets.get("survey"):
        raise FormError([Problem("survey", 0, Text("没有问题", "there are no questions"),
                                 Text("请在名为 survey 的工作表里写问题", "Write the questions in a sheet named survey"))])
    return sheets


def _rows(sheet: python_calamine.CalamineSheet, name: str) -> list[Row]:
    if sheet.total_height > MOST_ROWS:
        raise FormError([Problem(name, 0, Text(f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS:,} rows"),
                                 Text("请删去多余的行", "Remove the rows that are not needed"))])
    values = sheet.to_python(skip_empty_area=False)
    if not values:
        return []
    heading = [_cell(value).lower() for value in values[0]]
    rows = []
    for number, line in enumerate(values[1:], 2):
        cells = {head: text for head, text in zip(heading, map(_cell, line)) if head and text}
        if cells:
            rows.append(Row(number, cells))
    return rows


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _refuse_unreadable(data: bytes) -> None:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise _unreadable(Text("文件设了密码，或者是旧的 .xls 格式", "the file has a password, or is in the old .xls format"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        raise _unreadable(Text("这不是 Excel 文件", "this is no Excel file")) from None
    if unpacked > LARGEST_UNPACKED:
        raise _unreadable(Text("解开后太大", "it is too large once unpacked"))
    if "xl/workbook.xml" not in names:
        raise _unreadable(Text("这不是 Excel 文件", "this is no Excel file"))


def _unreadable(cause: Text) -> FormError:
    remedy = Text("请用 Excel 或 WPS 打开，另存为不带密码的 .xlsx 再试",
                  "Open it in Excel or WPS, save it as .xlsx without a password and try again")
    return FormError([Problem("—", 0, cause, remedy)])
