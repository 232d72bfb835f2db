"""For tests of the register import: an empty campaign, and registers in every kind of file."""
from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from sqlalchemy import select

from campaigns import campaign as campaigns
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.frame import importer
from campaigns.frame.plans import Plan, Summary
from campaigns.installation import Installation
from campaigns.store.schema import dwelling
from forms.language import Text
from tests import core_cases

HEADING = ["社区", "网格", "小区", "楼栋", "单元", "房号", "用途", "建筑面积", "联系人", "电话"]
ROWS = [
    ["龙泉社区", "一网格", "幸福里", "1栋", "1单元", "101", "住宅", 89.45, "王小明", "13800138001"],
    ["龙泉社区", "一网格", "幸福里", "1栋", "1单元", "102", "住宅", 120, "李𠮷", "13800138002"],
    ["龙泉社区", "二网格", "幸福里", "2栋", "1单元", "101", "商住", 60.5, "赵·买买提", "13800138003"],
]


class Street:
    """One campaign with an empty frame, and the ways to import into it."""

    def __init__(self, home: Path, slug: str = "c1"):
        self.here: Installation = core_cases.installation(home)
        with self.here.store.write() as connection:
            self.campaign: Campaign = campaigns.new(
                connection, self.here.keyring, slug=slug, title=Text("龙泉街道住房登记", "Longquan housing census"),
                preset="housing-census", opens_at=core_cases.OPENS, closes_at=core_cases.CLOSES, tz="Asia/Shanghai",
                at=core_cases.OPENS, actor=COMMAND_LINE)
        self.key = self.here.keyring.campaign(slug)

    def plan(self, path: Path) -> Plan:
        with self.here.store.read() as connection:
            return importer.plan(connection, self.key, self.campaign, path)

    def take(self, path: Path) -> Summary:
        """Plan and apply."""
        planned = self.plan(path)
        with self.here.store.write() as connection:
            return importer.apply(connection, planned, core_cases.NOON, COMMAND_LINE)

    def doors(self) -> list[dict]:
        """All doors in walking order; `personal` is what was sealed."""
        with self.here.store.read() as connection:
            rows = connection.execute(select(dwelling).where(dwelling.c.campaign_id == self.campaign.id)
                                      .order_by(dwelling.c.walk)).mappings().all()
        return [{**row, "personal": json.loads(self.key.open(row["sealed"], f"dwelling:{row['door']}")) if row["sealed"] else {}}
                for row in rows]

    def door_names(self) -> list[str]:
        return [row["door"] for row in self.doors() if row["ended_at"] is None]


def xlsx(path: Path, rows: Iterable[list], title: str = "数据", merges: Iterable[str] = (), hidden: bool = False) -> Path:
    """A workbook of one sheet."""
    return workbook(path, {title: rows}, {title: merges}, {title} if hidden else set())


def workbook(path: Path, sheets: dict[str, Iterable[list]], merges: dict[str, Iterable[str]] | None = None,
             hidden: set[str] = frozenset()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for reference in (merges or {}).get(name, ()):
            sheet.merge_cells(reference)
        if name in hidden:
            sheet.sheet_state = "hidden"
    if hidden == set(sheets):
        book.create_sheet("空")
    book.save(path)
    return path


def csv(path: Path, rows: Iterable[list], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    path.write_bytes("".join(delimiter.join(map(str, row)) + "\r\n" for row in rows).encode(encoding))
    return path


def faults(plan: Plan) -> list[tuple[int, str]]:
    """(row, reason in English) of every problem."""
    return [(each.row, each.fault.reason.en) for each in plan.problems]
