"""A street with two teams and entries of every channel, sent as pages send them, and its figures counted the slow way."""
from __future__ import annotations

import dataclasses
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns import campaign as campaigns
from campaigns import people, status
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.installation import Installation
from campaigns.outcomes import OUTCOMES
from campaigns.status import Call
from campaigns.store.schema import code, dwelling, team
from campaigns.submissions import AlreadyRecorded
from campaigns.terms import CHANNELS, Terms
from forms.language import Text
from tests import core_cases as core
from tests import visit_cases
from tests.core_cases import CLOSES, OPENS

AT = OPENS + timedelta(days=5, hours=3)  # 6 March, 11:00 in Shanghai
OWN = ("visit", "self", "hanger", "paper")
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Sent:
    """One entry that was taken in, as the test knows it."""

    id: int
    door: int
    household: int
    channel: str
    at: datetime
    persons: int
    late: bool
    receipt: str
    replaces: int | None = None
    by: str = ""

    @property
    def day(self) -> str:
        return self.at.astimezone(ZONE).date().isoformat()


@dataclass
class Street:
    """A campaign with what was put into it."""

    here: Installation
    campaign: Campaign
    doors: dict[int, dict]  # id -> the register's columns, with "team"
    workers: list[people.User] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    calls: dict[int, list[Call]] = field(default_factory=lambda: defaultdict(list))

    def call(self, door: int, outcome: str, at: datetime, by: people.User) -> None:
        """Somebody goes there."""
        given = visit_cases.new(door, outcome, at=at)
        visit_cases.record(self.here, self.campaign, by, given)
        self.calls[door].append(Call(at, given.item, outcome, self.campaign.day(at)))

    def send(self, door: int, channel: str = "self", at: datetime = AT - timedelta(hours=1), persons: int = 2, household: int = 1,
             by: people.User | None = None, correct: Sent | None = None, filled: datetime | None = None,
             answers: dict | None = None) -> Sent:
        answers = answers or {"household_type": "1", "person": [{"name": f"某{n}"} for n in range(persons)]}
        entry = core.entry(self.here, self.campaign, door, answers, channel=channel, received_at=at, filled_at=filled or at,
                           household=household, user=by, receipt=correct.receipt if correct else None, persons=persons)
        accepted = core.send(self.here, self.campaign, entry)
        late = at >= self.campaign.closes_at
        self.sent.append(Sent(accepted.id, door, household, channel, at, persons, late, accepted.receipt,
                              correct and self._newest(correct).id, by.label if by else ""))
        return self.sent[-1]

    def _newest(self, sent: Sent) -> Sent:
        newer = [each for each in self.sent if each.replaces == sent.id]
        return self._newest(newer[0]) if newer else sent

    def end(self, door: int) -> None:
        """The door leaves the register."""
        with self.here.store.write() as connection:
            connection.execute(dwelling.update().where(dwelling.c.id == door).values(ended_at=AT))
        self.doors[door]["ended"] = True

    def open(self, door: int) -> None:
        """The door's code is scanned."""
        with self.here.store.write() as connection:
            codes.issue_for_dwellings(connection, self.here.server, self.campaign.id, OPENS, COMMAND_LINE)
            connection.execute(code.update().where(code.c.dwelling_id == door).values(opened_at=AT))
        self.doors[door]["opened"] = True


def street(here: Installation, slug: str = "c1", doors: int = 24, closes: datetime = CLOSES, **terms: object) -> Street:
    """Two teams, two communities, four compounds of two buildings; nothing sent yet."""
    with here.store.write() as connection:
        made = campaigns.new(connection, here.keyring, slug=slug, title=Text("龙泉街道住房登记", "Longquan housing census"),
                             preset="housing-census", opens_at=OPENS, closes_at=closes, tz="Asia/Shanghai",
                             terms=Terms(phone="0632-5550100", **terms), at=OPENS - timedelta(days=3), actor=COMMAND_LINE)
        teams = [connection.execute(team.insert().values(campaign_id=made.id, name=name)).inserted_primary_key.id
                 for name in ("第十组", "第二组")]
        known = {}
        for place in range(doors):
            compound = place * 4 // doors
            columns = {"street": "龙泉街道", "community": ("龙泉社区", "荆泉社区")[compound // 2], "grid": f"{compound // 2 + 1}网格",
                       "compound": f"{compound + 9}号小区", "building": f"{place % 2 + 9}栋", "room": str(place)}
            has_team = place != doors - 1
            key = connection.execute(dwelling.insert().values(
                campaign_id=made.id, team_id=teams[compound // 2] if has_team else None, door=f"{slug}|{place}", extra={},
                digest="", walk=place, added_at=made.opens_at, **columns)).inserted_primary_key.id
            known[key] = {**columns, "team": ("第十组", "第二组")[compound // 2] if has_team else ""}
    made_street = Street(here, made, known)
    with here.store.write() as connection:
        for name, role, group in (("张", "volunteer", "第二组"), ("李", "volunteer", "第十组"), ("王", "clerk", "第二组")):
            made_street.workers.append(people.add(connection, here.keyring, made, role=role, name=name, team_name=group,
                                                  at=OPENS, actor=COMMAND_LINE).user)
    return made_street


def busy_street(here: Installation, slug: str = "c1", seed: int = 1, entries: int = 60) -> Street:
    """A street into which five days of entries of every channel came: corrections, second households, an ended door."""
    made, chance = street(here, slug), random.Random(seed)
    doors = list(made.doors)
    moments = sorted(OPENS + timedelta(seconds=chance.randrange(int((AT - OPENS).total_seconds()))) for _ in range(entries))
    for at in moments:
        channel, door = chance.choice(CHANNELS), chance.choice(doors[:-4])
        mine = [each for each in made.sent if each.door == door and each.channel in OWN]
        by = chance.choice(made.workers[:2]) if channel == "visit" else made.workers[2] if channel == "paper" else None
        if mine and chance.random() < 0.4:
            made.send(door, "self", at, chance.randrange(1, 6), mine[0].household, correct=mine[0])
            continue
        try:
            made.send(door, channel, at, chance.randrange(0, 6), 1 + (chance.random() < 0.15), by)
        except AlreadyRecorded:
            continue
    for at in moments[:entries // 2]:
        door = chance.choice(doors)
        made.call(door, chance.choice([*OUTCOMES]), at, made.workers[2 if made.doors[door]["team"] == "" else (
            made.doors[door]["team"] == "第十组")])
    made.open(doors[-1])
    made.open(doors[0])
    made.end(doors[1])
    return made


def merged(made: Street) -> dict[tuple[int, int], Sent]:
    """The record of each household by the rules of the merge, the slow way."""
    by_id, replaced = {each.id: each for each in made.sent}, {each.replaces for each in made.sent}

    def trust(sent: Sent) -> int:
        best = CHANNELS.index(sent.channel)
        return min(best, trust(by_id[sent.replaces])) if sent.replaces else best

    found: dict[tuple[int, int], Sent] = {}
    for each in made.sent:
        key = each.door, each.household
        if each.id not in replaced and (key not in found or (-trust(each), each.at) > (-trust(found[key]), found[key].at)):
            found[key] = each
    return found


_STANDING = {
    "partial": ("partly", "awaited"), "refusal": ("soft_refused", "refused"), "other": ("language",), "unknown": ("not_started",),
    "non_contact": ("call_back", "away", "hung", "non_contact"), "vacant": ("vacant", "second_home"), "ineligible": ("not_eligible",)}


def counted(made: Street, within: dict[str, str] | None = None) -> dict[str, int]:
    """Every count of the live doors whose register columns are `within`, the slow way."""
    live = {key for key, columns in made.doors.items() if not columns.get("ended")
            and all(columns[name] == value for name, value in (within or {}).items())}
    first: dict[int, Sent] = {}
    for each in made.sent:
        if each.channel in OWN and each.door in live and (each.door not in first or each.at < first[each.door].at):
            first[each.door] = each
    sent = [each for each in made.sent if each.door in live]
    kept = [each for (door, _), each in merged(made).items() if door in live]
    today = AT.astimezone(ZONE).date().isoformat()
    standing = Counter(status.of(made.calls[door], (each.channel for each in sent if each.door == door)) for door in live)
    at_door = {each.door for each in sent if each.channel == "visit"} | {door for door in live if made.calls[door]}
    return {"attempted": len(at_door), **{name: sum(standing[code] for code in codes) for name, codes in _STANDING.items()},
            "frame": len(live), "recorded": len(first), "today": sum(each.day == today for each in first.values()),
            "listed": len({each.door for each in sent} - set(first)),
            "opened": sum(1 for key in live if made.doors[key].get("opened") and key not in first),
            "households": sum(each.persons > 0 for each in kept), "persons": sum(each.persons for each in kept), "submissions": len(sent),
            "late": sum(each.late for each in sent), "corrections": sum(each.replaces is not None for each in sent), "flagged": 0}


def first_by(made: Street) -> dict[tuple[str, int], int]:
    """Doors by the day and hour of their first own entry, the slow way."""
    first: dict[int, Sent] = {}
    for each in sorted(made.sent, key=lambda each: each.at):
        if each.channel in OWN and not made.doors[each.door].get("ended"):
            first.setdefault(each.door, each)
    found: dict[tuple[str, int], int] = defaultdict(int)
    for each in first.values():
        local = each.at.astimezone(ZONE)
        found[local.date().isoformat(), local.hour] += 1
    return dict(found)


def days_until(at: datetime) -> list[str]:
    """Every day from opening to the day of `at`."""
    begins, ends = (instant.astimezone(ZONE).date() for instant in (OPENS, at))
    return [(begins + timedelta(days=n)).isoformat() for n in range((ends - date(begins.year, begins.month, begins.day)).days + 1)]


def as_dict(counts: object) -> dict[str, int]:
    return dataclasses.asdict(counts)
