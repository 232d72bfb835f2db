"""What importing a register would do, door by door, and what it did."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from campaigns.campaign import Campaign
from campaigns.frame.errors import MOST_PROBLEMS, Problem
from campaigns.frame.rows import TEXTS, Found
from campaigns.frame.walking import Place
from forms.language import Text

EXAMPLES = 5
_PLACE = [TEXTS.index(name) for name in ("compound", "building", "unit", "room", "address")]


def called(place: Place) -> str:
    """How a door is called, as `doors.Door.place` says it: `幸福里-3栋-2单元-501`, else the address."""
    return "-".join(filter(None, place[:4])) or place[4]


@dataclass(frozen=True)
class SheetReport:
    """What was made of one sheet. `skipped` says why it was not read; `compound` is set when its name or title stood for one."""

    name: str
    hidden: bool
    rows: int = 0
    heading_row: int | None = None
    compound: str = ""
    skipped: Text | None = None


@dataclass(slots=True)
class Planned:
    """One door to add or change, ready for the store: `sealed` holds the personal columns."""

    door: str
    texts: tuple[str, ...]
    area_dm2: int | None
    lon: float | None
    lat: float | None
    team: str
    extra: dict[str, str]
    sealed: bytes | None
    digest: str

    @property
    def place(self) -> Place:
        return tuple([self.texts[index] for index in _PLACE])

    @property
    def called(self) -> str:
        return called(self.place)


@dataclass
class Plan:
    """What importing a file would do. `problems` holds at most MOST_PROBLEMS; `bad` counts the rows that stay out."""

    campaign: Campaign
    fingerprint: str  # SHA-256 of the file
    first: bool  # the frame is empty
    state: str  # of the frame that the plan was made against
    add: list[Planned] = field(default_factory=list)
    change: dict[int, Planned] = field(default_factory=dict)  # by dwelling id
    revive: set[int] = field(default_factory=set)  # ids of ended doors that come back; each is in `change` too
    end: list[tuple[int, str]] = field(default_factory=list)  # dwelling id, and how the door is called
    same: int = 0
    rows: int = 0
    bad: int = 0
    continued: int = 0
    passed_over: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0
    sheets: list[SheetReport] = field(default_factory=list)
    compounds: dict[str, str] = field(default_factory=dict)  # folded name to spelling, mentioned by good rows
    changed_columns: Counter[str] = field(default_factory=Counter)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)  # examples: door, column, before, after

    @property
    def changes_nothing(self) -> bool:
        return not (self.add or self.change or self.end)

    def collect(self, found: Found) -> None:
        """Take over what a sheet's rows gave beside dwellings."""
        self.bad += found.bad
        self.continued += found.continued
        self.passed_over += found.passed_over
        for each in found.problems:
            self.report(each)

    def report(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1


@dataclass(frozen=True)
class Summary:
    """What an import did. `doors` is how many live doors the campaign has now."""

    added: int
    changed: int
    revived: int
    ended: int
    same: int
    bad: int
    doors: int
