"""The final archive of a campaign of Longquan's size: export, verify, import; every step in a process of its own."""
from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

from campaigns import campaign as campaigns
from campaigns import clock, form_versions, people
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import Campaign
from campaigns.installation import Installation
from campaigns.settings import Settings
from campaigns.store.schema import dwelling, submission, tally
from campaigns.submissions import Entry
from campaigns.terms import Terms
from forms.language import Text

HOUSEHOLDS, PERSONS, COMPOUNDS = 76_688, 199_773, 123
_TARGETS = {"export": "60 s, 500 MiB", "verify": "20 s", "import": "30 s", "csv": "8 s, 200 MiB"}
_AT_ONCE = 2000


def run() -> list[dict]:
    """One row a step: what, size, seconds, peak_mib, target."""
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder) / "home", Path(folder) / "c1.archive"
        build(home, HOUSEHOLDS, PERSONS, COMPOUNDS)
        return [measured(step, home, file) for step in ("export", "csv", "verify", "import", "import again")]


def measured(step: str, home: Path, file: Path) -> dict:
    """Run `step` in a child process and measure it."""
    child = subprocess.run([sys.executable, "-m", "benchmarks.archive", step, str(home), str(file)],
                           capture_output=True, text=True, check=True)
    found = json.loads(child.stdout.splitlines()[-1])
    return {"what": f"archive {step}", "size": f"{HOUSEHOLDS:,} households, {PERSONS:,} persons", "seconds": found["seconds"],
            "cpu_seconds": found["cpu"], "peak_mib": found["peak"], "target": _TARGETS.get(step, "")}


def main(step: str, home: Path, file: Path) -> None:
    """One step (`csv` needs the merge that `export` makes); prints seconds, CPU seconds and peak MiB as JSON."""
    started = time.monotonic()
    _STEPS[step](Installation(Settings(home=home)), file)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": round(time.monotonic() - started, 2), "cpu": round(usage.ru_utime + usage.ru_stime, 2),
                      "peak": usage.ru_maxrss // 1024}))


def _export(here: Installation, file: Path) -> None:
    from exports.archive.exporting import export
    with here.store.read() as connection:
        campaign = campaigns.by_slug(connection, "c1")
    export(here, campaign, file, at=clock.now(), actor=COMMAND_LINE)


def _csv(here: Installation, file: Path) -> None:
    from exports.archive import csvfile
    from exports.archive.content import Content
    with here.store.read() as connection:
        campaign = campaigns.by_slug(connection, "c1")
        content = Content(connection, here.keyring.campaign("c1"), campaign)
        folder = file.parent
        with csvfile.writer(folder / "households.csv", content.tables["households"]) as add_household, \
                csvfile.writer(folder / "persons.csv", content.tables["persons"]) as add_person:
            for door in content.dwellings():
                for household in door.households:
                    add_household(household.row)
                    for person in household.persons:
                        add_person(person)


def _verify(here: Installation, file: Path) -> None:
    from exports.archive.checking import verify
    verify(here, file)


def _import(here: Installation, file: Path) -> None:
    from exports.archive.importing import bring
    bring(here, file, f"sqlite:///{file.parent / 'main.db'}", at=clock.now())


_STEPS = {"export": _export, "csv": _csv, "verify": _verify, "import": _import, "import again": _import}

_HOUSE = {
    "dwelling_use": "residential", "household_type": "family", "tenure": "own", "rooms": "3", "area": "86.5",
    "built_years": "2000_2009", "kitchen": "own", "toilet": "own_flush", "water": "tap_indoors", "needs_help": "yes",
    "needs_help_kind": ["lives_alone", "visit"], "suggestion": "楼道的灯坏了，请派人修一下。"}
_PERSON = {
    "id_type": "resident_id", "sex": "1", "birth_date": "1975-05-08", "origin": "mainland", "ethnicity": "01",
    "registration": "local", "living_here": "here", "education": "40", "marital": "20"}
_NAMES = ("王小明", "李𠮷", "赵·买买提", "欧阳娜娜", "张伟", "陈䶮")


def build(home: Path, households: int, persons: int, compounds: int) -> Campaign:
    """An installation at `home` with a campaign `c1` of these sizes, made of a few households over and over."""
    here = Installation(Settings(home=home))
    at = clock.now()
    with here.store.write() as connection:
        made = campaigns.new(connection, here.keyring, slug="c1", title=Text("龙泉街道住房登记", "Longquan housing census"),
                             preset="housing-census", opens_at=at - timedelta(days=20), closes_at=at + timedelta(days=1),
                             tz="Asia/Shanghai", terms=Terms(), at=at, actor=COMMAND_LINE)
        worker = people.add(connection, here.keyring, made, role="volunteer", name="甲", team_name="一组", at=at,
                            actor=COMMAND_LINE, pin="123456").user
        form_id, _ = form_versions.household_form(connection, made.id)
        intake = here.intake(made)
        sizes = _sizes(households, persons)
        for first in range(1, households + 1, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, households + 1))
            connection.execute(dwelling.insert(), [_door(number, made, at, compounds, households) for number in numbers])
            rows = []
            for number in numbers:
                answers = _answers(number, next(sizes))
                entry = Entry(instance=f"uuid:{number:08d}-bench", form_version_id=form_id, channel="visit", dwelling_id=number,
                              answers=answers, persons=len(answers["person"]), filled_at=at, received_at=at, user=worker)
                rows.append({**intake.prepare(entry), "id": number, "late": False})
            connection.execute(submission.insert(), rows)
            connection.execute(tally.insert(), [{
                "campaign_id": made.id, "user_id": worker.id, "submission_id": number, "dwelling_id": number, "household": 1,
                "kind": "entry", "fen": 50, "pay": 1, "at": at, "day": made.day(at)} for number in numbers])
    here.store.close()
    return made


def _sizes(households: int, persons: int):
    """How many persons each household has: `persons` in all, as even as it goes."""
    low, more = divmod(persons, households)
    return (low + (place * more // households != (place + 1) * more // households) for place in range(households))


def _door(number: int, made: Campaign, at, compounds: int, households: int) -> dict:
    compound = f"幸福里{(number - 1) * compounds // households + 1}区"
    building, unit, room = f"{number // 60 % 20 + 1}", f"{number // 15 % 4 + 1}", str(number)
    return {"id": number, "campaign_id": made.id, "team_id": 1, "door": f"{compound}|{building}|{unit}|{room}",
            "street": "龙泉街道", "community": "龙泉社区", "grid": "01", "compound": compound, "building": f"{building}栋",
            "unit": f"{unit}单元", "room": room, "use": "住宅", "area_dm2": 8650, "lon": 117.1641234, "lat": 35.0841234,
            "extra": {"楼层": "3"}, "digest": "", "walk": number, "added_at": at}


def _answers(number: int, size: int) -> dict:
    names = islice(cycle(_NAMES), number % 6, number % 6 + size)
    return {**_HOUSE, "contact_name": "王小明", "contact_phone": f"1380013{number % 10000:04d}", "person": [
        {**_PERSON, "name": name, "relation": "02" if place == 0 else "20", "id_number": f"99010119750508{number % 9999:04d}"}
        for place, name in enumerate(names)]}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
