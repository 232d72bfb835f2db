"""Register import: an XLSX of 14 columns into the embedded store, first import, the same again, and a newer one."""
from __future__ import annotations

import dataclasses
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl

from campaigns import campaign as campaigns
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.frame import importer
from campaigns.installation import Installation
from campaigns.settings import Settings
from forms.language import Text

LONGQUAN = 76_688
_COMPOUNDS = 123
_OPENS = datetime(2026, 3, 1, tzinfo=UTC)
_HEADING = ["序号", "街道", "社区", "网格", "小区", "楼栋", "单元", "房号", "地址", "房屋编码", "用途", "建筑面积", "联系人", "电话"]
_SECONDS, _MIB = 8, 400  # targets at Longquan size
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗𫖯", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平𠮷"


def run(sizes: tuple[int, ...] = (LONGQUAN,)) -> list[dict]:
    """Rows of {what, size, seconds, cpu_seconds, peak_mib, target}; each step runs in a process of its own."""
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            write_register(home / "first.xlsx", size)
            write_register(home / "newer.xlsx", size, changed=True)
            for what, name in (("import", "first"), ("the same again", "first"), ("a newer one, 1 % changed", "newer")):
                scale = size / LONGQUAN
                found.append({"what": what, "size": size, **_measured(home / "instance", home / f"{name}.xlsx"),
                              "target": f"{_SECONDS * max(1, scale):.0f} s, {_MIB * (1 if scale <= 1 else 2)} MiB"})
    return found


def write_register(path: Path, doors: int, changed: bool = False) -> None:
    """A made-up register of `doors` doors; `changed`: other contacts in one row of a hundred."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("房屋底册")
    sheet.append(_HEADING)
    for row in _rows(doors, changed):
        sheet.append(row)
    book.save(path)


def _rows(doors: int, changed: bool) -> Iterator[list]:
    chance = random.Random(20260301)
    compounds = _COMPOUNDS * max(1, doors // LONGQUAN)
    each = -(-doors // compounds)
    for number in range(doors):
        compound, inside = divmod(number, each)
        building, rest = divmod(inside, 96)
        unit, place = divmod(rest, 24)
        room = f"{place // 2 + 1}{place % 2 + 1:02d}"
        name = chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
        estate = f"第{compound + 1}小区"
        phone = f"139{(number * 7 + (changed and number % 100 == 0)) % 10**8:08d}"
        yield [number + 1, "龙泉街道", f"{compound // 6 + 1}社区", f"{compound // 2 + 1}网格", estate,
               f"{building + 1}号楼", f"{unit + 1}单元", room,
               f"龙泉路{compound + 1}号{estate}{building + 1}号楼{unit + 1}单元{room}室", f"3704{number:014d}",
               chance.choice(("住宅", "住宅", "商住", "商业")), round(chance.uniform(40, 200), 2), name, phone]


def _measured(home: Path, path: Path) -> dict:
    done = subprocess.run([sys.executable, "-m", "benchmarks.frame_import", home, path], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _one(home: Path, path: Path) -> dict:
    """Import `path` in this process; the campaign is made when it is not there."""
    here, campaign = _campaign(home)
    started, cpu = time.perf_counter(), time.process_time()
    with here.store.read() as connection:
        plan = importer.plan(connection, here.keyring.campaign("bench"), campaign, path)
    with here.store.write() as connection:
        importer.apply(connection, plan, _OPENS, COMMAND_LINE)
    return {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu,
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _campaign(home: Path) -> tuple[Installation, Campaign]:
    here = Installation(dataclasses.replace(Settings(), home=home))
    with here.store.write() as connection:
        if "bench" in [each.slug for each in campaigns.every(connection)]:
            return here, campaigns.by_slug(connection, "bench")
        return here, campaigns.new(connection, here.keyring, slug="bench", title=Text("登记", "Census"), preset="housing-census",
                                   opens_at=_OPENS, closes_at=_OPENS + timedelta(days=20), tz="Asia/Shanghai", at=_OPENS,
                                   actor=COMMAND_LINE)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(_one(Path(sys.argv[1]), Path(sys.argv[2]))))
    else:
        for line in run(tuple(int(size) for size in sys.argv[1:]) or (LONGQUAN,)):
            print(line)
