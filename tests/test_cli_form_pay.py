"""`survey campaign form add` and `survey pay show|close|export`, as an organiser types them."""
import hashlib
import json
import shutil
import subprocess
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from campaigns import clock, form_versions, media
from campaigns.store.schema import audit
from exports.archive.archive_keys import own_public_key
from survey.cli import main
from tests import core_cases as core
from tests.core_cases import NOON, WANG
from tests.forms_inline import workbook

BOOK = workbook(survey="| type | name | label |\n| text | what | What |", settings="| form_id | version |\n| lamp | 3 |")
DAY = timedelta(days=1)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("SURVEY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SURVEY_LANGUAGE", "en")
    made = core.installation(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def made(here):
    return core.campaign(here, rate_fen=50)


@pytest.fixture
def alice(here, made, monkeypatch):
    """A volunteer with one entry of the first day; it is noon of the second."""
    user = core.worker(here, made, name="爱丽丝").user
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0], WANG, channel="visit", user=user))
    monkeypatch.setattr(clock, "now", lambda: NOON + DAY)
    return user


def run(*arguments, given=None):
    return CliRunner().invoke(main, [*arguments, "--campaign", "c1"], input=given)


def forms(here, made):
    with here.store.read() as connection:
        return {form.key: (purpose, form.version) for _, purpose, form in form_versions.in_use(connection, made.id)}


def test_a_bundled_form_and_a_workbook_are_added_beside_the_households(here, made, tmp_path):
    (tmp_path / "lamp.xlsx").write_bytes(BOOK)
    assert "can fill incident-report" in run("campaign", "form", "add", "incident-report").output
    told = json.loads(run("campaign", "form", "add", str(tmp_path / "lamp.xlsx"), "--json").output)
    assert (told["campaign"], told["form"], told["version"]) == ("c1", "lamp", "3")
    found = forms(here, made)
    assert found["lamp"] == ("report", "3") and found["incident-report"][0] == "report" and found["housing-census"][0] == "household"
    with here.store.read() as connection:
        assert connection.execute(select(audit.c.subject).where(audit.c.action == "form.added")).scalars().all() == [
            "form:incident-report", "form:lamp"]
    assert run("campaign", "form", "add", "incident-report").exit_code == 0 and forms(here, made) == found
    core.send(here, made, core.entry(here, made, core.door_ids(here, made)[0], WANG))
    (tmp_path / "lamp.xlsx").write_bytes(workbook(
        survey="| type | name | label |\n| text | what | What is dark |", settings="| form_id | version |\n| lamp | 4 |"))
    run("campaign", "form", "add", str(tmp_path / "lamp.xlsx"))
    told = json.loads(run("campaign", "form", "list", "--json").output)
    assert [(each["form"], each["version"], each["current"], each["received"]) for each in told if each["form"] != "incident-report"] == [
        ("housing-census", told[0]["version"], True, 1), ("lamp", "4", True, 0), ("lamp", "3", False, 0)]
    assert told[0]["languages"] == ["中文", "English"] and told[1]["form"] == "incident-report"
    lines = run("campaign", "form", "list").output.splitlines()
    assert lines[0] == "Household form housing-census Housing and population census" and "in 中文, English, since" in lines[1]
    assert lines[-1].startswith("  · version 3, since") and lines[-1].endswith("(replaced), 0 received")


def test_the_files_of_an_added_form_are_kept_with_it(here, made, tmp_path):
    book, folder, picture = tmp_path / "lamp.xlsx", tmp_path / "pictures", b"\x89PNG\r\n\x1a\n a lamp"
    book.write_bytes(workbook(survey="| type | name | label | image |\n| text | what | What | lamp.png |",
                              settings="| form_id |\n| lamp |"))
    folder.mkdir()
    refused = run("campaign", "form", "add", str(book))
    assert refused.exit_code == 1 and "lamp.png" in refused.output and "lamp" not in forms(here, made)
    (folder / "lamp.png").write_bytes(picture)
    assert json.loads(run("campaign", "form", "add", str(book), "--media", str(folder), "--json").output)["files"] == ["lamp.png"]
    with here.store.read() as connection:
        version, = (id_ for id_, _, form in form_versions.in_use(connection, made.id) if form.key == "lamp")
        assert media.read(connection, version) == {"lamp.png": picture}
    before = forms(here, made)
    assert "lamp.png" in run("campaign", "form", "add", str(book), "--media", str(folder)).output and forms(here, made) == before


@pytest.mark.parametrize("which, said", [
    ("no-such-form", "neither a bundled form nor a file"), ("housing-census", "the household's form"), ("bad.xlsx", "")])
def test_what_cannot_be_a_report_form_is_refused_and_changes_nothing(here, made, tmp_path, monkeypatch, which, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    before = forms(here, made)
    refused = run("campaign", "form", "add", which)
    assert refused.exit_code == 1 and said in refused.output and "Traceback" not in refused.output
    assert forms(here, made) == before


def test_pay_is_shown_closed_once_asked_and_exported_with_its_signature(here, made, alice, tmp_path):
    shown = json.loads(run("pay", "show", "--json").output)
    assert shown["periods"] == [] and shown["begins"] == "2026-03-01"
    [person] = shown["persons"]
    assert (person["label"], person["entries"], person["fen"], person["open_fen"]) == (alice.label, 1, 50, 50)
    assert f"{alice.label}" in run("pay", "show").output and "The next period begins on 2026-03-01" in run("pay", "show").output
    asked = run("pay", "close", "--last-day", "2026-03-01", given="n\n")
    assert asked.exit_code == 1 and "1 persons, 1 households, 0.50 yuan" in asked.output
    assert json.loads(run("pay", "show", "--json").output)["periods"] == []
    closed = run("pay", "close", "--last-day", "2026-03-01", given="y\n")
    assert closed.exit_code == 0 and "Period 1, 2026-03-01 to 2026-03-01: 1 households, 0.50 yuan, closed" in closed.output
    after = json.loads(run("pay", "show", "--json").output)
    assert (after["begins"], after["persons"][0]["open_fen"], after["periods"][0]["fen"]) == ("2026-03-02", 0, 50)
    exported = run("pay", "export", "--period", "1", "--out", str(tmp_path / "sheets"))
    assert exported.exit_code == 0 and "0.50 yuan" in exported.output
    signature, sheet = sorted((tmp_path / "sheets").iterdir(), key=lambda path: path.suffix)
    assert hashlib.sha256(sheet.read_bytes()).hexdigest() == after["periods"][0]["digest"]
    if shutil.which("minisign"):
        subprocess.run(["minisign", "-V", "-P", str(own_public_key(here.keyring)), "-m", sheet, "-x", signature], check=True,
                       stdout=subprocess.DEVNULL)
    with here.store.read() as connection:
        actions = connection.execute(select(audit.c.action).where(audit.c.action.like("pay.%"))).scalars().all()
    assert len(actions) == 2  # closed, and handed out


def test_a_day_that_is_not_over_and_a_period_that_is_not_there_are_refused(here, made, alice, tmp_path):
    for given in (("close", "--last-day", "2026-03-02", "--yes"), ("close", "--last-day", "tomorrow", "--yes"),
                  ("export", "--period", "1", "--out", str(tmp_path / "sheets"))):
        refused = run("pay", *given)
        assert refused.exit_code == 1 and refused.output and "Traceback" not in refused.output, given
    assert not (tmp_path / "sheets").exists()
    assert json.loads(run("pay", "close", "--last-day", "2026-03-01", "--yes", "--json").output)["fen"] == 50
    assert run("pay", "close", "--last-day", "2026-03-01", "--yes").exit_code == 1
