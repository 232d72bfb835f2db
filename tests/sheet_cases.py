"""A small frame to print, with the names that break layouts, and ways to look at the paper as a phone would."""
from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign, by_slug
from campaigns.codes import codes, symbols
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import campaign, dwelling
from exports.sheets import fonts

URL = "https://survey.example.cn"
OPENS = datetime(2026, 3, 1, tzinfo=UTC)
CLOSES = datetime(2026, 3, 20, 10, tzinfo=UTC)  # 18:00 on a Friday in Shanghai
NOON = datetime(2026, 2, 20, 4, tzinfo=UTC)
PHONE = "0632-5550100"
LONG = "龙泉街道第一机械厂职工家属宿舍区东院第二期保障性住房小区南区甲组团第九期工程续建"  # 40 characters
RARE = "𠮷祥苑"
DPI = 150


def _needs(there: bool, what: str, package: str):
    """Skips by name where a font cannot be had; on the build machine its tests must run."""
    return pytest.mark.skipif(not there and os.environ.get("CI") != "true", reason=f"needs {what}: apt-get install {package}")


needs_font = _needs(any(map(os.path.isfile, fonts.USUAL)), "a Chinese TrueType font", "fonts-wqy-microhei")
needs_rare_font = _needs(any(map(os.path.isfile, fonts.USUAL_RARE)), "a font of rare characters", "fonts-hanazono")


def installation(home: Path, **settings: object) -> Installation:
    return Installation(dataclasses.replace(Settings(), home=home, **{"public_url": URL, **settings}))


@pytest.fixture
def here(tmp_path) -> Iterator[Installation]:
    """An installation that can print: it knows its address."""
    made = installation(tmp_path / "instance")
    yield made
    made.store.close()


def a_campaign(here: Installation, slug: str = "c1", title: tuple[str, str] = ("龙泉街道住房登记", "Longquan housing census"),
               **terms: object) -> Campaign:
    """A campaign without form or doors: paper needs no more."""
    here.keyring.create_campaign(slug)
    with here.store.write() as connection:
        connection.execute(campaign.insert().values(
            slug=slug, title_zh=title[0], title_en=title[1], preset="housing-census", tz="Asia/Shanghai", opens_at=OPENS,
            closes_at=CLOSES, terms={"phone": PHONE, **terms}, added_at=OPENS))
        return by_slug(connection, slug)


def add_doors(here: Installation, made: Campaign, compound: str, rooms: list[str], **columns: object) -> None:
    """Doors of one building of `compound`, walked in the order of `rooms`."""
    with here.store.write() as connection:
        walked = connection.execute(select(dwelling.c.id).where(dwelling.c.campaign_id == made.id)).all()
        connection.execute(dwelling.insert(), [{
            "campaign_id": made.id, "door": f"{columns.get('community', '')}|{compound}|{room}", "compound": compound,
            "building": "3栋", "unit": "2单元", "room": room, "extra": {}, "digest": "", "walk": len(walked) + place,
            "added_at": OPENS, **columns} for place, room in enumerate(rooms)])


def issue(here: Installation, made: Campaign) -> int:
    with here.store.write() as connection:
        return codes.issue_for_dwellings(connection, here.server, made.id, NOON, COMMAND_LINE)


def a_street(here: Installation) -> Campaign:
    """A plain compound of 27 doors, one with a name of 40 characters, one with rare characters; codes issued."""
    made = a_campaign(here)
    add_doors(here, made, "幸福里", [f"{floor}0{side}" for floor in range(1, 10) for side in (1, 2, 3)])
    add_doors(here, made, LONG, ["1201", "1202"])
    add_doors(here, made, RARE, ["𫖯室", "102"])
    issue(here, made)
    return made


def doors_of(here: Installation, made: Campaign) -> dict[int, str]:
    """The place of every dwelling by its id."""
    with here.store.read() as connection:
        return {row.id: "-".join(filter(None, (row.compound, row.building, row.unit, row.room))) or row.address
                for row in connection.execute(select(dwelling).where(dwelling.c.campaign_id == made.id))}


def pages(file: Path, dpi: int = DPI) -> Iterator[Image.Image]:
    """Each page as a scanner sees it."""
    for page in pypdfium2.PdfDocument(file):
        yield page.render(scale=dpi / 72, grayscale=True).to_pil()


def words_on(file: Path) -> str:
    """All text of a PDF, without line breaks."""
    every = (page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file))
    return "".join("".join(every).split())


def scanned(image: Image.Image) -> list[tuple[int, int, str]]:
    """Every QR code on a page as (y, x, text), from the top, each row from the left."""
    found = [(each.position.top_left.y, each.position.top_left.x, each.text) for each in zxingcpp.read_barcodes(image)
             if each.format == zxingcpp.BarcodeFormat.QRCode]
    return sorted(found, key=lambda each: (round(each[0] / 40), each[1]))


@cache
def scanned_pages(file: Path) -> list[list[tuple[int, int, str]]]:
    """`scanned` for each page of a file that will not change."""
    return [scanned(page) for page in pages(file)]


def opened_by(here: Installation, address: str, kind: str = "H") -> codes.Code:
    """What the code of a scanned address opens."""
    start = f"{here.settings.public_url.upper()}/{kind}/"
    assert address.startswith(start), address
    with here.store.read() as connection:
        return codes.find(connection, here.server, symbols.read(address.removeprefix(start)))
