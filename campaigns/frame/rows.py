"""From the rows of a sheet to dwellings and problems."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaigns.frame import errors, values
from campaigns.frame.above import AsAbove
from campaigns.frame.errors import BadValue, Fault, Problem
from campaigns.frame.headings import Column, Heading
from campaigns.frame.places import blank, door_of, fold, numbered, split_room, tidy
from campaigns.frame.sheets import NO_VALUE, Cells, Sheet

TEXTS = ("register_code", "city", "district", "street", "community", "grid", "compound", "building", "unit", "room", "address", "use")
_NEVER_SCANNED = {"register_code", "area", "lon", "lat", "floor", "person"}  # look like a telephone number, or are sealed anyway
_NAMES_DOOR = {"compound", "building", "unit", "room", "address"}
_TOTALS = frozenset(("合计", "总计", "小计", "共计", "总数", "total", "subtotal"))
_LONGEST = {"address": 300, "register_code": 64, "room": 60, "": 2_000, "person": 2_000}
_LONGEST_PLACE = 120
_SHORT, _MOST_HARMLESS = 40, 100_000  # a text as short as this is short enough for every column
_HIGHEST_FLOOR = 200


@dataclass(slots=True)
class Dwelling:
    """One door as a register row tells it. `texts` are in the order of TEXTS; `personal` is for sealing only."""

    sheet: str
    row: int  # from 1, as the spreadsheet numbers it
    door: str
    texts: tuple[str, ...]
    area_dm2: int | None
    lon: float | None
    lat: float | None
    team: str
    extra: dict[str, str]
    personal: dict[str, str]


@dataclass
class Found:
    """What a sheet gave: filled while `read` is run through."""

    problems: list[Problem] = field(default_factory=list)
    bad_doors: list[str] = field(default_factory=list)  # named by rows that were refused: they are not gone
    rows: int = 0  # with something in them, below the heading
    bad: int = 0
    continued: int = 0  # rows of a door whose room cell is merged over several rows
    passed_over: int = 0  # totals and repeated headings


@dataclass(slots=True)
class _Draft:
    row: int
    known: dict[str, str]
    extra: dict[str, str]
    personal: dict[str, str]
    problems: list[Problem]


class SheetReader:
    """Reads the rows below `heading`. `compound` stands in for a missing compound column."""

    def __init__(self, sheet: Sheet, heading: Heading, compound: str, spellings: dict[str, str], found: Found):
        self.sheet, self.heading, self.found = sheet, heading, found
        self._compound, self._spellings = compound, spellings
        self._fields = heading.fields
        self._labels = {column.field: column.label for column in heading.columns}
        self._columns = [(column.place, *self._target(column), column) for column in heading.columns if column.field != "serial"]
        self._width = max((column.place for column in heading.columns), default=-1) + 1
        self._harmless: dict[str, str] = {}  # short texts seen before that need no second look: most cells of a register
        self._first_labels = [(column.place, column.label) for column in heading.columns[:3]]
        self._as_above = AsAbove(sheet, heading)
        self._roomless: list[tuple[Dwelling, str]] = []  # in a building and without a room, with the folded address

    def read(self) -> Iterator[Dwelling]:
        """The dwellings of the sheet, in order; problems and counts go into `found`."""
        pending: _Draft | None = None
        for row, cells, continues in self._as_above.rows():
            draft = self._draft(row, cells)
            if draft is None:
                continue
            self.found.rows += 1
            if continues and pending is not None:
                self.found.continued += 1
                self._join(pending, draft)
                continue
            if pending is not None:
                yield from self._finished(pending)
            pending = draft
        if pending is not None:
            yield from self._finished(pending)
        yield from self._with_own_address()

    # --- one row ---------------------------------------------------------------------------------------------------

    def _draft(self, row: int, cells: Cells) -> _Draft | None:
        """The row's texts by kind; None for empty rows, totals and repeated headings."""
        draft = _Draft(row + 1, {}, {}, {}, [])
        targets, harmless, any_text = (draft.known, draft.extra, draft.personal), self._harmless, False
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        for place, target, name, column in self._columns:
            cell = cells[place]
            if cell == "":
                continue
            text = harmless.get(cell) if type(cell) is str else None
            if text is None:
                any_text = self._look_at(draft, column, cell) or any_text
            elif text:
                targets[target][name] = text
                any_text = True
        if not any_text:
            return None
        if self._is_total(draft) or self._is_heading(cells):
            self.found.passed_over += 1
            return None
        self._as_above.fill(draft.known)
        return draft

    @staticmethod
    def _target(column: Column) -> tuple[int, str]:
        """(0 known, 1 extra, 2 personal; the name that the text has there)."""
        if column.field in ("", "person"):
            return (2 if column.field else 1), column.label
        return 0, column.field

    def _look_at(self, draft: _Draft, column: Column, cell: object) -> bool:
        """Check a cell and put its text where it belongs; whether there was anything in it."""
        try:
            text = values.text_of(cell)
        except BadValue as bad:
            self._note(draft, column.label, column.field, bad.fault, bad.shown or "", kept=bad.fault is errors.DIGITS_LOST)
            return True
        personal = column.field not in _NEVER_SCANNED and values.looks_personal(text)
        if type(cell) is str and len(text) <= _SHORT and not personal and column.field not in _NEVER_SCANNED:
            if len(self._harmless) < _MOST_HARMLESS:
                self._harmless[cell] = text
        if text:
            self._place(draft, column, text, personal)
        return bool(text)

    def _place(self, draft: _Draft, column: Column, text: str, personal: bool) -> None:
        name = column.field
        if text.startswith(NO_VALUE) and name in _NAMES_DOOR:
            self._note(draft, column.label, name, errors.FORMULA, "" if text == NO_VALUE else text)
        elif text == NO_VALUE:
            return
        elif len(text) > _LONGEST.get(name, _LONGEST_PLACE):
            fault = errors.TOO_LONG.fill(length=len(text), limit=_LONGEST.get(name, _LONGEST_PLACE))
            self._note(draft, column.label, name, fault, text[:40] + "…")
        elif name == "person":
            draft.personal[column.label] = text
        elif name == "":
            (draft.personal if personal else draft.extra)[column.label] = text
        else:
            if personal:
                self._note(draft, column.label, "person", errors.PERSONAL_HERE, "")
            draft.known[name] = text

    def _is_total(self, draft: _Draft) -> bool:
        if draft.known.get("room"):
            return False
        cells = (*draft.known.values(), *draft.extra.values(), *draft.personal.values())
        return any(text.rstrip(":：").lower() in _TOTALS for text in cells[:3])

    def _is_heading(self, cells: Cells) -> bool:
        return all(place < len(cells) and cells[place] == label for place, label in self._first_labels)

    def _join(self, first: _Draft, more: _Draft) -> None:
        """Add what a continuing row says to the door it belongs to: several people behind one merged room cell."""
        for target, source in ((first.personal, more.personal), (first.extra, more.extra)):
            for label, text in source.items():
                held = target.get(label, "")
                if text not in held.split("；"):
                    target[label] = f"{held}；{text}" if held else text
        first.problems.extend(more.problems)

    # --- the dwelling ----------------------------------------------------------------------------------------------

    def _finished(self, draft: _Draft) -> Iterator[Dwelling]:
        known = draft.known
        keys = self._settle_place(known)
        door = door_of(*keys, "" if keys[3] and (keys[0] or keys[1]) else fold(known.get("address", "")))
        if door is None and not any(not each.kept for each in draft.problems):
            label = self._labels.get("room") or self._labels.get("address", "")
            self._note(draft, label, "", errors.NO_DOOR, known.get("room", ""))
        area, (lon, lat) = self._measures(draft)
        self.found.problems.extend(draft.problems)
        if any(not each.kept for each in draft.problems):
            self.found.bad += 1
            if door:
                self.found.bad_doors.append(door)
            return
        found = Dwelling(self.sheet.name, draft.row, door, tuple([known.get(name, "") for name in TEXTS]), area, lon, lat,
                         known.get("team", ""), draft.extra, draft.personal)
        if keys[1] and not keys[3] and "room" in self._fields:
            self._roomless.append((found, fold(known["address"])))
        else:
            yield found

    def _with_own_address(self) -> Iterator[Dwelling]:
        """Of the rows with a building but no room those whose address no other row has; the others would be a whole entrance."""
        if not self._roomless:
            return
        place = next(column.place for column in self.heading.columns if column.field == "address")
        wanted, seen = {address for _, address in self._roomless}, Counter()
        for _, cells, _ in self._as_above.rows():
            address = fold(tidy(cells[place])) if place < len(cells) and isinstance(cells[place], str) else ""
            if address in wanted:
                seen[address] += 1
        for found, address in self._roomless:
            if seen[address] > 1:
                self.found.problems.append(Problem(self.sheet.name, found.row, self._labels["room"], "", errors.NO_ROOM))
                self.found.bad += 1
                self.found.bad_doors.append(found.door)
            else:
                yield found

    def _settle_place(self, known: dict[str, str]) -> tuple[str, str, str, str]:
        """Write compound, building, unit and room in their one spelling; returns their keys."""
        if "compound" not in known and self._compound:
            known["compound"] = self._compound
        if "building" not in self._fields and known.get("room"):
            building, unit, known["room"] = split_room(known["room"])
            if building:
                known["building"], known["unit"] = building, unit or known.get("unit", "")
        room_key, room = numbered("room", known.get("room", ""))
        floor = known.get("floor", "")
        if room_key.isdecimal() and len(room_key) <= 2 and floor.isdecimal() and 0 < int(floor) <= _HIGHEST_FLOOR:
            # numbered anew on each floor: 5层1 is said as it stands, for what the plate shows is not known
            room_key, room = f"{int(floor)}层{room_key}", f"{int(floor)}层{room}"
        building_key, known["building"] = numbered("building", known.get("building", ""))
        unit_key, known["unit"] = numbered("unit", known.get("unit", ""))
        known["room"] = room
        compound = known.get("compound", "")
        compound_key = "" if blank(compound) else fold(compound)
        known["compound"] = self._spellings.setdefault(compound_key, compound) if compound_key else ""
        return compound_key, building_key, unit_key, room_key

    def _measures(self, draft: _Draft) -> tuple[int | None, tuple]:
        """(area, (longitude, latitude)), each None when it is not given or, with a problem noted, impossible."""
        area, position, known = None, (None, None), draft.known
        try:
            if "area" in known:
                area = values.area_dm2(known["area"])
        except BadValue as bad:
            self._note(draft, self._labels["area"], "area", bad.fault, known["area"])
        try:
            if "lon" in known or "lat" in known:
                position = values.position(known.get("lon", ""), known.get("lat", ""))
        except BadValue as bad:
            label = "、".join(self._labels[name] for name in ("lon", "lat") if name in self._labels)
            self._note(draft, label, "lon", bad.fault, f"{known.get('lon', '')}, {known.get('lat', '')}")
        return area, position

    def _note(self, draft: _Draft, label: str, name: str, fault: Fault, value: str, kept: bool = False) -> None:
        shown = "" if name == "person" or values.looks_personal(value) else value
        draft.problems.append(Problem(self.sheet.name, draft.row, label, shown, fault, kept))
