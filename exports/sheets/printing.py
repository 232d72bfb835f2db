"""Printing a campaign's codes: one PDF a compound, in walking order.

SHT-1 Nothing is printed without a public address, without codes, or with a character that no font has.
SHT-2 A PDF is written under another name and renamed when it is whole: a file that is there is complete.
SHT-3 Each printed code notes the file, the page and the place on it, in the transaction of the audit row (INV-9).
SHT-4 No name of a person is read or printed; a door is its place.
"""
from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from campaigns import clock
from campaigns.audit import COMMAND_LINE, Actor
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.frame.doors import Door
from campaigns.installation import Installation
from exports.sheets import doors, words
from exports.sheets.doors import Compound, DoorToPrint
from exports.sheets.fonts import CharactersMissing, Fonts
from exports.sheets.layouts import LAYOUTS
from exports.sheets.layouts.grid import Notice, Printed
from exports.sheets.names import file_stems
from exports.sheets.paper import Paper
from exports.sheets.qr import QrMaker, address_in_code
from forms.language import Refusal


class NoAddress(Refusal):
    """Paper cannot be changed afterwards, so it needs the address first."""

    def __init__(self):
        super().__init__(
            "还没有设置居民扫码打开的网址，因此没有打印：印在纸上的码以后改不了。请先设置，例如 "
            "export SURVEY_PUBLIC_URL=https://survey.example.cn（须是居民手机能打开的网址）。",
            "The address that residents' phones open is not set, so nothing was printed: a code on paper cannot be changed "
            "later. Set it first, for instance export SURVEY_PUBLIC_URL=https://survey.example.cn (an address that phones "
            "can open).")


class NoCodes(Refusal):
    def __init__(self, slug: str):
        super().__init__("还没有可打印的码。请先发码：survey codes issue --campaign {slug}",
                         "There are no codes to print. Issue them first: survey codes issue --campaign {slug}", slug=slug)


class NoSuchCompound(Refusal):
    def __init__(self, name: str, known: list[str]):
        near = "、".join(known[:10]) + ("…" if len(known) > 10 else "")
        super().__init__("住房底册里没有小区“{name}”，请核对名称。现有：{near}", "The register has no compound “{name}”; please check the "
                         "name. There are: {near}", name=name, near=near)


class CannotWrite(Refusal):
    def __init__(self, folder: Path, error: OSError):
        super().__init__("不能写入文件夹 {folder}：{why}。请检查权限和磁盘空间。",
                         "Cannot write to the folder {folder}: {why}. Check permissions and free space.",
                         folder=folder, why=error.strerror or str(error))


@dataclass(frozen=True)
class Sheet:
    """One PDF as printed."""

    file: Path
    compound: str
    labels: int
    pages: int
    printed_before: int


@dataclass(frozen=True)
class Plan:
    """What a run will print, checked: nothing has been written yet. Go through `sheets()` to print it."""

    here: Installation
    campaign: Campaign
    layout: str
    out: Path
    names: tuple[str, ...]
    door: int | None  # the one dwelling to print
    public_url: str
    fonts: Fonts
    stems: dict[Compound, str]  # of the compounds to print
    labels: int
    printed_before: int
    without_code: int

    def sheets(self, at: datetime | None = None, actor: Actor = COMMAND_LINE) -> Iterator[Sheet]:
        """Print compound by compound; each is written and noted before the next begins. `at` defaults to now."""
        qr = QrMaker(address_in_code(self.public_url), LAYOUTS[self.layout].level)
        with self.here.store.read() as connection:
            every = doors.to_print(connection, self.campaign.id, self.names, self.door)
            for compound, found in groupby(every, lambda door: door.of):
                yield self._print(compound, list(found), qr, at or clock.now(), actor)

    def _print(self, compound: Compound, found: list[DoorToPrint], qr: QrMaker, at: datetime, actor: Actor) -> Sheet:
        layout, server = LAYOUTS[self.layout], self.here.server
        file = self.out / f"{self.stems[compound]}-{self.layout}.pdf"
        notice = Notice(self.campaign, typed_address(self.public_url))

        def items() -> Iterator[Printed]:
            for door in found:
                code = codes.written(server, door.seed)
                yield Printed(door.place, code, qr.of(code))

        with whole_file(file) as unfinished:
            paper = Paper(unfinished, self.fonts, f"{self.campaign.title.zh} {compound.name}", self.campaign.office.zh)
            pages = layout.draw(paper, notice, items())
            paper.save()
        positions = [(door.code_id, count // layout.cells + 1, count % layout.cells + 1) for count, door in enumerate(found)]
        with self.here.store.write() as connection:
            codes.printed(connection, self.campaign.id, file.name, positions, at, actor, layout=self.layout)
        return Sheet(file, compound.name, len(found), pages, sum(door.printed_at is not None for door in found))


def plan(here: Installation, campaign: Campaign, *, layout: str, out: Path, compounds: Sequence[str] = (),
         door: Door | None = None, public_url: str | None = None) -> Plan:
    """Check everything that could refuse a run, before the first page.

    `compounds` are names; none means all. `door`: only this one's code. `public_url` stands in for the setting, for a demo on this machine.
    Raises NoAddress, NoCodes, NoSuchCompound, NoFont, FontUnreadable, CharactersMissing, AddressUnfit, AddressTooLong.
    """
    address = public_url or here.settings.public_url
    if not address:
        raise NoAddress
    fonts = Fonts(here.settings.fonts)
    with here.store.read() as connection:
        known = doors.compounds(connection, campaign.id)
        names = [each.name for each in known]
        for name in compounds:
            if name not in names:
                raise NoSuchCompound(name, names)
        labels, before, found = _look_through(fonts, campaign, doors.to_print(connection, campaign.id, compounds, door and door.id))
        lacking = doors.without_code(connection, campaign.id, compounds, door and door.id)
    if not labels:
        raise NoCodes(campaign.slug)
    LAYOUTS[layout].check(QrMaker(address_in_code(address), LAYOUTS[layout].level).modules)
    stems = file_stems(known, campaign.slug)
    if door:
        stems |= dict(zip(found, file_stems([Compound("", door.place)], campaign.slug).values()))
    return Plan(here, campaign, layout, Path(out), tuple(compounds), door and door.id, address, fonts,
                {each: stems[each] for each in found}, labels, before, lacking)


def print_sheets(here: Installation, campaign: Campaign, *, layout: str, out: Path, compounds: Sequence[str] = (),
                 public_url: str | None = None, at: datetime | None = None, actor: Actor = COMMAND_LINE,
                 tell: Callable[[Sheet], None] = lambda sheet: None) -> list[Sheet]:
    """Plan and print in one go; `tell` hears of each file as it is done."""
    printed = []
    chosen = plan(here, campaign, layout=layout, out=out, compounds=compounds, public_url=public_url)
    for sheet in chosen.sheets(at, actor):
        tell(sheet)
        printed.append(sheet)
    return printed


def _look_through(fonts: Fonts, campaign: Campaign, every: Iterator[DoorToPrint]) -> tuple[int, int, list[Compound]]:
    """Count the labels, those printed before, and the compounds; raises CharactersMissing for all doors at once."""
    require_characters(fonts, words.of_campaign(campaign))
    labels = before = 0
    missing: dict[str, set[str]] = {}
    found: dict[Compound, None] = {}
    for door in every:
        labels += 1
        before += door.printed_at is not None
        found[door.of] = None
        if lacks := fonts.missing(door.place):
            missing[door.place] = lacks
    if missing:
        raise CharactersMissing(set().union(*missing.values()), missing)
    return labels, before, list(found)


def require_characters(fonts: Fonts, texts: Sequence[str]) -> None:
    """Raises CharactersMissing naming the texts that cannot be printed."""
    missing = {text: lacks for text in texts if (lacks := fonts.missing(text))}
    if missing:
        raise CharactersMissing(set().union(*missing.values()), missing)


def typed_address(public_url: str) -> str:
    """What a person types without a scanner: `survey.example.cn/h`."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}/h" if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}/h"


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """A name to write under, readable by its owner only; renamed to `file` at the end, or taken away when something fails.

    Raises CannotWrite.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))  # whoever can read codes can use them
        try:
            yield unfinished
            os.replace(unfinished, file)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(file.parent, error) from error
