"""The target line: where the campaign should stand, and the colour of where it stands.

TGT-1 The target is `target_percent` of the frame, rounded up to whole doors, at the closing instant.
TGT-2 Expected now = target x time gone / whole time from opening to closing, rounded down (a straight line, day and night).
TGT-3 Green at or above expected; amber to 7.5 % below expected; red beyond (design, section 6).
TGT-4 Pace needed = doors still missing to the target / days left, rounded up. The days left are days of the campaign's time
      zone, today included while it is open; 0 after closing.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns import clock
from campaigns.campaign import Campaign
from forms.language import Text

STATUS = {
    "green": Text("跟上进度", "on track"), "amber": Text("略微落后", "slightly behind"), "red": Text("明显落后", "well behind"),
}
_AMBER_FLOOR = 925  # thousandths of the expected count


@dataclass(frozen=True, slots=True)
class Line:
    """One standing against the target line; counts are doors."""

    target: int
    expected: int
    status: str  # green, amber, red
    pace_needed: int  # doors a day from now on
    days_left: int

    @property
    def says(self) -> Text:
        return STATUS[self.status]


def expected(target: int, campaign: Campaign, at: datetime) -> int:
    """Doors that should be recorded at `at` (TGT-2)."""
    whole = (campaign.closes_at - campaign.opens_at) // timedelta(milliseconds=1)
    gone = min(max((at - campaign.opens_at) // timedelta(milliseconds=1), 0), whole)
    return target * gone // whole


def target_of(frame: int, campaign: Campaign) -> int:
    """Doors to reach at closing (TGT-1)."""
    return -(-frame * campaign.terms.target_percent // 100)


def status(recorded: int, expected_now: int) -> str:
    """green, amber or red (TGT-3)."""
    if recorded >= expected_now:
        return "green"
    return "amber" if recorded * 1000 >= expected_now * _AMBER_FLOOR else "red"


def line(frame: int, recorded: int, campaign: Campaign, at: datetime) -> Line:
    """The standing of `recorded` doors of `frame` at the instant `at`."""
    target = target_of(frame, campaign)
    now = expected(target, campaign, at)
    left = days_left(campaign, at)
    missing = max(target - recorded, 0)
    return Line(target, now, status(recorded, now), -(-missing // left) if left else missing, left)


def days_left(campaign: Campaign, at: datetime) -> int:
    """Days that remain (TGT-4); before opening, all days of the campaign."""
    if at >= campaign.closes_at:
        return 0
    last = clock.day(campaign.closes_at - timedelta(milliseconds=1), campaign.tz)
    return (last - clock.day(max(at, campaign.opens_at), campaign.tz)).days + 1
