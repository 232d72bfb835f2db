"""A small real campaign for tests of the domain: a store in a file, keys in a folder, three doors, one form."""
from __future__ import annotations

import dataclasses
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaigns import campaign as campaigns
from campaigns import form_versions, people
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import dwelling
from campaigns.store.writer import GroupWriter
from campaigns.submissions import Accepted, Entry
from campaigns.terms import Terms
from forms.language import Text
from tests import warm

OPENS = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
CLOSES = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
NOON = OPENS + timedelta(hours=4)

WANG = {"household_type": "1", "contact_name": "王小明", "person": [{"name": "王小明", "sex": "1"}, {"name": "李𠮷", "sex": "2"}]}
ZHAO = {"household_type": "1", "contact_name": "赵·买买提", "person": [{"name": "赵·买买提", "sex": "1"}]}


def installation(home: Path, **settings: object) -> Installation:
    made = Installation(dataclasses.replace(Settings(), home=home, **settings))
    if "store" not in settings and not (home / "store.db").exists():
        warm.empty_store(home)
    return made


def limit_pages(here: Installation) -> dict[str, int]:
    """SQLite's own limit, which gives the same error as a full disk: the store grows to as many pages as `pages` says, from now on."""
    limit, write = {"pages": 1_000_000}, here.store.write

    @contextmanager
    def limited():
        with write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages']}")
            yield connection
    here.store.write, here.store._writer = limited, GroupWriter(limited)
    return limit


def campaign(here: Installation, slug: str = "c1", doors: int = 3, **terms: object) -> Campaign:
    """An opened-on-1-March campaign with `doors` doors in one compound; its terms can be changed by name."""
    with here.store.write() as connection:
        made = campaigns.new(connection, here.keyring, slug=slug, title=Text("龙泉街道住房登记", "Longquan housing census"),
                             preset="housing-census", opens_at=OPENS, closes_at=CLOSES, tz="Asia/Shanghai",
                             terms=Terms(phone="0632-5550100", **terms), at=OPENS - timedelta(days=3), actor=COMMAND_LINE)
        connection.execute(dwelling.insert(), [{
            "campaign_id": made.id, "door": f"幸福里|1|1|{100 + place}", "compound": "幸福里", "building": "1栋", "unit": "1单元",
            "room": str(100 + place), "community": "龙泉社区", "extra": {}, "digest": "", "walk": place,
            "added_at": made.opens_at} for place in range(1, doors + 1)])
    return made


def door_ids(here: Installation, made: Campaign) -> list[int]:
    with here.store.read() as connection:
        return list(connection.execute(
            dwelling.select().with_only_columns(dwelling.c.id).where(dwelling.c.campaign_id == made.id)
            .order_by(dwelling.c.walk)).scalars())


def worker(here: Installation, made: Campaign, role: str = "volunteer", name: str = "爱丽丝", **options: object) -> people.NewUser:
    with here.store.write() as connection:
        return people.add(connection, here.keyring, made, role=role, name=name, team_name=options.pop("team", "一组"),
                          at=NOON, actor=COMMAND_LINE, **options)


def entry(here: Installation, made: Campaign, door: int, answers: dict = WANG, **fields: object) -> Entry:
    with here.store.read() as connection:
        version_id, _ = form_versions.household_form(connection, made.id)
    return Entry(**{
        "instance": uuid.uuid4().hex, "form_version_id": version_id, "channel": "self", "dwelling_id": door,
        "answers": answers, "persons": len(answers["person"]), "filled_at": NOON, "received_at": NOON, **fields})


def send(here: Installation, made: Campaign, given: Entry) -> Accepted:
    """Take `given` in as the web pages do."""
    intake = here.intake(made)
    row = intake.prepare(given)
    return here.store.submit(lambda connection: intake.accept(connection, given, row))
