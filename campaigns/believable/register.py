"""The register of a made campaign as property companies send it: a workbook with a sheet a compound, a title above the
heading, merged cells, and, where things go wrong, rows that no importer should take."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random

from openpyxl import Workbook

from campaigns.believable.truth import Truth

_HEADING = ("序号", "社区", "网格", "楼栋", "单元", "房号", "房屋编码", "房屋用途", "建筑面积(平方米)", "经度", "纬度",
            "联系人", "联系电话", "备注")
_LAST = "ABCDEFGHIJKLMN"[len(_HEADING) - 1]
_FIRST_ROW = 4  # below title, sender and heading
_USES = {"residential": "住宅", "mixed": "住宅", "vacant": "住宅", "commercial": "商铺"}


def write(truth: Truth, path: Path, seed: int, bad_row: float, on: date, step: Callable[[int], None]) -> int:
    """Write the workbook of all doors in `truth` to `path`; returns how many rows in it are bad (share `bad_row`)."""
    workbook = Workbook(write_only=True)
    bad = 0
    rows = truth.connection.execute(
        "SELECT compound, building, community, grid, unit, room, register_code, area, lon, lat, answers "
        "FROM dwelling ORDER BY id")
    for place, (compound, doors) in enumerate(groupby(rows, key=lambda row: row[0])):
        draw = Random(f"{seed}/register/{place}")
        made = [_cells(draw, number, door) for number, door in enumerate(doors, 1)]
        wrong = list(_bad_rows(draw, made, bad_row))
        bad += len(wrong)
        _sheet(workbook, compound, made, wrong, on, merged=place % 2 == 0)
        step(len(made))
    workbook.save(path)
    return bad


def _cells(draw: Random, number: int, door: tuple) -> list:
    _, building, community, grid, unit, room, register_code, area, lon, lat, answers = door
    told = json.loads(answers)
    known = draw.random() < 0.85  # the company has a contact for most doors
    return [number, community, grid, building, unit, room, register_code, _USES[told["dwelling_use"]], float(area),
            float(lon), float(lat), told["contact_name"] if known else None, told["contact_phone"] if known else None,
            draw.choice(("已装修", "车位1个", "产权证在办")) if draw.random() < 0.04 else None]


def _bad_rows(draw: Random, made: list[list], share: float) -> Iterator[list]:
    """Copies of good rows with one thing wrong: the door a second time, no door, an impossible area or coordinate."""
    for place, row in enumerate(list(made)):
        if draw.random() >= share:
            continue
        kind = draw.choice(("again", "no door", "area", "coordinate"))
        copy = [len(made) + 1, *row[1:]]
        if kind == "no door":
            copy[3] = copy[4] = copy[5] = None
        elif kind != "again":
            copy[5], copy[8 if kind == "area" else 9] = f"{9001 + place}", -copy[8] if kind == "area" else 999.9
        copy[6] = row[6] if kind == "again" else None
        yield copy


def _sheet(workbook: Workbook, compound: str, made: list[list], wrong: list[list], on: date, merged: bool) -> None:
    sheet = workbook.create_sheet(compound)
    for row in (1, 2):
        sheet.merged_cells.add(f"A{row}:{_LAST}{row}")
    buildings = [(name, len(list(rows))) for name, rows in groupby(made, key=lambda row: row[3])]
    if merged:
        _merge(sheet, buildings, len(made))
    sheet.append([f"{compound}住户登记表"])
    sheet.append([f"填报单位：{compound}物业服务中心    填报日期：{on.year}年{on.month}月{on.day}日"])
    sheet.append(_HEADING)
    before = [None, None]
    for row in made:
        grouping = [row[1], row[3]]
        if merged:  # only the first cell of a merged range holds anything
            row = [row[0], None if row[1] == before[0] else row[1], row[2], None if row[3] == before[1] else row[3], *row[4:]]
        before = grouping
        sheet.append(row)
    for row in wrong:
        sheet.append(row)


def _merge(sheet: object, buildings: list[tuple[str, int]], doors: int) -> None:
    if doors > 1:
        sheet.merged_cells.add(f"B{_FIRST_ROW}:B{_FIRST_ROW + doors - 1}")
    row = _FIRST_ROW
    for _, count in buildings:
        if count > 1:
            sheet.merged_cells.add(f"D{row}:D{row + count - 1}")
        row += count
