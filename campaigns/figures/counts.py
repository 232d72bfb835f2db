"""What is counted behind doors, and the ratios made of it.

FIG-1 The frame is every dwelling of the register that has not ended. Doors that ended count nowhere.
FIG-2 A door is recorded once an entry of the household's own came in: at the door, by themselves, from a hanger or on paper
      (`submissions.RECORDING`). A gate pass, a property company's list or the grid's register says who should live there; it
      does not show that anybody was asked. Such doors are `listed`.
FIG-3 A door counts on the day and in the hour of its first own entry, so that a later correction never moves a past day.
FIG-4 Households and persons are those of the merged records, whatever the channel: the same that the archive hands over. A record
      of a dwelling where nobody lives (empty, or a business) is no household.
FIG-5 What a reviewer rejected (`campaigns.decisions`) counts nowhere; the person's tally shows it as a reversal.
FIG-6 Ratios are kept as counts, or as whole hundredths of a percent rounded down: 100.00 % means every door.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts over some set of doors; they add up. See the module for FIG-1 to FIG-6."""

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


COUNTED = tuple(row.name for row in fields(Counts))


def total(parts: Iterable[Counts]) -> Counts:
    return sum(parts, Counts())


def share_bp(part: int, whole: int) -> int:
    """`part` of `whole` in hundredths of a percent, rounded down; 0 when there is no whole."""
    return part * 10_000 // whole if whole else 0
