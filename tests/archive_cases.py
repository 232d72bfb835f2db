"""A street with everything that an archive must carry, its archive, and ways to spoil one."""
from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pyrage

from campaigns import form_versions
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.store.schema import dwelling
from exports.archive import archive_keys
from exports.archive.exporting import Summary, comment, export
from exports.archive.parcel import blake2b
from forms.form import load
from tests import core_cases

AT = core_cases.NOON + timedelta(days=1)
FORMULA = "=HYPERLINK(\"http://x\")"
STORY = "第一行，“引号”\n第二行, <b>&amp;\t'撇号'"
VOLUNTEER = "保密的艾丽丝"
CONTACT = "底册联系人甲乙丙"

_HOUSE = {"dwelling_use": "residential", "area": "86.5", "household_type": "family", "tenure": "own", "rooms": "3",
          "built_years": "2000_2009", "kitchen": "own", "toilet": "own_flush", "water": "tap_indoors", "needs_help": "yes",
          "needs_help_kind": ["lives_alone", "visit"], "contact_phone": "013800138000"}
_ADULT = {"relation": "02", "id_type": "passport", "id_number": "007E1234", "sex": "1", "birth_date": "1960-05-08",
          "origin": "mainland", "ethnicity": "01", "registration": "local", "living_here": "here", "education": "70",
          "marital": "20"}


def household(name: str, *more: str, **changes: object) -> dict:
    """A census household; the first name is its contact."""
    return {**_HOUSE, "contact_name": name, "person": [{**_ADULT, "name": each} for each in (name, *more)], **changes}


WANG = household("王小明", "李𠮷", suggestion=STORY)
LI = household(FORMULA, suggestion="'已有撇号")
ZHAO = household("赵·买买提", "𫖯", "-1", "+86", "@甲")


def send(here: Installation, made: Campaign, door: int, answers: dict, **fields: object):
    return core_cases.send(here, made, core_cases.entry(here, made, door, answers, **fields))


def street(home: Path, slug: str = "c1") -> tuple[Installation, Campaign]:
    """Three doors: 王 by a volunteer, 李 by themselves and corrected, 赵 from a list and by themselves; one door ended."""
    here = core_cases.installation(home)
    made = core_cases.campaign(here, slug, doors=4)
    alice = core_cases.worker(here, made, name=VOLUNTEER).user
    first, second, third, _ = core_cases.door_ids(here, made)
    send(here, made, first, WANG, channel="visit", user=alice, instance="wang")
    wrong = send(here, made, second, household("写错了"), instance="li-1")
    send(here, made, second, LI, instance="li-2", receipt=wrong.receipt, filled_at=core_cases.NOON + timedelta(hours=1))
    send(here, made, third, household("名单上的人"), channel="property", instance="zhao-list")
    send(here, made, third, ZHAO, channel="self", instance="zhao")
    end_door(here, made, 4)
    give_contact(here, made, 1)
    return here, made


def end_door(here: Installation, made: Campaign, place: int) -> None:
    """The register ends the door at `place` in walking order."""
    with here.store.write() as connection:
        connection.execute(dwelling.update().where(
            dwelling.c.campaign_id == made.id, dwelling.c.walk == place).values(ended_at=AT))


def give_contact(here: Installation, made: Campaign, place: int) -> None:
    """The register knows a name for the door at `place`."""
    with here.store.write() as connection:
        door = connection.execute(dwelling.select().where(
            dwelling.c.campaign_id == made.id, dwelling.c.walk == place)).one()
        sealed = here.keyring.campaign(made.slug).seal(
            json.dumps({"联系人": CONTACT}, ensure_ascii=False).encode(), f"dwelling:{door.door}")
        connection.execute(dwelling.update().where(dwelling.c.id == door.id).values(
            sealed=sealed, area_dm2=8605, lon=117.1641234, lat=35.0841, extra={"楼层": "05"}, register_code="007"))


def make(here: Installation, made: Campaign, out: Path, at: datetime = AT, **options: object) -> Summary:
    return export(here, made, out, at=at, actor=COMMAND_LINE, **options)


def files(here: Installation, file: Path) -> dict[str, bytes]:
    """Everything in an archive of this installation, by path below the bag's folder."""
    identity = archive_keys.own_identity(here.keyring)
    with zipfile.ZipFile(io.BytesIO(pyrage.decrypt(file.read_bytes(), [identity]))) as found:
        return {name.partition("/")[2]: found.read(name) for name in found.namelist()}


def table(found: dict[str, bytes], name: str) -> list[dict]:
    """The rows of a CSV table just as they stand there."""
    return list(csv.DictReader(io.StringIO(found[f"data/tables/{name}.csv"].decode(), newline="")))


def manifests(found: dict[str, bytes]) -> dict[str, bytes]:
    """`found` with manifests that fit it."""
    def lines(names):
        return "".join(f"{sha256(found[name]).hexdigest()}  {name}\n" for name in sorted(names)).encode()
    found = dict(found)
    found["manifest-sha256.txt"] = lines(name for name in found if name.startswith("data/"))
    found["tagmanifest-sha256.txt"] = lines(
        name for name in found if not name.startswith("data/") and name != "tagmanifest-sha256.txt")
    return found


def forge(here: Installation, found: dict[str, bytes] | list[tuple[zipfile.ZipInfo | str, bytes]], file: Path) -> None:
    """An archive of exactly these files, rightly encrypted and signed by the installation: only its content is wrong."""
    out = io.BytesIO()
    members = found if isinstance(found, list) else [(f"bag/{name}", data) for name, data in found.items()]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    seal(here, out.getvalue(), file, _comment(members))


def seal(here: Installation, data: bytes, file: Path, said: str = "-") -> None:
    """Encrypt and sign any bytes as the installation does."""
    file.write_bytes(pyrage.encrypt(data, [archive_keys.own_identity(here.keyring).to_public()]))
    with file.open("rb") as source:
        file.with_name(file.name + ".minisig").write_text(archive_keys.signing_key(here.keyring).sign(blake2b(source), said))


def _comment(members: list) -> str:
    """The signed comment that fits the package among `members`, if there is one to read."""
    for name, data in members:
        if str(name).endswith("data/datapackage.json"):
            package = json.loads(data)
            counts = {each["name"]: each["rows"] for each in package["resources"]}
            wanted = ("campaign", "dwellings", "households", "persons", "submissions")
            return comment(package["campaign"], counts) if {*wanted} <= {*counts, *package} else "-"
    return "-"


def set_form(here: Installation, made: Campaign, workbook: bytes) -> int:
    """Give the campaign another version of its form."""
    with here.store.write() as connection:
        return form_versions.set_form(connection, made.id, workbook, load(workbook, "later"), AT, COMMAND_LINE)
