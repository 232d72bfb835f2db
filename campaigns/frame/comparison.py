"""Comparing a register with the frame: reads the file row by row and keeps only what would be added or changed."""
from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from campaigns.campaign import Campaign
from campaigns.frame import errors, headings, register
from campaigns.frame.errors import Problem, RegisterRefused
from campaigns.frame.headings import Heading
from campaigns.frame.places import compound_of, fold
from campaigns.frame.plans import EXAMPLES, Plan, Planned, SheetReport, called
from campaigns.frame.rows import TEXTS, Dwelling, Found, SheetReader
from campaigns.frame.sheets import Sheet
from campaigns.frame.workbooks import refuse_too_many_rows
from campaigns.keys import Key
from campaigns.store.schema import dwelling
from forms.language import Text

_EVERY = 2_000  # rows between two reports of progress
_READ = 0.25  # share of the planning time that calamine takes; measured
_quoted = json.encoder.encode_basestring


def _json(texts: dict[str, str]) -> str:
    """`texts` as JSON, sorted by name. Twice as fast as json.dumps, which makes a new encoder for each call."""
    return "{" + ",".join([f"{_quoted(name)}:{_quoted(texts[name])}" for name in sorted(texts)]) + "}"


def compare(connection: Connection, key: Key, campaign: Campaign, path: Path, progress: Callable[[float], None]) -> Plan:
    """The plan of importing the register at `path`. Raises RegisterRefused. `progress` gets shares from 0 to 1."""
    progress(0.0)
    sheets = register.sheets_of(path, headings.score, headings.HEAD)
    progress(_READ)
    stored, state = frame(connection, campaign.id)
    plan = Plan(campaign, register.fingerprint(path), first=not stored, state=state)
    spellings = {fold(name): name for name in connection.execute(
        select(dwelling.c.compound).where(dwelling.c.campaign_id == campaign.id).distinct()).scalars()}
    comparison = _Comparison(plan, key, stored)
    total = sum(sheet.height for sheet in sheets)
    for count, each in enumerate(_dwellings(plan, comparison, path, sheets, spellings), start=1):
        comparison.take(each)
        if count % _EVERY == 0:
            refuse_too_many_rows(path, count)
            progress(_READ + (1 - _READ) * (min(1.0, count / total) if total else 0.5))
    if not comparison.seen:
        raise _nothing_usable(path, plan)
    _find_ended(connection, plan, comparison)
    _describe_changes(connection, key, plan)
    progress(1.0)
    return plan


# --- the frame ---------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Stored:
    """A dwelling of the frame, as far as a register is compared with it. `digest`: of all that the register last said of it."""

    id: int
    digest: str
    ended: bool
    found: bool = False  # by a volunteer, not on any register yet


_stored = select(dwelling.c.id, dwelling.c.door, dwelling.c.digest, dwelling.c.ended_at.is_not(None), dwelling.c.origin).where(
    dwelling.c.campaign_id == bindparam("campaign")).order_by(dwelling.c.id)
_details = select(*[dwelling.c[name] for name in ("id", "door", *TEXTS, "area_dm2", "lon", "lat", "extra", "sealed")]).where(
    dwelling.c.campaign_id == bindparam("campaign")).order_by(dwelling.c.walk)


def frame(connection: Connection, campaign_id: int) -> tuple[dict[str, Stored], str]:
    """The campaign's doors, and a text that is another as soon as any of them is."""
    doors, state = {}, hashlib.sha256()
    for door_id, door, digest, ended, origin in connection.execute(_stored, {"campaign": campaign_id}):
        doors[door] = Stored(door_id, digest, bool(ended), origin == "field")
        state.update(f"{door_id} {digest} {ended}\n".encode())
    return doors, state.hexdigest()


# --- the file ----------------------------------------------------------------------------------------------------------

class _Comparison:
    """Sorts the dwellings of the file into new, changed and same. `seen` maps each door to the place of its row."""

    def __init__(self, plan: Plan, key: Key, stored: dict[str, Stored]):
        self.plan, self.key, self.stored = plan, key, stored
        self.seen: dict[str, tuple[str, int]] = {}
        self.refused: set[str] = set()  # doors of rows that were refused: not gone

    def take(self, each: Dwelling) -> None:
        first = self.seen.setdefault(each.door, (each.sheet, each.row))
        if first != (each.sheet, each.row):
            self._duplicate(each, first)
            return
        folded = compound_of(each.door)
        if folded not in self.plan.compounds:
            self.plan.compounds[folded] = each.texts[TEXTS.index("compound")]
        personal = _json(each.personal).encode() if each.personal else b""
        digest = self._digest(each, personal)
        known = self.stored.get(each.door)
        if known and known.digest == digest and not known.ended:
            self.plan.same += 1
            return
        sealed = self.key.seal(personal, f"dwelling:{each.door}") if personal else None
        planned = Planned(each.door, each.texts, each.area_dm2, each.lon, each.lat, each.team, each.extra, sealed, digest)
        if known is None:
            self.plan.add.append(planned)
            return
        self.plan.change[known.id] = planned
        if known.ended:
            self.plan.revive.add(known.id)

    def _digest(self, each: Dwelling, personal: bytes) -> str:
        """Keyed, because a plain hash of a name and a telephone number can be guessed."""
        fields = (*each.texts, each.area_dm2, each.lon, each.lat, each.team, _json(each.extra) if each.extra else "")
        return self.key.mac("register row", "\x1f".join(map(str, fields)).encode() + b"\x1f" + personal)[:16].hex()

    def _duplicate(self, each: Dwelling, first: tuple[str, int]) -> None:
        value = called((*each.texts[TEXTS.index("compound"):TEXTS.index("address")], each.texts[TEXTS.index("address")]))
        self.plan.bad += 1
        column = "房号 room" if each.texts[TEXTS.index("room")] else "地址 address"
        self.plan.report(Problem(each.sheet, each.row, column, value, errors.DUPLICATE.fill(sheet=first[0], row=first[1])))


def _dwellings(plan: Plan, comparison: _Comparison, path: Path, sheets: list[Sheet],
               spellings: dict[str, str]) -> Iterator[Dwelling]:
    """The good rows of all sheets; reports, counts and problems go into the plan."""
    read = [(sheet, headings.find(list(itertools.islice(sheet.rows(), headings.HEAD)), sheet.merges)) for sheet in sheets]
    if not any(heading and heading.names_doors for _, heading in read):
        raise _no_headings(path, read)
    for sheet, heading in read:
        if heading is None or not heading.names_doors:
            plan.sheets.append(SheetReport(sheet.name, sheet.hidden, skipped=_why_skipped(sheet, heading)))
            continue
        found, compound = Found(), headings.compound_of_sheet(sheet, heading)
        yield from SheetReader(sheet, heading, compound, spellings, found).read()
        plan.rows += found.rows
        plan.collect(found)
        comparison.refused.update(found.bad_doors)
        plan.sheets.append(SheetReport(sheet.name, sheet.hidden, found.rows, heading.last_row + 1, compound))


def _why_skipped(sheet: Sheet, heading: Heading | None) -> Text:
    if heading:
        return Text("没有房号或地址列", "no column for the room or the address")
    return Text("没有表头", "no heading row") if sheet.height else Text("空表", "empty")


_NEEDED = Text("房号和楼栋（或小区），或地址；例如：社区 网格 小区 楼栋 单元 房号 地址 用途 建筑面积",
               "the room and its building (or compound), or the address; for instance: community, grid, compound, building, unit, room, "
               "address, use, floor area")


def _no_headings(path: Path, read: list[tuple[Sheet, Heading | None]]) -> RegisterRefused:
    labels = [column.label for _, heading in read if heading for column in heading.columns if column.field != "person"]
    rows = [list(itertools.islice(sheet.rows(), headings.HEAD)) for sheet, _ in read]
    if not any(cell != "" for each in rows for row in each for cell in row):
        return RegisterRefused("{file} 没有内容。请检查是否选对了文件。", "{file} has no content. Check that it is the right file.",
                               file=path.name)
    sheets = "、".join(sheet.name for sheet, _ in read[:EXAMPLES])
    return RegisterRefused(
        "{file}（工作表：{sheets}）前 {head} 行里找不到能定位到门的表头。认出的列：{found}。需要：{needed}。请补上表头后再导入。",
        "{file} (sheets: {sheets}): no headings that name doors within the first {head} rows. Recognised: {found}. Needed: {needed}. "
        "Add the headings and import again.", file=path.name, sheets=sheets, head=headings.HEAD,
        found="、".join(labels[:12]) or Text("无", "none"), needed=_NEEDED)


def _nothing_usable(path: Path, plan: Plan) -> RegisterRefused:
    first = plan.problems[0] if plan.problems else None
    if first is None:
        return RegisterRefused("{file} 有表头，但下面没有数据。请检查是否导出成功。",
                               "{file} has headings but no data below them. Check that it was exported properly.", file=path.name)
    return RegisterRefused(
        "{file} 的 {bad} 行都不能导入。第一处：{sheet} 第 {row} 行，{reason}；{remedy}。没有导入任何内容。",
        "None of the {bad} rows of {file} can be imported. The first: {sheet}, row {row}: {reason}; {remedy}. Nothing was imported.",
        file=path.name, bad=plan.bad, sheet=first.sheet, row=first.row, reason=first.fault.reason, remedy=first.fault.remedy)


# --- what is left of the frame -----------------------------------------------------------------------------------------

def _find_ended(connection: Connection, plan: Plan, comparison: _Comparison) -> None:
    """Doors that the file does not have, in compounds that it mentions. One that a volunteer found was never in a file: a lead
    decides about it."""
    gone = {known.id for door, known in comparison.stored.items()
            if not known.ended and not known.found and door not in comparison.seen and door not in comparison.refused
            and compound_of(door) in plan.compounds}
    if gone:
        plan.end = [(row.id, called((row.compound, row.building, row.unit, row.room, row.address)))
                    for row in connection.execute(_details, {"campaign": plan.campaign.id}) if row.id in gone]


def _describe_changes(connection: Connection, key: Key, plan: Plan) -> None:
    """Count the changes by column, with a few examples; of personal columns only that they changed."""
    if not plan.change:
        return
    for row in connection.execute(_details, {"campaign": plan.campaign.id}):
        new = plan.change.get(row.id)
        if new is None:
            continue
        before = (row.register_code or "", *row[3:2 + len(TEXTS)], row.area_dm2, row.lon, row.lat, row.extra)
        after = (*new.texts, new.area_dm2, new.lon, new.lat, new.extra)
        for name, old, fresh in zip((*TEXTS, "area_dm2", "lon", "lat", "extra"), before, after):
            if old != fresh:
                plan.changed_columns[name] += 1
                if len(plan.changes) < EXAMPLES and name != "extra":
                    plan.changes.append((new.called, name, _shown(name, old), _shown(name, fresh)))
        if _opened(key, row.door, row.sealed) != _opened(key, row.door, new.sealed):
            plan.changed_columns["personal"] += 1


def _opened(key: Key, door: str, sealed: bytes | None) -> bytes:
    return key.open(sealed, f"dwelling:{door}") if sealed else b""


def _shown(name: str, value: object) -> str:
    if value is None:
        return ""
    return f"{value // 100}.{value % 100:02d}" if name == "area_dm2" else str(value)
