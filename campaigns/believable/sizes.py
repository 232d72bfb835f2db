"""How large a made campaign is, which channels bring it in, and how often something goes wrong."""
from __future__ import annotations

from dataclasses import dataclass, field

from forms.language import Refusal

PERSONS_PER_HOUSEHOLD = 2.605  # 199,773 / 76,688, as counted in Longquan street
_VACANT, _COMMERCIAL = 0.05, 0.012  # of all dwellings


@dataclass(frozen=True)
class Shares:
    """Of the households reached: by which channel first. Sums to 1."""

    visit: float = 0.42
    self: float = 0.27
    hanger: float = 0.12
    paper: float = 0.14
    gate: float = 0.05

    def items(self) -> list[tuple[str, float]]:
        return [(name, getattr(self, name)) for name in self.__dataclass_fields__]


@dataclass(frozen=True)
class Rates:
    """How often something goes wrong. Per household reached, but `bad_row` per row of the register."""

    second_channel: float = 0.06  # told again by another channel, with other answers
    correction: float = 0.03  # told wrongly, then corrected with the receipt
    name_typo: float = 0.015
    digit_caught: float = 0.02  # a wrong digit in an ID number that the check digit finds
    digit_missed: float = 0.005  # wrong digits that still pass every rule
    person_missed: float = 0.008
    doors_swapped: float = 0.004  # two neighbours told under each other's code
    late: float = 0.02  # sent hours later from a phone without network; after closing it is marked late
    bad_row: float = 0.004
    gate_only: float = 0.3  # of those first told at the gate: nobody asked them afterwards
    opened_only: float = 0.03  # of the doors not reached: scanned, never sent


CLEAN = Rates(**dict.fromkeys(Rates.__dataclass_fields__, 0.0))


@dataclass(frozen=True)
class Size:
    """A campaign to make. `dwellings` = `households` + empty doors + businesses; `days` is how long it is open,
    `played_days` how much of that has happened; `reached` is the share of doors told by then."""

    compounds: int
    buildings: int
    dwellings: int
    households: int
    persons: int
    communities: int
    teams: int
    grid_workers: int
    volunteers: int
    clerks: int
    supervisors: int
    days: int
    played_days: int
    reached: float
    shares: Shares = field(default_factory=Shares)
    rates: Rates = field(default_factory=Rates)

    @property
    def visitors(self) -> int:
        """Everyone who goes to doors: grid workers and volunteers."""
        return self.grid_workers + self.volunteers


def small(dwellings: int = 200, rates: Rates = Rates()) -> Size:
    """A campaign of `dwellings` doors, open for three days of twenty; 200 doors make 2 compounds and 6 buildings."""
    if not 20 <= dwellings <= 200_000:
        raise Refusal("住房数应在 20 到 200000 之间，现在是 {count}。",
                      "The number of dwellings must be from 20 to 200,000; it is {count}.",
                      count=dwellings)
    households = dwellings - round(dwellings * _VACANT) - round(dwellings * _COMMERCIAL)
    compounds = max(2, round(dwellings / 620))
    return Size(
        compounds=compounds, buildings=max(3 * compounds, round(dwellings / 40)), dwellings=dwellings, households=households,
        persons=round(households * PERSONS_PER_HOUSEHOLD), communities=max(2, round(compounds / 5)),
        teams=min(7, max(2, round(compounds / 17))), grid_workers=max(2, dwellings // 800),
        volunteers=max(4, dwellings // 152), clerks=max(1, dwellings // 1900), supervisors=1, days=20, played_days=3,
        reached=0.24, rates=rates)


def longquan(rates: Rates = Rates()) -> Size:
    """The size that Longquan street reported, and its campaign over: every door reached but 2 % when things go wrong."""
    households = 76_688
    vacant, commercial = round(households * _VACANT), round(households * _COMMERCIAL)
    return Size(
        compounds=123, buildings=2_050, dwellings=households + vacant + commercial, households=households, persons=199_773,
        communities=23, teams=7, grid_workers=95, volunteers=504, clerks=40, supervisors=5, days=20, played_days=20,
        reached=1.0 if rates == CLEAN else 0.98, rates=rates)
