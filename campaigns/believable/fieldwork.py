"""The days at the doors of a made campaign: who has which doors, what was found there, hangers in stock, with people and on
handles, and incidents that were reported.

Kept by the functions that phones and the desk use, so that the rules of visits, hangers and reports hold here too. Only doors
from which nothing was told get a visit without an entry: the truth stays as it was written.
"""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from campaigns import assignments, form_versions, hangers, reports, visits
from campaigns.audit import COMMAND_LINE
from campaigns.believable.channels import Calendar
from campaigns.believable.play import Cast
from campaigns.believable.sizes import Size
from campaigns.believable.truth import Truth
from campaigns.campaign import Campaign
from campaigns.hangers import Action, Hanger
from campaigns.installation import Installation
from campaigns.people import User
from campaigns.reports import NewReport
from campaigns.visits import NewVisit
from forms.form import library

LARGEST = 5_000
"""Doors: the largest campaign with days at the doors; above it a demo is for measuring."""
EACH, SPARE = 15, 40  # hangers: with each person at first, left in stock
_TRIED = 0.3  # of the doors that nothing came from
_MOST_HUNG = 5  # by one person
_AT_DOORS = (9, 10, 11, 15, 16, 17, 18, 19, 20)  # hours
# Outcome, weight, and what the next visitor is told.
_FOUND = (("nobody_home", 44, ("evenings",)), ("soft_refusal", 12, ("weekends", "phone_first")), ("temporarily_away", 8, ()),
          ("hard_refusal", 4, ("pair",)), ("language", 3, ("interpreter",)), ("hanger_left", 29, ("evenings", "dog")))
_FORMS = ("incident-report", "stairwell-sheet", "move-report")
_INCIDENTS = (
    {"incident_class": "fire", "incident_kind": "blocked_way", "urgent": "no", "fixed_on_spot": "no", "reported_to": ["property"],
     "description": "二楼平台堆着旧家具，挡住了一半楼道。"},
    {"incident_class": "fire", "incident_kind": "e_bike", "urgent": "no", "fixed_on_spot": "partly", "reported_to": ["property", "street"],
     "description": "门厅里有两辆电动车在充电，已请车主推走一辆。"})


@dataclass(frozen=True)
class _Door:
    """A door of the truth: its number there, who has it, and what lives there (0 households: nobody)."""

    number: int
    holder: User
    households: int


def work(here: Installation, cast: Cast, truth: Truth, size: Size, seed: int, calendar: Calendar) -> None:
    """Assign every door to whoever calls there; then visits, hangers and incidents until the end of what is played."""
    draw, campaign = Random(f"{seed}/fieldwork"), cast.campaign
    doors = list(_doors(truth, cast, size))
    before = calendar.opens - timedelta(days=2)
    told = {row[0] for row in truth.connection.execute("SELECT told_at FROM telling UNION SELECT dwelling_id FROM telling")}
    with here.store.write() as connection:
        for person in cast.visitors:
            assignments.assign(connection, campaign, person, [cast.dwellings[each.number] for each in doors if each.holder.id == person.id],
                               before, COMMAND_LINE)
        stock = _stock(connection, here, cast, before)
        _completed(connection, here, cast, truth, draw)
        silent = [each for each in doors if each.number not in told and draw.random() < _TRIED]
        _tried(connection, here, cast, silent, stock, draw, calendar)
        _reported(connection, here, cast, doors, draw, calendar)


def _doors(truth: Truth, cast: Cast, size: Size) -> Iterator[_Door]:
    """Every door with the person whom `channels.Schedule` sends there."""
    for number, team, households in truth.connection.execute("SELECT id, team, households FROM dwelling ORDER BY id"):
        own = cast.visitors[team::size.teams]
        yield _Door(number, own[number // 17 % len(own)], households)


def _stock(connection: Connection, here: Installation, cast: Cast, at: datetime) -> dict[int, list[Hanger]]:
    """Blank hangers, printed; the first of them with people, by user id. A few of the rest got wet."""
    campaign = cast.campaign
    serials = hangers.issue(connection, here.server, campaign, EACH * len(cast.visitors) + SPARE, at, COMMAND_LINE)
    made = [hangers.by_serial(connection, campaign, serial) for serial in serials]
    hangers.printed(connection, campaign, "hangers-1.pdf", [(each.id, 1 + place // 4, 1 + place % 4) for place, each in enumerate(made)],
                    at, COMMAND_LINE)
    hands = {}
    for place, person in enumerate(cast.visitors):
        own = made[place * EACH:(place + 1) * EACH]
        hangers.hand_out(connection, campaign, own[0], own[-1], person, at + timedelta(hours=1), COMMAND_LINE)
        hands[person.id] = own
    hangers.lose_or_spoil(connection, campaign, made[-3], made[-1], "spoiled", "wet", at + timedelta(hours=2), COMMAND_LINE)
    return hands


def _completed(connection: Connection, here: Installation, cast: Cast, truth: Truth, draw: Random) -> None:
    """A visit beside each form that was filled at the door."""
    key = here.keyring.campaign(cast.campaign.slug)
    for telling in truth.tellings():
        if telling.channel == "visit" and telling.replaces is None:
            visits.record(connection, cast.campaign, key, cast.visitors[telling.worker], NewVisit(
                _item(draw), cast.dwellings[telling.told_at], "completed", _instant(telling.filled_at), _instant(telling.received_at),
                household=1, scanned=draw.random() < 0.7))


def _tried(connection: Connection, here: Installation, cast: Cast, doors: list[_Door], stock: dict[int, list[Hanger]], draw: Random,
           calendar: Calendar) -> None:
    """Doors where nobody answered, that are empty, or where a hanger was left; every sixth hanger was fetched with its paper."""
    key, hung = here.keyring.campaign(cast.campaign.slug), dict.fromkeys(stock, 0)
    names, weights = [each[0] for each in _FOUND], [each[1] for each in _FOUND]
    hints = {name: told for name, _, told in _FOUND}
    for door in doors:
        at, person, outcome = _hour(draw, calendar), door.holder, draw.choices(names, weights)[0]
        if door.households == 0:
            outcome = "vacant"
        elif outcome == "hanger_left" and hung[person.id] == _MOST_HUNG:
            outcome = "nobody_home"
        evidence = ("meter_still", "dust") if outcome == "vacant" else ()
        told = draw.sample(hints.get(outcome, ()), k=min(1, len(hints.get(outcome, ()))))
        dwelling_id = cast.dwellings[door.number]
        visits.record(connection, cast.campaign, key, person, NewVisit(
            _item(draw), dwelling_id, outcome, at, at, hints=tuple(told), evidence=evidence, scanned=draw.random() < 0.5))
        if outcome == "hanger_left":
            hanger = stock[person.id][hung[person.id]]
            hung[person.id] += 1
            _act(connection, cast.campaign, person, "hung", hanger, at, draw, dwelling_id)
            fetched = at + timedelta(hours=22)
            if draw.random() < 1 / 6 and fetched < calendar.ends:
                _act(connection, cast.campaign, person, "collected", hanger, fetched, draw)


def _act(connection: Connection, campaign: Campaign, person: User, kind: str, hanger: Hanger, at: datetime, draw: Random,
         dwelling_id: int | None = None) -> None:
    hangers.apply(connection, campaign, person, Action(kind, _item(draw), hanger.id, at, at, dwelling_id=dwelling_id))


def _reported(connection: Connection, here: Installation, cast: Cast, doors: list[_Door], draw: Random, calendar: Calendar) -> None:
    """The forms that people fill beside the household's, and a few incidents."""
    campaign, at = cast.campaign, calendar.opens - timedelta(days=2)
    key = here.keyring.campaign(campaign.slug)
    for name in _FORMS:
        workbook, form = library(name)
        version = form_versions.add_report_form(connection, campaign.id, workbook, form, at, COMMAND_LINE)
        for answers in _INCIDENTS if name == _FORMS[0] else ():
            door, when = draw.choice(doors), _hour(draw, calendar)
            source = "".join(f"<{each}>{escape(' '.join(value) if isinstance(value, list) else value)}</{each}>"
                             for each, value in answers.items())
            reports.record(connection, campaign, key, door.holder, NewReport(
                _item(draw), version, form.key, cast.dwellings[door.number], "", when, when, answers,
                f'<data id="{form.key}" version="{form.version}">{source}</data>'.encode()))


def _hour(draw: Random, calendar: Calendar) -> datetime:
    """An instant at which people call, after the opening and before the end of what is played."""
    span = calendar.ends - calendar.opens - timedelta(minutes=1)
    for _ in range(60):
        at = calendar.opens + span * draw.random()
        if at.astimezone(ZoneInfo(calendar.tz)).hour in _AT_DOORS:
            break
    return at.replace(microsecond=0)


def _item(draw: Random) -> str:
    return UUID(int=draw.getrandbits(128), version=4).hex


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
