"""Who has which doors as a workbook: given out, changed by people in a spreadsheet, and read back.

SHT-1 A row is an entrance (or, with `doors`, a door); its place columns say which, team and people may be changed. Nothing in it
      is personal: work numbers only.
SHT-2 A team cell that is empty leaves the team as it is, `-` takes it away. The people cell lists all who have the row's doors:
      who is not in it loses them; `V003 2/6` (some doors only) leaves that person as they are. A column left out changes nothing.
SHT-3 A row that cannot be carried out is a problem with sheet, row, column, reason and remedy; the other rows still count.
SHT-4 Reading it back unchanged changes nothing; nothing is changed before `apply`.
"""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from sqlalchemy import Connection, select

from campaigns import assignments, people
from campaigns.audit import Actor
from campaigns.campaign import Campaign
from campaigns.frame import register
from campaigns.frame.errors import Fault, Problem, RegisterRefused, neutral
from campaigns.frame.places import fold, tidy
from campaigns.frame.sheets import Cells
from campaigns.people import User
from campaigns.store.fieldwork import assignment
from campaigns.store.schema import dwelling, user
from forms.language import Text

PLACES = {"community": "社区 community", "grid": "网格 grid", "compound": "小区 compound", "building": "楼栋 building",
          "unit": "单元 unit", "room": "房号 room", "address": "地址 address"}
_DOOR_ONLY = ("room", "address")
COLUMNS = {**PLACES, "doors": "户数 doors", "team": "工作组 team", "people": "工号 work numbers"}
_BY_HEADING = {fold(word): name for name, heading in COLUMNS.items() for word in (*heading.split(" ", 1), heading)}
_HEAD = 10  # rows in which the headings stand
_PART = re.compile(r"(\S+)\s+\d+/\d+")
_SEPARATORS = re.compile(r"[、,，;；\n]+")

NO_PLACE = Fault(Text("住房底册里没有这个地方", "There is no such place on the register"),
                 Text("社区、网格、小区、楼栋、单元不要改，只改工作组和工号",
                      "Leave the place columns as they were; change team and people only"))
NO_TEAM = Fault(Text("没有这个工作组", "There is no such team"),
                Text("先用 survey team add 增加，或核对名称", "Add it with survey team add, or check the name"))
NO_PERSON = Fault(Text("没有工号“{label}”", "There is nobody with the work number {label}"),
                  Text("写工号（如 V001），几个之间用顿号", "Write work numbers such as V001, several with commas between them"))
CANNOT = Fault(Text("“{label}”不能分这些门：已停用、不上门，或不在这个组",
                    "{label} cannot have these doors: revoked, no visitor, or of another team"),
               Text("换一个本组的志愿者", "Choose a volunteer of this team"))
NOT_YOURS = Fault(Text("不是您这个组的门", "These doors are not your team's"), Text("只改自己组的行", "Change rows of your own team only"))


# --- given out ---------------------------------------------------------------------------------------------------------

def write(connection: Connection, campaign: Campaign, path: Path, *, doors: bool = False, by: User | None = None) -> int:
    """Write the workbook; returns its rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("分工 assignments")
    sheet.freeze_panes = "A2"
    names = [name for name in COLUMNS if doors or name not in _DOOR_ONLY]
    heads = [openpyxl.cell.WriteOnlyCell(sheet, COLUMNS[name]) for name in names]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    rows = list(_rows(connection, campaign, doors, by))
    for row in rows:
        sheet.append([neutral(row[name]) if isinstance(row[name], str) else row[name] for name in names])
    book.save(path)
    return len(rows)


def _rows(connection: Connection, campaign: Campaign, doors: bool, by: User | None) -> Iterator[dict]:
    teams = people.teams(connection, campaign.id)
    for place, held in _entrances(connection, campaign, doors, by).items():
        yield {**dict(zip(PLACES, place)), "doors": len(held.doors),
               "team": "、".join(sorted({teams.get(each, "") for each in held.teams})),
               "people": "、".join(label if len(has) == len(held.doors) else f"{label} {len(has)}/{len(held.doors)}"
                                  for label, has in sorted(held.people.items()))}


@dataclass
class _Held:
    """The doors of one row: their ids, their teams, and who has which of them."""

    doors: set[int] = field(default_factory=set)
    teams: set[int | None] = field(default_factory=set)
    people: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def _entrances(connection: Connection, campaign: Campaign, doors: bool, by: User | None = None) -> dict[tuple, _Held]:
    """What stands in the store, by place, in walking order."""
    holders: dict[int, list[str]] = defaultdict(list)
    for door, label in connection.execute(
            select(assignment.c.dwelling_id, user.c.label).join(user, user.c.id == assignment.c.user_id)
            .where(assignment.c.campaign_id == campaign.id, assignment.c.ended_at.is_(None))):
        holders[door].append(label)
    found: dict[tuple, _Held] = {}
    columns = [dwelling.c[name] if doors or name not in _DOOR_ONLY else None for name in PLACES]
    rows = connection.execute(select(dwelling.c.id, dwelling.c.team_id, *(each for each in columns if each is not None)).where(
        dwelling.c.campaign_id == campaign.id, dwelling.c.ended_at.is_(None), *assignments.own_team(by))
        .order_by(dwelling.c.walk, dwelling.c.id))
    for door, team, *place in rows:
        held = found.setdefault(tuple(place) if doors else (*place, "", ""), _Held())
        held.doors.add(door)
        held.teams.add(team)
        for label in holders.get(door, ()):
            held.people[label].add(door)
    return found


# --- read back ---------------------------------------------------------------------------------------------------------

@dataclass
class Change:
    """What one row asks for: doors that go to a team (when `to_team`), and people who get or lose doors."""

    row: int
    place: str
    to_team: bool = False
    team_id: int | None = None
    moved: set[int] = field(default_factory=set)
    gain: dict[str, set[int]] = field(default_factory=dict)
    lose: dict[str, set[int]] = field(default_factory=dict)


@dataclass
class Plan:
    """What a workbook would change."""

    rows: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def doors(self) -> dict[str, int]:
        """How many doors change team, and how many are given to and taken from people."""
        return {"team": sum(len(each.moved) for each in self.changes),
                "gain": sum(len(doors) for each in self.changes for doors in each.gain.values()),
                "lose": sum(len(doors) for each in self.changes for doors in each.lose.values())}


def plan(connection: Connection, campaign: Campaign, path: Path, by: User | None = None) -> Plan:
    """Compare the workbook at `path` with the store; changes nothing. Raises RegisterRefused for a file that is none."""
    reader = _Reader(connection, campaign, by)
    headed = False
    for sheet in register.sheets_of(Path(path), _score, _HEAD):
        head = _heading(islice(sheet.rows(), _HEAD))
        if head is None:
            continue
        headed = True
        for number, cells in enumerate(sheet.rows(), 1):
            if number > head[0] and any(_text(cell) for cell in cells):
                reader.take(sheet.name, number, {
                    name: _text(cells[place]) if place < len(cells) else "" for name, place in head[1].items()})
    if not headed:
        raise RegisterRefused("{file} 里找不到表头“小区、楼栋、工作组、工号”。请用 survey assign export 给出的表来改。",
                              "{file} has no headings such as compound, building, team, work numbers. Change the table that survey assign "
                              "export writes.", file=Path(path).name)
    return reader.plan


def _score(rows: list[Cells]) -> int:
    return max((sum(fold(_text(cell)) in _BY_HEADING for cell in row) for row in rows), default=0)


def _heading(rows: Iterable[Cells]) -> tuple[int, dict[str, int]] | None:
    """(row, column of each name) of the first row that names a place and somebody to have it."""
    for number, row in enumerate(rows, 1):
        found: dict[str, int] = {}
        for place, cell in enumerate(row):
            name = _BY_HEADING.get(fold(_text(cell)))
            if name:
                found.setdefault(name, place)
        if {"compound", "building"} & set(found) and {"team", "people"} & set(found):
            return number, found
    return None


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return tidy(str(cell)).removeprefix("'") if cell is not None else ""


class _Reader:
    """Turns rows into changes."""

    def __init__(self, connection: Connection, campaign: Campaign, by: User | None):
        self.connection, self.campaign, self.by = connection, campaign, by
        self.plan = Plan()
        self._teams = {name: team_id for team_id, name in people.teams(connection, campaign.id).items()}
        self._people = {each.label: each for each in people.every(connection, campaign.id)}
        self._known: dict[bool, dict[tuple, _Held]] = {}

    def take(self, sheet: str, number: int, row: dict[str, str]) -> None:
        self.plan.rows += 1
        held = self._held(row)
        if held is None:
            self._problem(sheet, number, "building", row, NO_PLACE)
            return
        if self.by is not None and self.by.role == "lead" and held.teams != {self.by.team_id}:
            self._problem(sheet, number, "team", row, NOT_YOURS)
            return
        change = Change(number, "-".join(filter(None, (row.get(name, "") for name in PLACES))))
        if self._team(sheet, number, row, held, change) and self._people_of(sheet, number, row, held, change) \
                and (change.moved or change.gain or change.lose):
            self.plan.changes.append(change)

    def _held(self, row: dict[str, str]) -> _Held | None:
        """The doors of the row; place columns that the sheet lacks match any that is the only one."""
        doors = bool(row.get("room") or row.get("address"))
        if doors not in self._known:
            self._known[doors] = {tuple(map(tidy, place)): held for place, held in
                                  _entrances(self.connection, self.campaign, doors).items()}
        return self._known[doors].get(tuple(row.get(name, "") for name in PLACES))

    def _team(self, sheet: str, number: int, row: dict[str, str], held: _Held, change: Change) -> bool:
        wanted = row.get("team", "")
        current = {name: team_id for name, team_id in self._teams.items() if team_id in held.teams}
        if not wanted or wanted == "、".join(sorted(current | ({"": None} if None in held.teams else {}))):
            change.team_id = next(iter(held.teams)) if len(held.teams) == 1 else None
            return True
        if wanted != "-" and wanted not in self._teams:
            self._problem(sheet, number, "team", row, NO_TEAM)
            return False
        change.to_team, change.team_id = True, self._teams.get(wanted)
        if self.by is not None and self.by.role == "lead":
            self._problem(sheet, number, "team", row, NOT_YOURS)
            return False
        change.moved = set(held.doors) if held.teams != {change.team_id} else set()
        return True

    def _people_of(self, sheet: str, number: int, row: dict[str, str], held: _Held, change: Change) -> bool:
        if "people" not in row:
            return True
        named = [each.strip() for each in _SEPARATORS.split(row["people"]) if each.strip()]
        left_alone = {_PART.fullmatch(each)[1] for each in named if _PART.fullmatch(each)}
        wanted = [each for each in named if not _PART.fullmatch(each)]
        for label in (*wanted, *left_alone):
            if label not in self._people:
                self._problem(sheet, number, "people", row, NO_PERSON.fill(label=label))
                return False
        for label in wanted:
            lacking = held.doors - held.people.get(label, set())
            if lacking and not self._can_have(self._people[label], change, held):
                self._problem(sheet, number, "people", row, CANNOT.fill(label=label))
                return False
            if lacking:
                change.gain[label] = lacking
        # doors that go to another team are taken from people of the old one by that alone
        change.lose = {label: doors for label, doors in held.people.items() if label not in wanted and label not in left_alone}
        return True

    def _can_have(self, who: User, change: Change, held: _Held) -> bool:
        teams = {change.team_id} if change.to_team else held.teams
        return who.active and who.role in assignments.FIELD_ROLES and (
            who.team_id is None or all(team is None or team == who.team_id for team in teams))

    def _problem(self, sheet: str, number: int, column: str, row: dict[str, str], fault: Fault) -> None:
        self.plan.problems.append(Problem(sheet, number, COLUMNS[column], row.get(column, ""), fault))


def apply(connection: Connection, campaign: Campaign, found: Plan, at: datetime, actor: Actor, by: User | None = None) -> None:
    """Carry out `found`, all of it in this transaction."""
    everybody = {each.label: each for each in people.every(connection, campaign.id)}
    for change in found.changes:
        if change.to_team:
            assignments.to_team(connection, campaign, sorted(change.moved), change.team_id, at, actor)
        for label, doors in change.gain.items():
            assignments.assign(connection, campaign, everybody[label], sorted(doors), at, actor, by)
        for label, doors in change.lose.items():
            assignments.release(connection, campaign, everybody[label], sorted(doors), at, actor, by)
