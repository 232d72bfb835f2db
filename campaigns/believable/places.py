"""Where the doors are: compounds of buildings, entrances, floors and rooms, around one point on the map."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from campaigns.believable.sizes import Size

_CENTRE = (117.166, 35.083)
_FIRST = ("春晓 和顺 康宁 锦绣 幸福 荷香 翠湖 望岳 金桂 银杏 海棠 书香 "
          "阳光 文昌 民生 安泰 瑞景 明德 东关 西苑 南湖 北辰 清河 紫藤 吉祥").split()
_SECOND = "里 花园 家园 小区 苑".split()
_DORMITORIES = "第二棉纺厂宿舍 机床厂宿舍 供销社家属院 铁路三宿舍 化肥厂家属院 师范学校宿舍".split()
_COMMUNITIES = """龙泉苑 荆河 通盘 东沙河 春藤 学院 杏花村 永昌 塔寺 文公台 双塔 善国 北池 南门里 平行 奎文 前洪 后洪 安居 大同 新兴 滨河
红荷""".split()
_BUILT = (("1980_1989", 4), ("1990_1999", 18), ("2000_2009", 38), ("2010_2019", 32), ("from_2020", 8))


@dataclass(frozen=True, slots=True)
class Compound:
    name: str
    community: str
    team: int  # from 0
    built: str
    lon: float
    lat: float
    doors: int
    buildings: int


@dataclass(frozen=True, slots=True)
class Dwelling:
    """One door. `number` counts all doors from 1; `area` is square metres with two decimals."""

    number: int
    register_code: str
    compound: Compound
    grid: str
    building: str
    unit: str
    room: str
    area: str
    lon: str
    lat: str


def team_names(size: Size) -> list[str]:
    return [f"第{'一二三四五六七'[place]}工作组" for place in range(size.teams)]


def compounds(draw: Random, size: Size) -> list[Compound]:
    """All compounds, the sum of their doors `size.dwellings`; each community belongs to one team as far as possible."""
    names = _names(draw, size.compounds)
    weights = [draw.uniform(0.35, 1.0) ** 2 + 0.1 for _ in names]
    doors = _split(size.dwellings, weights, least=6)
    buildings = _split(size.buildings, [float(count) for count in doors], least=1)
    made = []
    for place, name in enumerate(names):
        community = place * size.communities // size.compounds
        made.append(Compound(
            name, f"{_COMMUNITIES[community % len(_COMMUNITIES)]}社区", place * size.teams // size.compounds,
            draw.choices([code for code, _ in _BUILT], [weight for _, weight in _BUILT])[0],
            _CENTRE[0] + draw.uniform(-0.04, 0.04), _CENTRE[1] + draw.uniform(-0.035, 0.035), doors[place], buildings[place]))
    return made


def _names(draw: Random, count: int) -> list[str]:
    known = [*_DORMITORIES, *(first + second for first in _FIRST for second in _SECOND)]
    chosen = draw.sample(known, min(count, len(known)))
    return chosen + [f"{draw.choice(_FIRST)}新村{place}区" for place in range(1, count - len(chosen) + 1)]


def _split(total: int, weights: list[float], least: int) -> list[int]:
    """`total` in whole parts as `weights` say, none below `least`."""
    least = min(least, total // len(weights))
    spare, whole = total - least * len(weights), sum(weights)
    parts = [least + int(spare * weight / whole) for weight in weights]
    for place in range(total - sum(parts)):
        parts[place % len(parts)] += 1
    return parts


def dwellings(draw: Random, compound: Compound, first: int) -> Iterator[Dwelling]:
    """The doors of one compound in walking order; the first has the number `first`."""
    number = first
    for place, doors in enumerate(_split(compound.doors, [1.0] * compound.buildings, least=1), 1):
        units = max(1, min(5, round(doors / 14)))
        a_floor = 2 if doors < 60 else draw.choice((2, 2, 4))
        lon, lat = compound.lon + draw.uniform(-0.0012, 0.0012), compound.lat + draw.uniform(-0.001, 0.001)
        sizes = [draw.choice((5120, 6280, 7455, 8836, 9001, 10390, 11875, 13260)) for _ in range(a_floor)]
        for unit, in_unit in enumerate(_split(doors, [1.0] * units, least=0), 1):
            for door in range(in_unit):
                area = sizes[door % a_floor] + (draw.randrange(-40, 41) if draw.random() < 0.2 else 0)
                yield Dwelling(
                    number, f"2904810{number:07d}", compound, f"{compound.community[:-2]}第{1 + number // 300 % 9}网格",
                    f"{place}号楼", f"{unit}单元", f"{door // a_floor + 1}{door % a_floor + 1:02d}",
                    f"{area // 100}.{area % 100:02d}", f"{lon:.6f}", f"{lat:.6f}")
                number += 1
