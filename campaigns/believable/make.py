"""Makes a whole campaign as an organiser would: register, import, people, codes, then days of submissions."""
from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from campaigns import campaign as campaigns
from campaigns import clock, form_versions, people
from campaigns.audit import COMMAND_LINE
from campaigns.believable import fieldwork, names, places, play, population, register
from campaigns.believable.channels import Calendar, Schedule
from campaigns.believable.home import DemoHome, write_private
from campaigns.believable.play import Cast, Unbelievable
from campaigns.believable.sizes import Size
from campaigns.believable.truth import Truth
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.frame import areas, importer
from campaigns.installation import Installation
from campaigns.people import NewUser
from campaigns.store.schema import code, dwelling
from campaigns.terms import Terms
from forms.language import Refusal, Text

TITLE = Text("龙泉街道住房与人口登记（演示）", "Longquan Street housing and population census (demo)")
_TERMS = Terms(office_zh="龙泉街道普查办公室（演示）", office_en="Longquan Street census office (demo)", phone="15400000000")
_LATE_HOURS = 20  # how long after closing the last phones found a network

Stage = Callable[[str, Text, int], AbstractContextManager[Callable[[int], None]]]
"""Called with a name, words and a count of steps as each part begins; what it yields is told of steps done."""


@dataclass(frozen=True)
class Plan:
    """What to make. Same plan, same register, truth and answers; codes, PINs and sealed bytes differ each time."""

    size: Size
    seed: int
    opens_at: datetime
    slug: str = "demo"
    tz: str = "Asia/Shanghai"

    @property
    def calendar(self) -> Calendar:
        """Plays `played_days` from the opening; a campaign that is over has some hours more for late entries."""
        ends = self.opens_at + timedelta(days=self.size.played_days)
        closes = self.opens_at + timedelta(days=self.size.days)
        return Calendar(self.opens_at, ends, closes, ends + timedelta(hours=_LATE_HOURS) if ends == closes else ends, self.tz)


def default_opening(size: Size, now: datetime) -> datetime:
    """The latest opening, on the hour, after which all that is played lies in the past."""
    over = timedelta(hours=_LATE_HOURS) if size.played_days == size.days else timedelta()
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(days=size.played_days) - over


def refuse_too_late(plan: Plan) -> None:
    """Raises Refusal when not all that is to be played would lie in the past."""
    now = clock.now()
    latest = default_opening(plan.size, now)
    if plan.opens_at > latest:
        raise Refusal("开始时间太晚：这个演示要演 {days} 天，最晚从 {latest} 开始。",
                      "It begins too late: this demo plays {days} days, so it may begin {latest} at the latest.",
                      days=plan.size.played_days, latest=clock.as_said(latest, plan.tz, now))


def make(here: Installation, plan: Plan, home: DemoHome, stage: Stage) -> Campaign:
    """Make the campaign of `plan` in the folder `home`. Raises Refusal when it opens too late for what is to be played."""
    refuse_too_late(plan)
    truth = _truth(plan, home, stage)
    bad_rows = _register(plan, home, truth, stage)
    campaign = _campaign(here, plan)
    _import(here, plan, campaign, home.register, truth, bad_rows, stage)
    crew = _people(here, plan, campaign, home.logins, stage)
    with stage("codes", Text("生成码", "codes"), plan.size.dwellings) as step, here.store.write() as connection:
        step(codes.issue_for_dwellings(connection, here.server, campaign.id, plan.opens_at - timedelta(days=3), COMMAND_LINE))
    cast = _cast(here, plan, campaign, truth, crew)
    (told,) = truth.connection.execute("SELECT count(*) FROM telling").fetchone()
    processes = min(os.cpu_count() or 1, 4) if told > 3_000 else 0
    with stage("submissions", Text("登记", "submissions"), told) as step:
        play.play(here, home.truth, cast, processes, step)
    if plan.size.dwellings <= fieldwork.LARGEST:
        with stage("field work", Text("走访和挂卡", "visits"), 1) as step:
            fieldwork.work(here, cast, truth, plan.size, plan.seed, plan.calendar)
            step(1)
    truth.close()
    return campaign


def _truth(plan: Plan, home: DemoHome, stage: Stage) -> Truth:
    truth = Truth(home.truth, create=True)
    size = plan.size
    on = plan.opens_at.astimezone(ZoneInfo(plan.tz)).date()
    with stage("people behind doors", Text("住户", "households"), size.dwellings) as step:
        population.populate(truth, size, plan.seed, on, step)
    with stage("tellings", Text("安排", "schedule"), size.dwellings) as step:
        Schedule(size, plan.seed, plan.calendar).write(truth, step)
    truth.note(seed=plan.seed, opens_at=plan.opens_at.isoformat(), tz=plan.tz, slug=plan.slug,
               **{name: value for name, value in asdict(size).items()})
    truth.connection.commit()
    return truth


def _register(plan: Plan, home: DemoHome, truth: Truth, stage: Stage) -> int:
    on = (plan.opens_at - timedelta(days=9)).astimezone(ZoneInfo(plan.tz)).date()
    with stage("register", Text("住房底册", "register"), plan.size.dwellings) as step:
        return register.write(truth, home.register, plan.seed, plan.size.rates.bad_row, on, step)


def _campaign(here: Installation, plan: Plan) -> Campaign:
    with here.store.write() as connection:
        return campaigns.new(
            connection, here.keyring, slug=plan.slug, title=TITLE, preset="housing-census", opens_at=plan.opens_at,
            closes_at=plan.calendar.closes, tz=plan.tz, terms=_TERMS, at=plan.opens_at - timedelta(days=6), actor=COMMAND_LINE)


def _import(here: Installation, plan: Plan, campaign: Campaign, path: Path, truth: Truth, bad_rows: int,
            stage: Stage) -> None:
    at = plan.opens_at - timedelta(days=5)
    key = here.keyring.campaign(campaign.slug)
    doors = plan.size.dwellings
    with stage("import", Text("导入底册", "import"), doors) as step, here.store.write() as connection:
        found = importer.plan(connection, key, campaign, path, _shares(doors, step))
        done = importer.apply(connection, found, at, COMMAND_LINE)
        if (done.added, done.bad) != (doors, bad_rows):
            raise Unbelievable(f"the importer took {done.added} rows of {doors} and refused {done.bad} of {bad_rows}")
    with here.store.write() as connection:
        for place, name in enumerate(places.team_names(plan.size)):
            own = [row[0] for row in truth.connection.execute("SELECT DISTINCT compound FROM dwelling WHERE team = ?", (place,))]
            areas.assign(connection, campaign.id, name, compounds=own, at=at, actor=COMMAND_LINE)


def _shares(total: int, step: Callable[[int], None]) -> Callable[[float], None]:
    """A listener for shares of the whole, from 0 to 1, that tells `step` of steps out of `total`."""
    told = 0

    def listen(share: float) -> None:
        nonlocal told
        now = max(told, round(share * total))
        step(now - told)
        told = now

    return listen


def _roles(size: Size) -> Iterator[tuple[str, str | None]]:
    teams = places.team_names(size)
    for place in range(size.visitors):
        yield "volunteer", teams[place % size.teams]
    for _ in range(size.clerks):
        yield "clerk", None
    for name in teams:
        yield "lead", name
    for _ in range(size.supervisors):
        yield "supervisor", None
    yield "organiser", None


def _people(here: Installation, plan: Plan, campaign: Campaign, logins: Path, stage: Stage) -> list[NewUser]:
    """Add everyone who works, and keep their badges and PINs in `logins`: PINs are shown only once."""
    draw, at = Random(f"{plan.seed}/crew"), plan.opens_at - timedelta(days=4)
    roles = list(_roles(plan.size))
    with stage("crew", Text("工作人员", "people"), len(roles)) as step:
        # Hashing a PIN takes 77 ms on purpose; hashlib lets go of the interpreter, so threads do it side by side.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            hashed = []
            pins = [f"{secrets.randbelow(10**6):06d}" for _ in roles]
            for pin, pin_hash in zip(pins, pool.map(people.hash_pin, pins)):
                hashed.append((pin, pin_hash))
                step(1)
        with here.store.write() as connection:
            crew = []
            for (role, team), (pin, pin_hash) in zip(roles, hashed):
                sex = draw.choice("122")
                name = names.surname(draw) + names.given(draw, sex, draw.randrange(1965, 2003))
                crew.append(people.add(connection, here.keyring, campaign, role=role, name=name, team_name=team, at=at,
                                       actor=COMMAND_LINE, pin=pin, pin_hash=pin_hash))
    write_private(logins, [{"label": each.user.label, "role": each.user.role, "team": team, "badge": each.badge, "pin": each.pin}
                           for each, (_, team) in zip(crew, roles)])
    return crew


def _cast(here: Installation, plan: Plan, campaign: Campaign, truth: Truth, crew: list[NewUser]) -> Cast:
    """Find the truth's doors and people in the store."""
    known = truth.register_codes()
    with here.store.read() as connection:
        found = dict(connection.execute(select(dwelling.c.register_code, dwelling.c.id).where(
            dwelling.c.campaign_id == campaign.id)).all())
        issued = dict(connection.execute(select(code.c.dwelling_id, code.c.id).where(
            code.c.campaign_id == campaign.id, code.c.kind == "household")).all())
        version, _ = form_versions.household_form(connection, campaign.id)
    dwellings = {number: found[register_code] for register_code, number in known.items()}
    users = [each.user for each in crew]
    return Cast(campaign, version, dwellings, {number: issued[each] for number, each in dwellings.items()},
                [user for user in users if user.role == "volunteer"], [user for user in users if user.role == "clerk"])
