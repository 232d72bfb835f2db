"""Finding the heading row of a sheet and what each column is."""
from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from campaigns.frame.places import fold, tidy
from campaigns.frame.sheets import Cells, Merge, Sheet

HEAD = 30  # rows in which the heading must stand
_LONGEST = 80  # a longer text is no heading

ALIASES = {
    # field: headings that mean it, Chinese then English; compared after `plain`
    "serial": "序号 序 行号 顺序号 no no. # s/n serial rownumber",
    "city": "市 城市 所在市 city",
    "district": "区 区县 县区 县 行政区 所属区 district county",
    "street": "街道 镇街 街镇 乡镇 镇 街道办 街道办事处 所属街道 所属街镇 street streetname subdistrict township town",
    "community": "社区 居委 居委会 村居 社区村 村社区 社区居委 社区居委会 村委会 行政村 所属社区 社区名称 居委名称 "
                 "community communityname neighbourhoodcommittee committee",
    "grid": "网格 网格号 网格名称 网格编号 网格编码 所属网格 基础网格 grid gridno gridname gridcode",
    "compound": "小区 小区名称 所属小区 楼盘 楼盘名称 院落 小区院落 项目名称 自然村 compound estate residentialcompound compoundname",
    "building": "楼栋 楼栋号 楼栋名称 栋 栋号 栋座 幢 幢号 座 座号 楼号 楼幢 楼座 号楼 楼 "
                "building buildingno buildingname block blockno bldg tower",
    "unit": "单元 单元号 单元门 单元名称 梯 unit unitno entrance unitentrance",
    "floor": "楼层 层 所在层 所在楼层 层数号 floor floorno storey level",
    "room": "房号 室号 室 房间 房间号 房屋号 房室号 户室号 室房号 室号房号 房号室号 门号 room roomno flat flatno door doorno apartment apt",
    "plate": "门牌 门牌号 门牌号码 doorplate plate",
    "address": "地址 详细地址 房屋地址 住址 居住地址 现住址 现居住地址 房屋坐落 坐落 标准地址 门牌地址 房屋详细地址 address fulladdress "
               "dwellingaddress",
    "register_code": "房屋编码 房屋编号 房屋代码 房屋统一编码 房屋id 房间编码 住房编码 编码 "
                     "dwellingcode registercode housecode dwellingid code",
    "use": "用途 房屋用途 使用用途 规划用途 房屋使用用途 房屋性质 use dwellinguse usage",
    "area": "建筑面积 面积 房屋面积 房屋建筑面积 住房面积 建面 area floorarea grossarea area_m2 area_sqm",
    "lon": "经度 lon lng long longitude",
    "lat": "纬度 lat latitude",
    "team": "工作组 所属工作组 责任组 小组 组别 team workinggroup group",
    "person": "联系人 户主 户主姓名 姓名 业主 业主姓名 产权人 房主 房东 租户 承租人 住户 住户姓名 居民姓名 家庭成员 负责人 "
              "电话 手机 手机号 手机号码 联系电话 联系方式 电话号码 身份证 身份证号 身份证号码 证件号 证件号码 公民身份号码 "
              "备注 说明 备注说明 微信 微信号 出生日期 性别 民族 户籍 户籍地 户籍地址 工作单位 车牌 车牌号 "
              "name fullname contact contactname contactperson head householdhead owner ownername tenant resident "
              "phone telephone tel mobile mobileno cell phonenumber email idnumber idno idcard passport remarks remark notes note",
}
"""`serial` is left out, for it changes with every row put in."""

_HARMLESS = (
    "户型 房型 居室 室数 厅数 卫数 间数 房间数 房屋间数 朝向 房屋朝向 结构 房屋结构 建筑结构 结构类型 建筑类型 房屋类型 房屋类别 "
    "建成年份 建成年代 建筑年代 建造年代 建成时间 竣工年份 竣工日期 层数 总层数 地上层数 地下层数 所在层数 层高 "
    "套内面积 套内建筑面积 使用面积 公摊面积 分摊面积 实测面积 预测面积 占地面积 产权面积 阳台面积 "
    "产权性质 产权类型 产权类别 房屋产权性质 土地性质 土地用途 房屋状态 是否电梯 有无电梯 电梯 电梯数 装修 装修情况 车位数 "
    "orientation facing layout structure buildingtype dwellingtype builtyear yearbuilt constructionyear storeys stories floors "
    "floorcount rooms roomcount bedrooms bathrooms netarea usablearea sharedarea grossfloorarea tenure elevator lift parkingspaces")
"""Headings of the building rather than its people: only these further columns are kept in the clear, all others are sealed."""
_HARMLESS_TWICE = frozenset(("floor", "area", "use", "register_code", "lon", "lat", "building", "unit", "plate"))  # a second column

_BRACKETS = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
_MARKS = re.compile(r"[*:：。.、,，/_\-]+|必填|选填")
_UNIT = re.compile(r"(?:平方米|平米|m2)$")


def _plain(label: str) -> tuple[str, str]:
    """`label` for comparing: with what stands in brackets, and without it and without a unit of area."""
    folded = fold(label)
    return _MARKS.sub("", folded), _UNIT.sub("", _MARKS.sub("", _BRACKETS.sub("", folded)))


_FIELD = {_plain(alias)[0]: field for field, aliases in ALIASES.items() for alias in aliases.split()}

_CLEAR = {_plain(each)[0] for each in _HARMLESS.split()}

DOOR_FIELDS = ("room", "plate", "address")  # one of them must be there
_HEADINGS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its place, the heading as a person wrote it, and its field: of ALIASES, or "" for a harmless other one."""

    place: int
    label: str
    field: str


@dataclass(frozen=True)
class Heading:
    """What stands above the data. `last_row` is the heading's last row, from 0; `titles` are the texts above it."""

    last_row: int
    columns: tuple[Column, ...]
    known: int
    titles: tuple[str, ...]

    @property
    def fields(self) -> set[str]:
        return {column.field for column in self.columns}

    @property
    def names_doors(self) -> bool:
        return not self.fields.isdisjoint(DOOR_FIELDS)


@lru_cache(4096)
def field_of(label: str) -> str:
    """The field that `label` means, "" for a harmless other one, `person` for any that nobody knows."""
    for text in _plain(label):
        if text in _FIELD:
            return _FIELD[text]
    return "" if any(text in _CLEAR for text in _plain(label)) else "person"


def _known(label: str) -> bool:
    """Whether `label` is a heading of the table itself; a title such as `住户姓名登记表` is none."""
    return any(text in _FIELD for text in _plain(label))


def find(rows: list[Cells], merges: tuple[Merge, ...] = ()) -> Heading | None:
    """The heading among the first rows of a sheet: the row, or two rows together, with the most known headings."""
    grid = [[_label(cell) for cell in row] for row in rows[:HEAD]]
    best: Heading | None = None
    for place, row in enumerate(grid):
        best = _better(best, _heading(grid, place, [(label, label) for label in row]))
    for place, (upper, lower) in enumerate(zip(grid, grid[1:])):
        best = _better(best, _heading(grid, place + 1, _two_rows(upper, lower, place, merges)))
    return best


def _better(best: Heading | None, other: Heading | None) -> Heading | None:
    """The one with more known headings; of equals the one tried first, so that neither a title nor a data row joins in."""
    if other is None or (best is not None and other.known <= best.known):
        return best
    return other


def _label(cell: object) -> str:
    text = tidy(cell) if isinstance(cell, str) else ""
    return text if len(text) <= _LONGEST else ""


def _two_rows(upper: list[str], lower: list[str], place: int, merges: tuple[Merge, ...]) -> list[tuple[str, str]]:
    """(label, full label) of each column when `upper` groups `lower`: 业主 above 姓名 and 电话."""
    width = max(len(upper), len(lower))
    above = (upper + [""] * width)[:width]
    for top, first, bottom, last in merges:
        if top <= place <= bottom and first < width:
            above[first:last + 1] = [above[first]] * (min(last, width - 1) + 1 - first)
    below = (lower + [""] * width)[:width]
    return [(low or high, f"{high}-{low}" if high and low and high != low else low or high) for high, low in zip(above, below)]


def _heading(grid: list[list[str]], last_row: int, labels: list[tuple[str, str]]) -> Heading | None:
    columns, taken = [], {}
    known = sum(_known(label) for label, _ in labels)
    filled = sum(bool(label) for label, _ in labels)
    if known < _HEADINGS_NEEDED and not (known == filled == 1 and field_of(max(labels)[0]) == "address"):
        return None
    for place, (label, full) in enumerate(labels):
        if not label:
            continue
        field = field_of(label)
        label = full if field in ("person", "") else label
        taken[label] = taken.get(label, 0) + 1
        label = label if taken[label] == 1 else f"{label} {taken[label]}"
        if field not in ("person", "") and any(column.field == field for column in columns):
            field = "" if field in _HARMLESS_TWICE else "person"  # a second 面积 is kept beside the first; a second 地址 may be a person's
        columns.append(Column(place, label, field))
    titles = tuple(text for row in grid[:last_row] for text in row if text)
    return Heading(last_row, _settle_plate(columns), known, titles)


def _settle_plate(columns: list[Column]) -> tuple[Column, ...]:
    """门牌 is the room where there is none, else the address where there is none, else just another column."""
    fields = {column.field for column in columns}
    meaning = "room" if "room" not in fields and fields & {"building", "unit"} else "address" if "address" not in fields else ""
    return tuple(Column(each.place, each.label, meaning) if each.field == "plate" else each for each in columns)


def score(rows: list[Cells]) -> int:
    """How many known headings `rows` have at best; chooses the delimiter of a CSV."""
    found = find(rows)
    return found.known if found else 0


_NO_PLACE = re.compile(
    r"sheet\d*|工作表\d*|表\d*|\d+|.*(?:表|册|台账|名单|清单|数据|信息|汇总|底册|模板|导出|登记|统计|结果).*"
    r"|.*(?:data|register|list|export|frame|dwelling|household|template|result|book).*", re.IGNORECASE)
_TITLE = re.compile(r"(.{2,30}?)(?:小区)?(?:住户|居民|业主|房屋|住房|人口|房产)(?:基本)?(?:信息|情况|登记|资料)*"
                    r"(?:登记|统计|汇总|明细|信息)?(?:表|册|底册|台账|名单|清单)")


def compound_of_sheet(sheet: Sheet, heading: Heading) -> str:
    """The compound that a sheet without a compound column is about: its name, else its title row; "" when neither tells."""
    if heading.fields & {"compound"} or not heading.fields & {"building", "unit", "room"} or "address" in heading.fields:
        return ""
    name = tidy(sheet.name)
    if not _NO_PLACE.fullmatch(name):
        return name
    titled = next(filter(None, map(_TITLE.fullmatch, heading.titles)), None)
    return titled[1] if titled else ""
