"""Who tells of which door, when, and through which channel."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from campaigns.believable import mistakes
from campaigns.believable.sizes import Rates, Size
from campaigns.believable.truth import Telling, Truth

# Weight of each hour of the day (campaign's time zone), from 0 to 23: most people are at home in the evening.
_HOURS = {
    "visit": (0,) * 8 + (2, 8, 9, 5, 1, 2, 6, 7, 6, 5, 10, 14, 8, 1, 0, 0),
    "self": (1, 0, 0, 0, 0, 0, 1, 3, 4, 3, 3, 4, 7, 5, 3, 3, 3, 5, 8, 13, 15, 11, 6, 2),
    "hanger": (0,) * 7 + (2, 3, 3, 3, 4, 6, 4, 3, 3, 4, 6, 10, 14, 13, 7, 2, 0),
    "paper": (0,) * 8 + (4, 10, 11, 8, 1, 3, 11, 11, 9, 5, 1, 0, 0, 0, 0, 0),
    "gate": (0,) * 6 + (3, 10, 9, 4, 3, 3, 3, 2, 2, 3, 5, 11, 12, 6, 2, 1, 0, 0),
}
_OWN = ("visit", "self", "hanger", "paper")  # after one of these the household is recorded
_AFTERWARDS = ("paper", "gate")  # still kept when the household is recorded


@dataclass
class Calendar:
    """The time played: from `opens` until `ends`; `closes` is when the campaign closes, `grace_ends` what late entries
    may use up to (equal to `ends` while the campaign is still open)."""

    opens: datetime
    ends: datetime
    closes: datetime
    grace_ends: datetime
    tz: str
    _days: list[datetime] = field(init=False)
    _weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.tz)
        first = self.opens.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        count = (self.ends.astimezone(zone).date() - first.date()).days + 1
        self._days = [first + timedelta(days=place) for place in range(count)]
        # Slow first day, the rush in the first third, then a long tail.
        self._weights = [min(1.0, 0.45 + 2.0 * place / count) * (1.15 - 0.7 * place / count) for place in range(count)]

    def draw(self, draw: Random, channel: str, after: datetime | None = None) -> datetime:
        """An instant while the campaign was open, likely for `channel`; later than `after`."""
        for _ in range(60):
            day = draw.choices(self._days, self._weights)[0]
            hour = draw.choices(range(24), _HOURS[channel])[0]
            instant = day + timedelta(hours=hour, seconds=draw.randrange(3600))
            if (after or self.opens) < instant < self.ends:
                return instant
        start = after or self.opens
        return start + (self.ends - start) * draw.uniform(0.05, 0.95)


class Schedule:
    """Draws everything that is sent in a made campaign, door by door."""

    def __init__(self, size: Size, seed: int, calendar: Calendar):
        self.size, self.seed, self.calendar = size, seed, calendar
        self.draw = Random(f"{seed}/tellings")
        self._pace: dict[str, float] = {}
        self._team = 0  # of the door being drawn
        rates = size.rates
        self._mishaps: list[tuple[float, Callable[[Telling, dict], Iterator[Telling]]]] = [
            (rates.second_channel, self._second_channel), (rates.correction, self._corrected),
            (rates.name_typo, self._with(mistakes.name_typo)), (rates.digit_missed, self._with(mistakes.digit_missed)),
            (rates.person_missed, self._with(mistakes.person_missed)), (rates.late, self._late)]

    def write(self, truth: Truth, step: Callable[[int], None]) -> None:
        """Draw all tellings and put them into `truth`."""
        tellings, openings = [], []
        previous: tuple[tuple, Telling] | None = None
        doors = truth.connection.execute(
            "SELECT id, compound, building, unit, team, persons FROM dwelling ORDER BY id").fetchall()
        for door_id, compound, building, unit, team, persons in doors:
            step(1)
            if self.draw.random() >= self._chance(compound, team):
                if self.draw.random() < self.size.rates.opened_only:
                    openings.append((door_id, _ms(self.calendar.draw(self.draw, "self"))))
                previous = None
                continue
            self._team = team
            sent = list(self._door(truth, door_id, persons))
            tellings += sent
            here = (compound, building, unit)
            if previous and previous[0] == here and len(sent) == 1 and persons and self._swap(previous[1], sent[0]):
                previous = None
            else:
                previous = (here, sent[0]) if len(sent) == 1 and persons and not sent[0].changes else None
        truth.add_tellings(tellings)
        truth.add_openings(openings)

    def _chance(self, compound: str, team: int) -> float:
        """Share of doors told by now: teams and compounds get on at different speeds until the end."""
        if self.size.reached == 1:
            return 1.0
        if compound not in self._pace:
            spread = 1 - self.size.reached
            self._pace[compound] = (1 + spread * (0.4 - 0.95 * team / max(1, self.size.teams - 1))
                                    + spread * self.draw.uniform(-0.15, 0.15))
        return min(1.0, self.size.reached * self._pace[compound])

    def _door(self, truth: Truth, door_id: int, persons: int) -> Iterator[Telling]:
        channel = self._channel() if persons else "visit"
        first = self._telling(door_id, channel, self._worker(channel, door_id))
        if channel == "gate" and self.draw.random() >= self.size.rates.gate_only:
            yield first
            channel = self.draw.choice(("visit", "self"))
            first = self._telling(door_id, channel, self._worker(channel, door_id), after=first.received_at)
        if not persons:
            yield first
            return
        rates: Rates = self.size.rates
        if rates.digit_caught and self.draw.random() < rates.digit_caught:
            first.caught = mistakes.digit_caught(self.draw, truth.answers(door_id))
        lot = self.draw.random()
        for rate, mishap in self._mishaps:
            if lot < rate:
                yield from mishap(first, truth.answers(door_id))
                return
            lot -= rate
        yield first

    def _channel(self) -> str:
        names, weights = zip(*self.size.shares.items())
        return self.draw.choices(names, weights)[0]

    def _worker(self, channel: str, door_id: int) -> int | None:
        """Whoever has this stretch of doors, or keys this pile of paper; numbers from 0."""
        if channel == "visit":
            own = range(self._team, self.size.visitors, self.size.teams)
            return own[door_id // 17 % len(own)]
        return door_id // 23 % self.size.clerks if channel == "paper" else None

    def _telling(self, door_id: int, channel: str, worker: int | None, after: int | None = None) -> Telling:
        since = datetime.fromtimestamp(after / 1000, self.calendar.opens.tzinfo) if after else None
        received = _ms(self.calendar.draw(self.draw, channel, since))
        filled = received - self.draw.randrange(90_000, 600_000)
        if channel == "paper":  # filled in at home, collected, keyed the next day
            filled = received - self.draw.randrange(4, 30) * 3_600_000
        return Telling(self._instance(), door_id, door_id, channel, worker, max(filled, _ms(self.calendar.opens)), received)

    def _instance(self) -> str:
        return str(UUID(int=self.draw.getrandbits(128), version=4))

    def _with(self, mistake: Callable[[Random, dict], list[dict]]) -> Callable[[Telling, dict], Iterator[Telling]]:
        def told(first: Telling, answers: dict) -> Iterator[Telling]:
            first.changes = mistake(self.draw, answers) or mistakes.name_typo(self.draw, answers)
            yield first
        return told

    def _second_channel(self, first: Telling, answers: dict) -> Iterator[Telling]:
        yield first
        channel = self.draw.choice(_AFTERWARDS if first.channel in _OWN else ("self", "visit"))
        worker = self._worker(channel, first.dwelling_id)
        second = self._telling(first.dwelling_id, channel, worker, after=first.received_at)
        second.changes = mistakes.other_answers(self.draw, answers)
        yield second

    def _corrected(self, first: Telling, answers: dict) -> Iterator[Telling]:
        mistake = self.draw.choice((mistakes.name_typo, mistakes.person_missed, mistakes.other_answers))
        first.changes = mistake(self.draw, answers) or mistakes.name_typo(self.draw, answers)
        yield first
        second = self._telling(first.dwelling_id, "self", None, after=first.received_at)
        second.replaces = first.instance
        yield second

    def _late(self, first: Telling, answers: dict) -> Iterator[Telling]:
        """A phone without network: filled in time, sent hours later, perhaps after closing."""
        filled, last = first.filled_at, _ms(self.calendar.grace_ends)
        closing = self.calendar.grace_ends > self.calendar.closes and self.draw.random() < 0.5
        if closing and first.channel != "gate":
            closes = _ms(self.calendar.closes)
            first.filled_at = closes - self.draw.randrange(600_000, 20 * 3_600_000)
            first.received_at = closes + self.draw.randrange(60_000, last - closes)
        else:
            first.received_at = min(filled + self.draw.randrange(1, 14) * 3_600_000, _ms(self.calendar.ends) - 1)
        yield first

    def _swap(self, one: Telling, other: Telling) -> bool:
        """Two neighbours told under each other's code."""
        if self.draw.random() >= self.size.rates.doors_swapped or other.changes:
            return False
        one.told_at, other.told_at = other.dwelling_id, one.dwelling_id
        return True


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
