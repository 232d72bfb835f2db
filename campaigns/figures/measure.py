"""Everything counted at once, in one snapshot."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import Connection

from campaigns import clock, merge, people
from campaigns.campaign import Campaign
from campaigns.figures import doors, target
from campaigns.figures.counts import Counts, total
from campaigns.figures.hangers import HangerDay, hanger_days, hangers_of_teams
from campaigns.figures.order import natural
from campaigns.figures.tallies import Credit, credits
from campaigns.figures.target import Line
from campaigns.hangers import Book
from campaigns.keying import Accuracy, accuracy
from campaigns.terms import CHANNELS
from campaigns.verdicts import Through

LEVELS = {
    # level: the names that tell one area of it from another
    "team": ("team",), "community": ("street", "community"), "grid": ("street", "community", "grid"),
    "compound": ("street", "community", "compound"), "building": ("street", "community", "compound", "building"),
}


@dataclass(frozen=True, slots=True)
class Area:
    """One team's, community's, grid's, compound's or building's standing. Rank 1 has the highest coverage; equals share it."""

    names: dict[str, str]
    teams: str  # who has its doors, joined by 、
    counts: Counts
    line: Line
    rank: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the campaign. `recorded` are the doors first heard from on it (FIG-3); `so_far` adds the days before;
    `expected` is the target line at its end, or now while it lasts."""

    day: str
    recorded: int
    so_far: int
    expected: int
    submissions: int
    late: int
    corrections: int


@dataclass(frozen=True, slots=True)
class Hour:
    """Doors first heard from in one hour (0-23) of a day."""

    day: str
    hour: int
    recorded: int


@dataclass(frozen=True, slots=True)
class TeamDay:
    """Doors of one team first heard from on one day."""

    day: str
    team: str
    recorded: int


@dataclass(frozen=True, slots=True)
class Channel:
    """What one channel brought: submissions, and the households and persons whose merged record rests on it."""

    channel: str
    submissions: int
    today: int
    households: int
    persons: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a campaign at one instant; `merged_at` is when the records were last made (None: never)."""

    campaign: Campaign
    at: datetime
    day: str
    merged_at: datetime | None
    merge_digest: str
    total: Counts
    line: Line
    areas: dict[str, list[Area]]
    days: list[Day]
    hours: list[Hour]
    team_days: list[TeamDay]
    channels: list[Channel]
    credits: list[Credit]
    keying: list[Accuracy]
    households_at_ended_doors: int
    hangers: list[Book]
    hanger_days: list[HangerDay]


def measure(connection: Connection, campaign: Campaign, at: datetime) -> Figures:
    """The figures as the last merge left them; `connection` must stay in one transaction throughout."""
    merged_at, summary = merge.last(connection, campaign.id, "merge") or (None, {})
    through = Through(summary.get("through", 0), summary.get("decided", 0))
    day = campaign.day(at)
    teams = people.teams(connection, campaign.id)
    found = list(doors.buildings(connection, campaign, through, day))
    whole = total(each.counts for each in found)
    arrived = list(doors.arrivals(connection, campaign, through))
    first = [(teams.get(team_id, ""), *when) for team_id, *when in doors.first_entries(connection, campaign, through)]
    return Figures(
        campaign=campaign, at=at, day=day, merged_at=merged_at, merge_digest=summary.get("digest", ""), total=whole,
        line=target.line(whole.frame, whole.recorded, campaign, at),
        areas={level: _areas(level, found, teams, campaign, at) for level in LEVELS},
        days=_days(first, arrived, whole.frame, campaign, at), hours=_hours(first), team_days=_team_days(first),
        channels=_channels(arrived, doors.kept_by_channel(connection, campaign), day),
        credits=credits(connection, campaign, through.submission, day), keying=accuracy(connection, campaign.id, through.submission),
        households_at_ended_doors=doors.households_at_ended_doors(connection, campaign),
        hangers=hangers_of_teams(connection, campaign), hanger_days=hanger_days(connection, campaign))


def _areas(level: str, found: Iterable[doors.Building], teams: dict[int, str], campaign: Campaign, at: datetime) -> list[Area]:
    """The areas of `level` in the order of their names, with their ranks."""
    sums: dict[tuple[str, ...], Counts] = defaultdict(Counts)
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    if level == "team":
        sums.update({(name,): Counts() for name in teams.values()})
    for each in found:
        team = teams.get(each.team_id, "")
        key = (team,) if level == "team" else tuple(getattr(each, name) for name in LEVELS[level])
        sums[key] += each.counts
        holders[key].add(team)
    ranks = _ranks(sums)
    return [Area(dict(zip(LEVELS[level], key)), "、".join(sorted(filter(None, holders[key]), key=natural)), sums[key],
                 target.line(sums[key].frame, sums[key].recorded, campaign, at), ranks[key])
            for key in sorted(sums, key=lambda key: tuple(map(natural, key)))]


def _ranks(sums: dict[tuple[str, ...], Counts]) -> dict[tuple[str, ...], int]:
    """Rank by exact coverage, highest first; equals share a rank (1, 2, 2, 4); an area without doors comes last."""
    coverage = {key: Fraction(each.recorded, each.frame) if each.frame else Fraction(-1) for key, each in sums.items()}
    first: dict[Fraction, int] = {}
    for place, value in enumerate(sorted(coverage.values(), reverse=True), 1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in coverage.items()}


def _days(first: list[tuple], arrived: list[tuple], frame: int, campaign: Campaign, at: datetime) -> list[Day]:
    recorded: dict[str, int] = defaultdict(int)
    for _team, day, _hour, count in first:
        recorded[day] += count
    came: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, _channel, *counted in arrived:
        came[day] = [sum(pair) for pair in zip(came[day], counted)]
    goal = target.target_of(frame, campaign)
    so_far, rows = 0, []
    for day in _calendar(campaign, at, [*recorded, *came]):
        so_far += recorded[day]
        ends = clock.parse_local(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", campaign.tz)
        rows.append(Day(day, recorded[day], so_far, target.expected(goal, campaign, min(ends, at)), *came[day]))
    return rows


def _calendar(campaign: Campaign, at: datetime, seen: list[str]) -> list[str]:
    """Every day from opening to today or closing, whichever is earlier, and on to the last day on which anything came."""
    begins = min([campaign.day(campaign.opens_at), *seen])
    ends = max([min(campaign.day(at), campaign.day(campaign.closes_at)), *seen])
    span = (date.fromisoformat(ends) - date.fromisoformat(begins)).days
    return [(date.fromisoformat(begins) + timedelta(days=n)).isoformat() for n in range(span + 1)]


def _hours(first: list[tuple]) -> list[Hour]:
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for _team, day, hour, count in first:
        sums[day, hour] += count
    return [Hour(*key, count) for key, count in sorted(sums.items())]


def _team_days(first: list[tuple]) -> list[TeamDay]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for team, day, _hour, count in first:
        sums[day, team] += count
    return [TeamDay(*key, sums[key]) for key in sorted(sums, key=lambda key: (key[0], natural(key[1])))]


def _channels(arrived: list[tuple], kept: dict[str, tuple[int, int]], today: str) -> list[Channel]:
    """Every channel, in the fixed order of CHANNELS, also one that brought nothing."""
    sums: dict[str, list[int]] = {channel: [0, 0] for channel in CHANNELS}
    for day, channel, submissions, *_ in arrived:
        sums[channel][0] += submissions
        sums[channel][1] += submissions if day == today else 0
    return [Channel(channel, *sums[channel], *kept.get(channel, (0, 0))) for channel in CHANNELS]
