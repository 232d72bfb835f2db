"""What is counted behind doors, and the ratios made of it.

FIG-1 The frame is every dwelling of the register that has not ended. Doors that ended count nowhere.
FIG-2 A door is recorded once an entry of the household's own came in: at the door, by themselves, from a hanger or on paper
      (`terms.RECORDING`). A gate pass, a property company's list or the grid's register says who should live there; it
      does not show that anybody was asked. Such doors are `listed`.
FIG-3 A door counts on the day and in the hour of its first own entry, so that a later correction never moves a past day.
FIG-4 Households and persons are those of the merged records, whatever the channel: the same that the archive hands over. A record
      of a dwelling where nobody lives (empty, or a business) is no household.
FIG-5 What a reviewer rejected (`campaigns.decisions`) counts nowhere; the person's tally shows it as a reversal.
FIG-6 Ratios are kept as counts, or as whole hundredths of a percent rounded down: 100.00 % means every door.
FIG-7 By its status (campaigns.status) each door is exactly one of: recorded, partial, refusal, non_contact, other, unknown, vacant,
      ineligible; they add up to the frame. A door is attempted when somebody went there: a visit or an entry at the door.
FIG-8 With I recorded, P partial, R refusal, NC non_contact, O other, U unknown, NE vacant + ineligible (AAPOR, Standard Definitions):
      RR1 = I / (I + P + R + NC + O + U); RR3 = I / (I + P + R + NC + O + e U), where e = (I + P + R + NC + O) /
      (I + P + R + NC + O + NE) is the share of households among the doors of which it is known.
FIG-9 Flagged entries are those kept as they came though an answer breaks a rule of the form or the clock was wrong (SUB-7).
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts over some set of doors; they add up. See the module for FIG-1 to FIG-8."""

    frame: int = 0  # doors
    recorded: int = 0  # doors with an entry of the household's own
    today: int = 0  # doors recorded today
    listed: int = 0  # doors known from lists only, not recorded
    opened: int = 0  # doors whose code was scanned, and that are not recorded
    households: int = 0  # merged records with a person in them
    persons: int = 0  # in the merged records
    submissions: int = 0  # entries that came in, of every channel, corrections included
    late: int = 0  # of these, begun before closing and received after
    corrections: int = 0  # of these, sent to replace an earlier one
    flagged: int = 0  # of these, kept and marked: an answer breaks a rule of the form, or the phone's clock was wrong
    attempted: int = 0  # doors to which somebody went
    partial: int = 0  # begun, or the form is on its way
    refusal: int = 0  # refused, softly or for good, by the latest visit
    non_contact: int = 0  # nobody was met
    other: int = 0  # met, but could not answer: language
    unknown: int = 0  # nobody went there yet
    vacant: int = 0  # nobody lives there, or not as a rule
    ineligible: int = 0  # no dwelling, not found, under construction, or a duplicate

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def coverage_bp(self) -> int:
        """Coverage = recorded / frame, in hundredths of a percent, rounded down; 0 for an empty frame."""
        return share_bp(self.recorded, self.frame)

    @property
    def missing(self) -> int:
        """Doors still to do = frame - recorded."""
        return self.frame - self.recorded

    @property
    def rr1_bp(self) -> int:
        """Response rate 1 in hundredths of a percent (FIG-8)."""
        return share_bp(self.recorded, self._known + self.unknown)

    @property
    def rr3_bp(self) -> int:
        """Response rate 3 in hundredths of a percent (FIG-8), by whole numbers: I (E + NE) / (E (E + NE + U))."""
        screened = self._known + self.vacant + self.ineligible
        return share_bp(self.recorded * screened, self._known * (screened + self.unknown))

    @property
    def _known(self) -> int:
        """E: doors known to be a household's."""
        return self.recorded + self.partial + self.refusal + self.non_contact + self.other


COUNTED = tuple(row.name for row in fields(Counts))


def total(parts: Iterable[Counts]) -> Counts:
    """The sums of the counts of several areas."""
    return sum(parts, Counts())


def share_bp(part: int, whole: int) -> int:
    """`part` of `whole` in hundredths of a percent, rounded down; 0 when there is no whole."""
    return part * 10_000 // whole if whole else 0
