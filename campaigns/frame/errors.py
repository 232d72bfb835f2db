"""What can be wrong with a register: the whole file (RegisterRefused) or a row of it (Problem), and the errors workbook."""
from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from forms.language import Refusal, Text


class RegisterRefused(Refusal):
    """The file cannot be imported as it is; nothing was changed."""


class Fault(NamedTuple):
    """A kind of mistake: what it is, and what to do about it."""

    reason: Text
    remedy: Text

    def fill(self, **values: object) -> Fault:
        return Fault(self.reason.fill(**values), self.remedy.fill(**values))


class BadValue(Exception):
    """A cell holds something that cannot be taken. `shown` replaces the value in the errors workbook."""

    def __init__(self, fault: Fault, shown: str | None = None):
        super().__init__(fault.reason.en)
        self.fault = fault
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one row. `value` is empty for personal columns. `kept`: the row went in without this value."""

    sheet: str
    row: int  # as the spreadsheet numbers it, from 1
    column: str
    value: str
    fault: Fault
    kept: bool = False


NO_DOOR = Fault(
    Text("没有地址，也没有能定位到门的小区、楼栋、房号", "No address, and no compound, building and room that name a door"),
    Text("填写房号和楼栋（或小区），或填写地址", "Fill in the room and its building (or compound), or the address"))
NO_ROOM = Fault(
    Text("有楼栋没有房号，地址又与别的行相同，不知道是哪一户",
         "A building but no room, and the address is that of other rows too: it names no door"),
    Text("填写房号，或把地址写到这一户", "Fill in the room, or write an address that only this door has"))
FORMULA = Fault(
    Text("这一格是公式，文件里没有它的结果", "This cell is a formula without a value"),
    Text("用 Excel 或 WPS 打开文件并保存，再导入", "Open and save the file in Excel or WPS, import again"))
DUPLICATE = Fault(
    Text("与第 {row} 行（{sheet}）是同一户门", "The same door as row {row} ({sheet})"),
    Text("删去重复的一行；若确是两户门，请把小区、楼栋或房号写得能区分",
         "Delete one of the rows; if they are two doors, write compound, building or room so that they differ"))
AREA_NOT_NUMBER = Fault(
    Text("面积不是数", "The area is not a number"),
    Text("只写平方米数，如 89.45；不知道就留空", "Write square metres only, such as 89.45; leave it empty if unknown"))
AREA_IMPOSSIBLE = Fault(
    Text("面积应大于 0、不超过 100000 平方米", "The area must be above 0 and at most 100000 square metres"),
    Text("核对面积；不知道就留空", "Check the area; leave it empty if unknown"))
COORDINATE_NOT_NUMBER = Fault(
    Text("经纬度不是十进制度数", "Longitude or latitude is not in decimal degrees"),
    Text("写成 113.9350、22.5320 这样的度数；不知道就两格都留空",
         "Write degrees such as 113.9350 and 22.5320; leave both empty if unknown"))
COORDINATE_IMPOSSIBLE = Fault(
    Text("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间", "Longitude lies in -180 to 180, latitude in -90 to 90"),
    Text("核对坐标；不知道就两格都留空", "Check the coordinates; leave both empty if unknown"))
COORDINATES_SWAPPED = Fault(
    Text("经度和纬度填反了", "Longitude and latitude are swapped"),
    Text("把两格对调：经度在前（如 113.9），纬度在后（如 22.5）",
         "Exchange the two: longitude (such as 113.9) first, latitude (such as 22.5) second"))
COORDINATE_ALONE = Fault(
    Text("经度、纬度只填了一个", "Only one of longitude and latitude is given"),
    Text("两格都填，或都留空", "Fill in both, or leave both empty"))
CONTROL_CHARACTERS = Fault(
    Text("含有看不见的控制字符或乱码", "Holds invisible control characters or characters lost in conversion"),
    Text("在表格里重新输入这一格", "Type this cell again in the spreadsheet"))
TOO_LONG = Fault(
    Text("文字太长（{length} 个字，最多 {limit} 个）", "The text is too long ({length} characters, at most {limit})"),
    Text("缩短这一格", "Shorten this cell"))
PERSONAL_HERE = Fault(
    Text("这一格里有电话或证件号", "This cell holds a telephone or document number"),
    Text("把号码移到电话或证件号一栏，那里会加密保存", "Move the number to a column for phones or documents, which is kept sealed"))
DIGITS_LOST = Fault(
    Text("号码超过 15 位却存成了数字，末尾几位已丢失；该户已导入，这一格没有导入",
         "A number of more than 15 digits was stored as a number and lost its last digits; the door was imported without it"),
    Text("把这一列设为文本格式，重新填号码后再导入", "Format the column as text, enter the numbers again, import again"))

MOST_PROBLEMS = 100_000  # kept for the errors workbook; a file with more has one mistake everywhere

_HEADINGS = ("工作表 sheet", "行 row", "列 column", "值 value", "原因", "怎么改", "Reason", "What to do", "已导入 imported")
_WIDTHS = (18, 9, 16, 28, 44, 44, 44, 44, 14)
_FORMULA = re.compile(r"[\s\u3000]*[=+\-@]|[\t\r]")
_ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(problems: Iterable[Problem], path: Path) -> None:
    """Write the errors workbook (XLSX): a row a problem, in both languages. Raises RegisterRefused when it cannot.

    Text that a spreadsheet would take for a formula is written with an apostrophe before it.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("wb") as file:
            _errors_book(problems).save(file)
        os.replace(fresh, path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise RegisterRefused("错误清单写不进 {path}（{why}）。请用 --errors 指定能写的文件。没有导入任何内容。",
                              "The errors workbook cannot be written to {path} ({why}). Name a writable file with --errors. "
                              "Nothing was imported.", path=path, why=error.strerror or error) from None


def _errors_book(problems: Iterable[Problem]) -> openpyxl.Workbook:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("错误 errors")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHI", _WIDTHS):
        sheet.column_dimensions[letter].width = width
    sheet.append([_heading(sheet, text) for text in _HEADINGS])
    for each in problems:
        sheet.append([neutral(each.sheet), each.row, neutral(each.column), neutral(each.value),
                      each.fault.reason.zh, each.fault.remedy.zh, each.fault.reason.en, each.fault.remedy.en,
                      "是 yes" if each.kept else "否 no"])
    return book


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    return cell


def neutral(text: str) -> str:
    """`text` safe in a cell: no formula, no characters that XML cannot hold, at most as long as Excel takes."""
    text = _ILLEGAL_IN_XML.sub("�", text)[:32_000]
    return "'" + text if _FORMULA.match(text) else text
