"""Issuing a code for every door of a street and printing all labels, one PDF a compound."""
from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

COMPOUNDS, DOORS = 123, 76_688  # Longquan street
_TARGET = "issue + print <= 30 s, <= 300 MiB"


def run() -> list[dict]:
    """One row for issuing, one a layout; each in a process of its own."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="codes-print-") as home:
        _child("prepare", home)
        rows.append({"what": "issue codes", "size": DOORS, **_child("issue", home), "target": _TARGET})
        for layout in ("label", "door-hanger"):
            rows.append({"what": f"print {layout}, {COMPOUNDS} PDFs", "size": DOORS, **_child(layout, home),
                         "target": _TARGET if layout == "label" else ""})
    return rows


def _child(work: str, home: str) -> dict:
    done = subprocess.run([sys.executable, "-m", "benchmarks.codes_print", work, home], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _work(work: str, home: Path) -> None:
    from campaigns.installation import Installation
    from campaigns.settings import Settings

    here = Installation(dataclasses.replace(Settings(), home=home, public_url="https://survey.example.cn"))
    if work == "prepare":
        _prepare(here)
    elif work == "issue":
        _issue(here)
    else:
        _print(here, work, home / work)


def _prepare(here) -> None:
    from campaigns.store.schema import campaign, dwelling

    instant = datetime(2026, 3, 1, tzinfo=UTC)
    here.keyring.create_campaign("c1")
    with here.store.write() as connection:
        connection.execute(campaign.insert().values(
            id=1, slug="c1", title_zh="龙泉街道住房与人口登记", title_en="Longquan housing and population census",
            preset="housing-census", tz="Asia/Shanghai", opens_at=instant, closes_at=instant.replace(day=20),
            terms={"phone": "0632-5550100"}, added_at=instant))
        connection.execute(dwelling.insert(), [{
            "campaign_id": 1, "door": str(place), "community": f"第{place % COMPOUNDS % 20}社区",
            "compound": f"幸福里第{place % COMPOUNDS}小区", "building": f"{place // COMPOUNDS // 60 + 1}栋",
            "unit": f"{place // COMPOUNDS // 20 % 3 + 1}单元", "room": f"{place // COMPOUNDS % 20 // 2 + 1}0{place % 2 + 1}",
            "extra": {}, "digest": "", "walk": place % COMPOUNDS * DOORS + place, "added_at": instant} for place in range(DOORS)])


def _issue(here) -> None:
    from campaigns import clock
    from campaigns.audit import COMMAND_LINE
    from campaigns.codes import codes

    with here.store.write() as connection:
        assert codes.issue_for_dwellings(connection, here.server, 1, clock.now(), COMMAND_LINE) == DOORS


def _print(here, layout: str, out: Path) -> None:
    from campaigns.campaign import by_slug
    from exports.sheets import print_sheets

    with here.store.read() as connection:
        campaign = by_slug(connection, "c1")
    printed = print_sheets(here, campaign, layout=layout, out=out)
    assert (len(printed), sum(each.labels for each in printed)) == (COMPOUNDS, DOORS)


if __name__ == "__main__":
    started = time.perf_counter()
    _work(sys.argv[1], Path(sys.argv[2]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": round(time.perf_counter() - started, 2), "cpu_s": round(used.ru_utime + used.ru_stime, 2),
                      "peak_mib": used.ru_maxrss // 1024}))
