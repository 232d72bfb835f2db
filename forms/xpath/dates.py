"""Dates and times inside expressions: ISO 8601 read, written and counted in days since 1970-01-01T00:00Z."""
from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from forms.xpath.errors import EvaluationError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_CLOCK = r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?"
_MOMENT = re.compile(rf"(\d{{4}})-(\d\d?)-(\d\d?)(?:T{_CLOCK})?", re.ASCII)
# What counts as a date by itself, without date(): all clients want the minutes of an offset then.
_PADDED = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_TIME = re.compile(_CLOCK, re.ASCII)
DAY = 86_400_000  # milliseconds
FURTHEST = 2_932_897  # days: the end of the year 9999
MOST_DAYS = 100_000_000  # either way, as far as dates go in a browser


class Moment(float):
    """A point in time: as a number its days since the epoch in UTC (with a fraction), as text its ISO form in `zone`.

    A date is the moment at which that day begins in `zone`; NaN stands for what is no date.
    """

    __slots__ = ("zone", "_local")

    def __new__(cls, days: float, zone: tzinfo):
        self = super().__new__(cls, days)
        self.zone = zone
        self._local = False
        return self

    def local(self) -> datetime | None:
        """The local time, to the millisecond; None for no date."""
        if self._local is False:
            try:
                self._local = None if math.isnan(self) or abs(self) > FURTHEST else (
                    EPOCH + timedelta(milliseconds=round(float(self) * DAY))).astimezone(self.zone)
            except OverflowError:
                self._local = None
        return self._local

    def text(self) -> str:
        """`2026-03-01` when a day begins here, else `2026-03-01T08:30:00.000+08:00`."""
        local = self.local()
        if local is None:
            return "Invalid Date"
        if not (local.hour or local.minute or local.second or local.microsecond):
            return f"{local.date():%Y-%m-%d}" if local.year >= 1000 else local.date().isoformat()
        return local.isoformat(timespec="milliseconds")


class DayCount(Moment):
    """What `number()` makes of the text of a date: as a number the same Moment, as text its whole days, as ODK Web Forms
    writes it."""

    __slots__ = ()

    def text(self) -> str:
        return "NaN" if math.isnan(self) else str(math.floor(self))


def moment_at(days: float, zone: tzinfo) -> Moment:
    """The Moment that many days after the epoch, to the millisecond; no date beyond MOST_DAYS."""
    return Moment(round(days * DAY) / DAY if abs(days) <= MOST_DAYS else math.nan, zone)


def moment_of(when: datetime, zone: tzinfo) -> Moment:
    """The Moment of a datetime that knows its zone."""
    since = when - EPOCH
    return Moment((since.days * DAY + since.seconds * 1000 + since.microseconds // 1000) / DAY, zone)


def read_moment(text: str, zone: tzinfo, padded: bool = True) -> Moment | None:
    """The Moment that an ISO date or date-time names; None when the text does not look like one.

    Without an offset it is local in `zone`. `padded`: whether month and day must have two digits.
    Raises EvaluationError for what looks like one and is none (1983-09-31).
    """
    match = _MOMENT.fullmatch(text)
    if match is None or (padded and not _PADDED.fullmatch(text)):
        return None
    year, month, day, *clock = match.groups()
    try:
        on = date(int(year), int(month), int(day))
        at = _clock(clock) if clock[0] else time(0)
        return moment_of(datetime.combine(on, at, at.tzinfo or zone), zone)
    except (ValueError, OverflowError):
        raise EvaluationError(f"{text!r} is no date") from None


def is_date(text: str) -> bool:
    """Whether the text is written as an ISO date or date-time."""
    return len(text) > 9 and text[4] == "-" and text[7] == "-" and _PADDED.fullmatch(text) is not None


def days(text: str, zone: tzinfo) -> float:
    """What an ISO date or date-time counts for as a number; NaN for any other text."""
    if not is_date(text):
        return math.nan
    try:
        if zone is UTC and len(text) == 10:
            return float(date.fromisoformat(text).toordinal() - _EPOCH_DAY)
        return float(read_moment(text, zone))
    except ValueError:  # EvaluationError is one too
        return math.nan


def day_fraction(text: str, zone: tzinfo) -> float:
    """The part of the local day that has passed at a time (`06:00:00.000+08:00`) or date-time; NaN for any other text."""
    match = _TIME.fullmatch(text)
    try:
        if match:
            at = _clock(match.groups())
            local = datetime.combine(EPOCH.date(), at, at.tzinfo or zone).astimezone(zone)
        else:
            moment = read_moment(text, zone)
            local = moment.local() if moment is not None else None
    except (ValueError, OverflowError):
        return math.nan
    return fraction_of(local) if local else math.nan


def fraction_of(local: datetime) -> float:
    """How much of its day is over, 0 to 1, by its own clock."""
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return (seconds * 1000 + local.microsecond // 1000) / DAY


def _clock(parts: list[str | None] | tuple) -> time:
    hour, minute, second, fraction, offset = parts
    zone = None
    if offset == "Z":
        zone = UTC
    elif offset:
        hours, minutes = int(offset[1:3]), int(offset[-2:]) if len(offset) > 3 else 0
        if hours > 23 or minutes > 59:
            raise ValueError(offset)
        ahead = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-ahead if offset[0] == "-" else ahead)
    microseconds = int(((fraction or "") + "000000")[:6])
    return time(int(hour), int(minute), int(second or 0), microseconds, zone)


WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PARTS = {
    "Y": lambda d: f"{d.year:04d}", "y": lambda d: f"{d.year % 100:02d}",
    "m": lambda d: f"{d.month:02d}", "n": lambda d: str(d.month), "b": lambda d: MONTHS[d.month - 1],
    "d": lambda d: f"{d.day:02d}", "e": lambda d: str(d.day), "a": lambda d: WEEKDAYS[d.weekday()],
    "H": lambda d: f"{d.hour:02d}", "h": lambda d: str(d.hour), "M": lambda d: f"{d.minute:02d}",
    "S": lambda d: f"{d.second:02d}", "3": lambda d: f"{d.microsecond // 1000:03d}", "%": lambda d: "%",
}
_PART = re.compile("%(.?)|([^%]+)", re.DOTALL)


def formatted(local: datetime, layout: str) -> str:
    """`layout` with its %-parts filled in; what is no part of a date stays as it is written."""
    return "".join([piece if isinstance(piece, str) else piece(local) for piece in _pieces(layout)])


@lru_cache(maxsize=256)
def _pieces(layout: str) -> tuple:
    """The layout cut into texts and functions of a datetime."""
    pieces = []
    for match in _PART.finditer(layout):
        pieces.append(match[2] or PARTS.get(match[1], match[0]))
    return tuple(pieces)
