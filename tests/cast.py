"""The named cast of the web tests, and the campaign they meet in. It is open now, by the real clock."""
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from campaigns import campaign as campaigns
from campaigns import clock, contents, form_versions, people
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.installation import Installation
from campaigns.people import NewUser
from campaigns.store.schema import dwelling, submission
from campaigns.terms import Terms
from forms.answers import to_post
from forms.form import Form
from forms.language import Text

PHONE = "0632-5550100"
TITLE = Text("龙泉街道住房登记", "Longquan housing census")

_HOUSE = {
    "dwelling_use": "residential", "area": "86.5", "household_type": "family", "tenure": "own", "rooms": "3",
    "built_years": "2000_2009", "kitchen": "own", "toilet": "own_flush", "water": "tap_indoors", "needs_help": "no",
}
_ADULT = {"id_type": "none", "origin": "mainland", "ethnicity": "01", "registration": "local", "living_here": "here",
          "education": "70", "marital": "20"}

WANG = {
    **_HOUSE, "contact_name": "王小明", "contact_phone": "13800138000",
    "person": [
        {**_ADULT, "name": "王小明", "relation": "02", "sex": "1", "birth_date": "1960-05-08"},
        {**_ADULT, "name": "李𠮷", "relation": "10", "sex": "2", "birth_date": "1962-11-30"},
    ],
}
LI = {
    **_HOUSE, "contact_name": "赵·买买提", "contact_phone": "13900139000", "tenure": "rented",
    "person": [{**_ADULT, "name": "赵·买买提", "relation": "02", "sex": "1", "birth_date": "1985-01-02"}],
}


@dataclass(frozen=True)
class Household:
    """A door with its code (12 symbols)."""

    door_id: int
    code: str
    place: str


def campaign(here: Installation, slug: str = "c1", title: Text = TITLE, opens_in: timedelta = timedelta(days=-3),
             closes_in: timedelta = timedelta(days=17), **terms: object) -> Campaign:
    """A housing census; `opens_in` and `closes_in` are counted from now."""
    at = clock.now()
    with here.store.write() as connection:
        return campaigns.new(
            connection, here.keyring, slug=slug, title=title, preset="housing-census", opens_at=at + opens_in,
            closes_at=at + closes_in, tz="Asia/Shanghai", terms=Terms(phone=PHONE, **terms), at=at + opens_in,
            actor=COMMAND_LINE)


def door(here: Installation, made: Campaign, room: str, compound: str = "幸福里", kind: str = "household") -> Household:
    """A door of building 3, unit 2, with a household code."""
    at = clock.now()
    with here.store.write() as connection:
        door_id = connection.execute(dwelling.insert().values(
            campaign_id=made.id, door=f"{compound}|3|2|{room}", compound=compound, building="3栋", unit="2单元", room=room,
            community="龙泉社区", extra={}, digest="", walk=int(room), added_at=at)).inserted_primary_key.id
        text, row = codes.fresh(here.server, campaign_id=made.id, kind=kind, dwelling_id=door_id, issued_at=at)
        codes.add(connection, [row], at, COMMAND_LINE)
    return Household(door_id, text, f"{compound}-3栋-2单元-{room}")


def person(here: Installation, made: Campaign, role: str, name: str, team: str | None = "一组") -> NewUser:
    """A user with badge and PIN."""
    with here.store.write() as connection:
        return people.add(connection, here.keyring, made, role=role, name=name, team_name=team, at=clock.now(),
                          actor=COMMAND_LINE)


def form(here: Installation, made: Campaign) -> Form:
    with here.store.read() as connection:
        return form_versions.household_form(connection, made.id)[1]


def fields(here: Installation, made: Campaign, answers: dict = WANG) -> list[tuple[str, str]]:
    """What a browser posts for these answers."""
    return to_post(form(here, made), answers)


def kept(here: Installation, made: Campaign) -> list[dict]:
    """Every submission on disk with its answers opened, oldest first."""
    key = here.keyring.campaign(made.slug)
    with here.store.read() as connection:
        rows = connection.execute(select(submission).where(
            submission.c.campaign_id == made.id).order_by(submission.c.id)).mappings().all()
        return [{**row, "answers": contents.unseal(key, row["instance"], row["sealed"])} for row in rows]


def as_text(answers: dict) -> str:
    return json.dumps(answers, ensure_ascii=False)
