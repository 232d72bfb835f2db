"""The pay sheet of a period as a workbook: who gets what, every row of the ledger behind it, and the rules that held.

SHT-1 Sums stand twice: in yuan as a number with two places, exact as a decimal, and in whole fen.
SHT-2 Each sheet ends in its own totals, and both totals are the ledger's.
SHT-3 Texts are guarded against being read as formulas (`exports.cells`).
"""
from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties
from python_calamine import CalamineWorkbook

from campaigns import clock
from campaigns.ledger import WHY, Item
from campaigns.pay import Draft, Line, said
from campaigns.terms import CHANNEL_NAMES
from exports.cells import neutralise
from forms.language import Text

SHEETS = ("计酬 pay", "明细 entries", "规则 rules")
TOTAL = Text("合计", "total")
_BOLD = Font(bold=True)
_MONEY = "0.00"
_A4 = 9  # ECMA-376, ST_PaperSize

_PAY = (
    (Text("序号", "No."), 6), (Text("工作组", "Team"), 12), (Text("姓名", "Name"), 12), (Text("工号", "Work number"), 10),
    (Text("计件", "Entries"), 9), (Text("冲销", "Reversals"), 9), (Text("计件金额（元）", "For entries (yuan)"), 14),
    (Text("奖励（元）", "Bonuses (yuan)"), 12), (Text("冲销金额（元）", "Taken back (yuan)"), 14),
    (Text("应付（元）", "To pay (yuan)"), 13), (Text("应付（分）", "To pay (fen)"), 12), (Text("签字", "Signature"), 18))
_ENTRIES = (
    (Text("账号", "Row"), 9), (Text("入账日", "Day"), 12), (Text("入账时间", "Time"), 18), (Text("干活日", "Day of work"), 12),
    (Text("工号", "Work number"), 10), (Text("门牌", "Door"), 30), (Text("第几户", "Household"), 8), (Text("渠道", "Channel"), 12),
    (Text("项目", "What"), 24), (Text("金额（元）", "Yuan"), 11), (Text("金额（分）", "Fen"), 11), (Text("说明", "Remark"), 30))


def build(drawn: Draft, at: datetime) -> bytes:
    """The workbook of `drawn`, closed at `at`."""
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.created, book.properties.modified = "Rapid Survey", _naive(at), _naive(at)
    _pay(book.create_sheet(SHEETS[0]), drawn, at)
    _entries(book.create_sheet(SHEETS[1]), drawn)
    _rules(book.create_sheet(SHEETS[2]), drawn)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None, microsecond=0)


def _pay(sheet: WriteOnlyWorksheet, drawn: Draft, at: datetime) -> None:
    campaign = drawn.campaign
    closed = f"{at.astimezone(clock.zone(campaign.tz)):%Y-%m-%d %H:%M}"
    _page(sheet, _PAY, 5)
    sheet.append([_cell(sheet, f"{campaign.office.zh}  {campaign.title.zh}", bold=True)])
    sheet.append([_cell(sheet, f"第 {drawn.number} 期计酬表  {drawn.first_day} 至 {drawn.last_day}  关账 {closed}  / "
                               f"pay sheet {drawn.number}, {drawn.first_day} to {drawn.last_day}, closed {closed}", bold=True)])
    sheet.append([])
    _head(sheet, _PAY)
    for place, line in enumerate(drawn.lines, 1):
        sheet.append([place, _cell(sheet, line.team), _cell(sheet, line.name), _cell(sheet, line.user.label), *_sums(sheet, [line]), ""])
    sheet.append([_cell(sheet, f"{TOTAL.zh} {TOTAL.en}", bold=True), "", "", "", *_sums(sheet, drawn.lines), ""])
    sheet.append([])
    sheet.append([_cell(sheet, "制表：                    审核：                    负责人：")])


def _sums(sheet: WriteOnlyWorksheet, lines: Iterable[Line]) -> list:
    """From entries to fen, over `lines`."""
    lines = list(lines)
    parts = [sum(getattr(line, name) for line in lines) for name in ("entry_fen", "bonus_fen", "reversal_fen", "fen")]
    return [sum(line.entries for line in lines), sum(line.reversals for line in lines), *(_money(sheet, fen) for fen in parts), parts[-1]]


def _entries(sheet: WriteOnlyWorksheet, drawn: Draft) -> None:
    _page(sheet, _ENTRIES, 2)
    _head(sheet, _ENTRIES)
    zone = clock.zone(drawn.campaign.tz)
    for row in drawn.rows:
        sheet.append([row.id, row.day, f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}", row.worked or row.day, neutralise(row.label),
                      neutralise(row.place), row.household, CHANNEL_NAMES[row.channel].zh, row.what.zh, Decimal(row.fen) / 100,
                      row.fen, neutralise(_remark(row))])
    fen = sum(row.fen for row in drawn.rows)
    sheet.append([_cell(sheet, f"{TOTAL.zh} {TOTAL.en}", bold=True), *[""] * 8, _money(sheet, fen), fen, ""])


def _remark(row: Item) -> str:
    return row.reason.zh if row.reason else WHY[row.why].zh if row.why else ""


def _rules(sheet: WriteOnlyWorksheet, drawn: Draft) -> None:
    columns = ((Text("从何时起", "In force from"), 20), (Text("规则", "Rule"), 60), (Text("英文", "In English"), 70))
    _page(sheet, columns, 2)
    _head(sheet, columns)
    zone = clock.zone(drawn.campaign.tz)
    for each in drawn.rules:
        for sentence in said(each.rules):
            sheet.append([f"{each.since.astimezone(zone):%Y-%m-%d %H:%M}", neutralise(sentence.zh), neutralise(sentence.en)])


def _page(sheet: WriteOnlyWorksheet, columns: tuple, head: int) -> None:
    """Printed on A4 across, as wide as the paper, with the headings on every page."""
    for place, (_, width) in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{head}"
    sheet.freeze_panes = f"A{head + 1}"


def _head(sheet: WriteOnlyWorksheet, columns: tuple) -> None:
    for language in ("zh", "en"):
        sheet.append([_cell(sheet, getattr(title, language), bold=True) for title, _ in columns])


def _cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, neutralise(text))
    if bold:
        cell.font = _BOLD
    return cell


def _money(sheet: WriteOnlyWorksheet, fen: int) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, Decimal(fen) / 100)
    cell.number_format = _MONEY
    return cell


def totals(data: bytes) -> dict[str, int]:
    """The fen of the total of each sheet, as they stand in a workbook made by `build`: {"pay", "entries", "lines", "rows"}; the
    last two are the sums of the single lines."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    pay = [row for row in book.get_sheet_by_name(SHEETS[0]).to_python() if len(row) > 10]
    rows = [row for row in book.get_sheet_by_name(SHEETS[1]).to_python() if len(row) > 10]
    ending = f"{TOTAL.zh} {TOTAL.en}"
    return {"pay": _of_total(pay, ending), "entries": _of_total(rows, ending),
            "lines": sum(int(row[10]) for row in pay if isinstance(row[0], float)),
            "rows": sum(int(row[10]) for row in rows if isinstance(row[0], float))}


def _of_total(rows: list[list], ending: str) -> int:
    return next(int(row[10]) for row in rows if row[0] == ending)
