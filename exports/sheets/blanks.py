"""Blank door hangers as PDF: batches of forty with a cover sheet each, some batches to a file.

SHT-5 Hangers that were printed before are printed again only when their numbers are asked for; they keep their codes.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from campaigns import clock, hangers
from campaigns.audit import COMMAND_LINE, Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.hangers.finding import written
from campaigns.installation import Installation
from campaigns.store.schema import code
from exports.sheets import words
from exports.sheets.fonts import Fonts
from exports.sheets.layouts.blank import LAYOUT, Batch, cover
from exports.sheets.layouts.grid import Notice, Printed
from exports.sheets.paper import Paper
from exports.sheets.printing import NoAddress, require_characters, typed_address, whole_file
from exports.sheets.qr import QrMaker, address_in_code
from forms.language import Refusal

_BATCHES_A_FILE = 25


class NoBlanks(Refusal):
    def __init__(self, slug: str):
        super().__init__("没有要印的挂卡。先发卡：survey codes issue --campaign {slug} --kind hanger --count 200；"
                         "要重印，请写明编号：--from 1 --to 40",
                         "There are no hangers to print. Issue some: survey codes issue --campaign {slug} --kind hanger --count 200; "
                         "to print again, name the numbers: --from 1 --to 40", slug=slug)


@dataclass(frozen=True)
class Blanks:
    """One file of blank hangers as printed."""

    file: Path
    first: int
    last: int
    hangers: int
    batches: int
    pages: int
    printed_before: int


class _Blank(NamedTuple):
    code_id: int
    seed: bytes
    serial: int
    state: str

    @property
    def batch(self) -> int:
        return (self.serial - 1) // hangers.BATCH + 1


def print_blanks(here: Installation, campaign: Campaign, *, out: Path, first: int | None = None, last: int | None = None,
                 public_url: str | None = None, at: datetime | None = None, actor: Actor = COMMAND_LINE) -> list[Blanks]:
    """Print every hanger that was not printed yet, or those from `first` to `last` whether printed or not.

    Raises NoAddress, NoBlanks, NoFont, FontUnreadable, CharactersMissing, AddressUnfit, AddressTooLong, CannotWrite.
    """
    address = public_url or here.settings.public_url
    if not address:
        raise NoAddress
    fonts = Fonts(here.settings.fonts)
    require_characters(fonts, words.of_campaign(campaign))
    qr = QrMaker(address_in_code(address), LAYOUT.level)
    LAYOUT.check(qr.modules)
    with here.store.read() as connection:
        found = _to_print(connection, campaign, first, last)
    if not found:
        raise NoBlanks(campaign.slug)
    every = [list(batch) for _, batch in groupby(found, lambda blank: blank.batch)]
    notice = Notice(campaign, typed_address(address))
    return [_print(here, notice, Path(out), fonts, qr, every[start:start + _BATCHES_A_FILE], at or clock.now(), actor)
            for start in range(0, len(every), _BATCHES_A_FILE)]


def _to_print(connection: Connection, campaign: Campaign, first: int | None, last: int | None) -> list[_Blank]:
    query = select(code.c.id, code.c.seed, code.c.serial, code.c.state).where(
        code.c.campaign_id == campaign.id, code.c.kind == "hanger", code.c.revoked_at.is_(None)).order_by(code.c.serial)
    if first is None and last is None:
        query = query.where(code.c.state == "issued")
    else:
        low = first if first is not None else last
        query = query.where(code.c.serial.between(low, last if last is not None else low))
    return [_Blank(*row) for row in connection.execute(query)]


def _print(here: Installation, notice: Notice, out: Path, fonts: Fonts, qr: QrMaker, batches: Sequence[list[_Blank]], at: datetime,
           actor: Actor) -> Blanks:
    campaign, every = notice.campaign, [blank for batch in batches for blank in batch]
    file = out / f"{campaign.slug}-hangers-{written(every[0].serial)}-{written(every[-1].serial)}.pdf"
    positions: list[tuple[int, int, int]] = []
    with whole_file(file) as unfinished:
        paper = Paper(unfinished, fonts, f"{campaign.title.zh} {written(every[0].serial)}-{written(every[-1].serial)}", campaign.office.zh)
        LAYOUT.begin(paper, notice)
        for batch in batches:
            items = list(_items(here, qr, batch))
            cover(paper, notice, Batch(batch[0].batch, len(batch), items[0], items[-1]))
            positions += [(blank.code_id, paper.pages + count // LAYOUT.cells + 1, count % LAYOUT.cells + 1)
                          for count, blank in enumerate(batch)]
            LAYOUT.fill(paper, items)
        paper.save()
    with here.store.write() as connection:
        hangers.printed(connection, campaign, file.name, positions, at, actor)
    return Blanks(file, every[0].serial, every[-1].serial, len(every), len(batches), paper.pages,
                  sum(blank.state != "issued" for blank in every))


def _items(here: Installation, qr: QrMaker, batch: list[_Blank]) -> Iterator[Printed]:
    for blank in batch:
        text = codes.written(here.server, blank.seed)
        yield Printed(written(blank.serial), text, qr.of(text))
