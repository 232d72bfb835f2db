"""A campaign that is open now, with doors and their codes, for load on the running site."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from campaigns import campaign as campaigns
from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.codes import codes
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import code, dwelling
from forms.form import Form
from forms.language import Text

PERSONS = (  # made up: no division has the code 999999
    ("王小明", "02", "999999198002030014", "1", "1980-02-03"), ("李𠮷", "10", "999999198205060029", "2", "1982-05-06"),
    ("王一一", "30", "999999201207080044", "2", "2012-07-08"))


@dataclass(frozen=True)
class OpenStreet:
    """`codes` are the written codes of the doors, in order; `household` are answers of a household of three."""

    here: Installation
    campaign: Campaign
    codes: list[str]
    form: Form
    household: dict


def build(home: Path, doors: int) -> OpenStreet:
    here = Installation(dataclasses.replace(Settings(), home=home))
    at = clock.now()
    with here.store.write() as connection:
        made = campaigns.new(connection, here.keyring, slug="load", title=Text("压力测试", "Load"), preset="housing-census",
                             opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=9), tz="Asia/Shanghai",
                             at=at, actor=COMMAND_LINE)
        connection.execute(dwelling.insert(), [{
            "campaign_id": made.id, "door": f"door {n}", "community": "龙泉社区", "compound": f"{n // 600 + 1}号小区",
            "building": f"{n // 60 + 1}栋", "unit": "1单元", "room": str(n), "extra": {}, "digest": "", "walk": n, "added_at": at}
            for n in range(1, doors + 1)])
        codes.issue_for_dwellings(connection, here.server, made.id, at, COMMAND_LINE)
        seeds = connection.execute(select(code.c.seed).order_by(code.c.dwelling_id)).scalars().all()
        _, form = form_versions.household_form(connection, made.id)
    written = [codes.written(here.server, seed) for seed in seeds]
    here.store.close()
    return OpenStreet(here, made, written, form, household())


def household() -> dict:
    """Answers of a made-up household of three, valid for the housing census."""
    return {
        "dwelling_use": "residential", "household_type": "family", "contact_name": "王小明", "contact_phone": "13800000000",
        "tenure": "own", "rooms": "3", "area": "89.5", "built_years": "2000_2009", "kitchen": "own", "toilet": "own_flush",
        "water": "tap_indoors", "needs_help": "no", "suggestion": "楼道的灯坏了，请修一修。",
        "person": [{"name": name, "relation": relation, "id_type": "resident_id", "id_number": number, "sex": sex,
                    "birth_date": born, "origin": "mainland", "ethnicity": "01", "registration": "local", "living_here": "here",
                    "education": "70", **({"marital": "20"} if born < "2000" else {})}
                   for name, relation, number, sex, born in PERSONS]}
