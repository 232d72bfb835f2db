"""The sheets of an XLSForm workbook as rows of text, with their row numbers for whoever has to mend them.

Read by calamine, within limits, so that a hostile file costs little; .xlsx and the old .xls. The cells are made text
in the way that pyxform does it (20 not 20.0, TRUE, dates as they print), because pyxform judges them afterwards.
"""
from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

import python_calamine

from forms.formulas import REMEDY, formulas
from forms.language import Refusal, Text

LARGEST = 32 * 1024 * 1024
LARGEST_UNPACKED = 128 * 1024 * 1024
LARGEST_SHEET = 64 * 1024 * 1024
MOST_ROWS = {"survey": 20_000}
MOST_ROWS_ELSEWHERE = 60_000
MOST_COLUMNS = 2_000
SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm", "cascades", "columns")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Columns that hold yes or no, and what people write for it; pyxform takes an unknown word for a reference to a question.
SWITCHES = ("required", "read_only", "readonly", "disabled")
SPELT = {"是": "yes", "必填": "yes", "要": "yes", "对": "yes", "y": "yes", "√": "yes", "✓": "yes",
         "否": "no", "不": "no", "n": "no", "选填": "no"}
_SPACES = re.compile(" +")
# The record with which an old .xls that has a password begins, right behind its first one (MS-XLS 2.4.117, FilePass).
_FILEPASS = re.compile(rb"\x09\x08[\x08\x10]\x00.{8,80}?\x2f\x00.\x00[\x00\x01]\x00", re.DOTALL)


class Problem(NamedTuple):
    """Something to mend in a workbook. `row` counts as the spreadsheet does, 0 for the whole sheet; `column`: its heading."""

    sheet: str
    row: int
    cause: Text
    remedy: Text
    column: str = ""

    def text(self) -> Text:
        where = Text(f"工作表 {self.sheet}" + f" 第 {self.row} 行" * bool(self.row) + f" {self.column} 列" * bool(self.column),
                     f"Sheet {self.sheet}" + f", row {self.row}" * bool(self.row)
                     + f", column {self.column}" * bool(self.column))
        if self.sheet == "—":
            where = Text("整个文件", "The file")
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


@dataclass
class Workbook:
    """sheets: rows by lower-case sheet name. headings: as written, by sheet. names: of all sheets, as written.
    problems: cells that cannot be used. formulas: (sheet, place such as C5) of those whose kept result is read. spelt: (row, heading,
    text) of cells of the sheet survey that say yes or no in other words."""

    sheets: dict[str, list[Row]] = field(default_factory=dict)
    headings: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    formulas: list[tuple[str, str]] = field(default_factory=list)
    spelt: list[tuple[int, str, str]] = field(default_factory=list)


def read(data: bytes) -> Workbook:
    """The workbook's contents. Raises FormError for what is no readable workbook or has no questions."""
    _refuse_unreadable(data)
    found = Workbook()
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found.names = list(book.sheet_names)
        for name in found.names:
            if name.lower() in SHEETS or len(found.names) == 1:
                _take(found, book.get_sheet_by_name(name), name.lower() if name.lower() in SHEETS else "survey")
    except FormError:
        raise
    # calamine panics (a BaseException of its own) on some broken files
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        if isinstance(error, python_calamine.PasswordError) or data[:8] == OLE and _FILEPASS.search(data):
            raise _unreadable(Text("文件设了密码", "the file has a password")) from None
        raise _unreadable(Text("文件坏了，打不开", f"the file is damaged ({type(error).__name__})")) from None
    if not found.sheets.get("survey"):
        raise FormError([_without_questions(found)])
    if data[:2] == b"PK":
        for cell in formulas(data, found.headings):
            if cell.usable:
                found.formulas.append((cell.sheet, cell.place))
            else:
                found.problems.append(Problem(cell.sheet, cell.row, cell.cause, REMEDY, cell.column))
    return found


def _without_questions(found: Workbook) -> Problem:
    if "survey" in found.sheets:
        return Problem("survey", 0, Text("没有问题", "there are no questions"),
                       Text("第一行写列名（type、name、label），下面每行一个问题",
                            "Write the headings type, name and label in the first row and a question in each row below"))
    names = Text("、".join(found.names[:8]), ", ".join(found.names[:8]))
    return Problem("—", 0, Text(f"没有名为 survey 的工作表，这里有：{names.zh}", f"there is no sheet named survey; it has {names.en}"),
                   Text("请把写问题的工作表改名为 survey，写选项的改名为 choices",
                        "Name the sheet with the questions survey and the one with the choices choices"))


def refuse_ending(filename: str) -> None:
    """Raises FormError for a file that calls itself a workbook with macros, whatever is in it."""
    if filename.lower().endswith((".xlsm", ".xltm", ".xlsb", ".xlam")):
        raise _with_macros()


def _take(found: Workbook, sheet: python_calamine.CalamineSheet, name: str) -> None:
    limit = MOST_ROWS.get(name, MOST_ROWS_ELSEWHERE)
    if sheet.total_height > limit or sheet.total_width > MOST_COLUMNS:
        raise FormError([Problem(name, 0, Text(f"超过 {limit} 行或 {MOST_COLUMNS} 列",
                                               f"more than {limit:,} rows or {MOST_COLUMNS:,} columns"),
                                 Text("请删去多余的行和列", "Remove the rows and columns that are not needed"))])
    values = sheet.to_python(skip_empty_area=False)
    heading = [_SPACES.sub(" ", _cell(value)) for value in values[0]] if values else []
    _refuse_double(heading, name)
    rows, cells = [], []
    for number, line in enumerate(values[1:], 2):
        texts = [_cell(value) for value in line]
        written = {head: text for head, text in zip(heading, texts) if head and text}
        if name == "survey":
            _spell(found, number, written)
        cells.append(written)
        if written:
            rows.append(Row(number, {head.lower(): text for head, text in written.items()}))
    while cells and not cells[-1]:
        cells.pop()
    found.sheets[name], found.cells[name], found.headings[name] = rows, cells, heading


def _spell(found: Workbook, number: int, written: dict[str, str]) -> None:
    for head, text in written.items():
        if head.lower().replace(" ", "_") in SWITCHES and text.lower() in SPELT:
            found.spelt.append((number, head, text))
            written[head] = SPELT[text.lower()]


def _refuse_double(heading: list[str], name: str) -> None:
    known = [head for head in heading if head]
    double = next((head for head in known if known.count(head) > 1), None)
    if double:
        raise FormError([Problem(name, 1, Text(f"有两列都叫“{double}”", f"Duplicate column header: {double}"),
                                 Text("请删去或改名其中一列", "Remove or rename one of the two columns"), double)])


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return str(value).strip().replace("\xa0", " ")


def _refuse_unreadable(data: bytes) -> None:
    if len(data) > LARGEST:
        raise _unreadable(Text("文件太大", f"the file has more than {LARGEST // 2**20} MiB"))
    if data[:8] == OLE:
        return _refuse_old(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sizes = [item.file_size for item in archive.infolist()]
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _unreadable(Text("这不是 Excel 文件", "this is no Excel file")) from None
    if sum(sizes) > LARGEST_UNPACKED or max(sizes, default=0) > LARGEST_SHEET:
        raise FormError([Problem("—", 0, Text("解开后太大", "it is too large once unpacked"),
                                 Text("请删去图片、多余的工作表和空行空列，再试",
                                      "Remove pictures, other sheets and empty rows and columns, then try again"))])
    if not any(re.fullmatch(r"xl/workbook\d*\.xml", name) for name in names):
        raise _unreadable(Text("这不是 Excel 文件", "this is no Excel file"))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _with_macros()


def _refuse_old(data: bytes) -> None:
    """What an OLE file (the old .xls, or an .xlsx with a password) must not hold."""
    wide = "EncryptedPackage".encode("utf-16-le")
    if wide in data or not ("Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data):
        raise _unreadable(Text("文件设了密码，或者不是 Excel 文件", "the file has a password, or is no Excel file"))
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _with_macros()


def _with_macros() -> FormError:
    return FormError([Problem("—", 0, Text("文件里有宏（程序）", "the file holds macros (programs)"),
                              Text("请用 Excel 或 WPS 另存为不带宏的 .xlsx 再试",
                                   "Save it in Excel or WPS as .xlsx without macros and try again"))])


def _unreadable(cause: Text) -> FormError:
    remedy = Text("请用 Excel 或 WPS 打开，另存为不带密码的 .xlsx 再试",
                  "Open it in Excel or WPS, save it as .xlsx without a password and try again")
    return FormError([Problem("—", 0, cause, remedy)])
