"""Photos of phones in parts, and what is held until a lead decides, photos included."""
import os
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from campaigns import arriving, attachments, clock, form_versions, people, reports
from campaigns.attachments import Folder
from campaigns.audit import COMMAND_LINE, broken_at
from campaigns.store.fieldwork import held_item
from campaigns.store.schema import audit
from forms.form import load
from survey.cli import main
from tests import cast
from tests.forms_inline import workbook
from tests.openrosa_cases import JPEG
from tests.phone_cases import Phone
from tests.respondent import Respondent

PHOTO = JPEG * 4_000  # about 500 KB: three chunks
FORM = {"survey": "| type | name | label |\n| text | said | Said |\n| image | photo | Photo |\n| select_one k | kind | Kind |",
        "choices": "| list_name | name | label |\n| k | a | Fire exit blocked |",
        "settings": "| form_id | version |\n| damage | 1 |"}
ANSWERS = {"said": "楼道堵了", "photo": "p1.jpg", "kind": "a"}


@pytest.fixture
def form(installation, campaign):
    data = workbook(**FORM)
    made = load(data, "damage")
    with installation.store.write() as connection:
        form_versions.add_report_form(connection, campaign.id, data, made, clock.now(), COMMAND_LINE)
    return made


@pytest.fixture
def phone(app, alice, wang_household, form):
    return Phone(app, alice)


def photo_of(here, campaign, number=1):
    key = here.keyring.campaign(campaign.slug)
    with here.store.read() as connection:
        files = reports.files_of(connection, key, number)
    return {name: b"".join(Folder(here.settings.attachments / campaign.slug, key).read(file)) for name, file in files.items()}


def test_a_photo_goes_on_where_it_stopped_and_is_kept_with_its_report(phone, form, installation, campaign):
    item = phone.report(form, ANSWERS, files=["p1.jpg"])
    assert phone.one(item)["files"] == 1
    assert phone.get(f"/v/app/file/{item['id']}/p1.jpg") == (200, {"have": 0, "complete": False})
    assert phone.put(item["id"], "p1.jpg", PHOTO, 0, 200_000).get_json() == {"have": 200_000, "complete": False}
    assert phone.put(item["id"], "p1.jpg", PHOTO, 0, 200_000).get_json() == {"have": 200_000, "complete": False}
    assert phone.put(item["id"], "p1.jpg", PHOTO, 300_000, 310_000).get_json() == {"have": 200_000, "complete": False}
    assert phone.get(f"/v/app/file/{item['id']}/p1.jpg")[1]["have"] == 200_000
    assert phone.put(item["id"], "p1.jpg", PHOTO, 150_000, 400_000).get_json()["have"] == 400_000
    whole = {"have": len(PHOTO), "complete": True}
    assert phone.put(item["id"], "p1.jpg", PHOTO, 400_000).get_json() == whole
    assert photo_of(installation, campaign) == {"p1.jpg": PHOTO}
    assert phone.put(item["id"], "p1.jpg", PHOTO, 0, 100).get_json() == whole
    assert phone.get(f"/v/app/file/{item['id']}/p1.jpg") == (200, whole)
    on_disk = [path for path in installation.settings.attachments.rglob("*") if path.is_file()]
    assert len(on_disk) == 1 and JPEG not in on_disk[0].read_bytes()


def test_a_photo_cut_off_between_arriving_and_being_kept_is_asked_for_once_more(phone, form, installation, campaign, monkeypatch):
    item = phone.report(form, ANSWERS, files=["p1.jpg"])
    phone.one(item)

    def killed(*_, **__):
        raise OSError("the server was killed")
    with monkeypatch.context() as moment:
        moment.setattr("survey.phones.files._join", killed)
        assert phone.put(item["id"], "p1.jpg", JPEG).status_code == 503
    assert phone.get(f"/v/app/file/{item['id']}/p1.jpg") == (200, {"have": len(JPEG), "complete": False})
    assert phone.put(item["id"], "p1.jpg", JPEG, len(JPEG)).get_json() == {"have": len(JPEG), "complete": True}
    assert photo_of(installation, campaign) == {"p1.jpg": JPEG}


def test_a_photo_that_comes_before_its_report_waits_for_it(phone, form, installation, campaign):
    item = phone.report(form, ANSWERS)
    assert phone.put(item["id"], "p1.jpg", JPEG).get_json()["complete"]
    assert phone.get(f"/v/app/file/{item['id']}/p1.jpg")[1]["complete"]
    phone.one(item)
    assert photo_of(installation, campaign) == {"p1.jpg": JPEG}


def test_what_is_no_photo_or_arrived_broken_or_is_not_named_is_refused_in_words(phone, form, installation, campaign):
    item = phone.report(form, ANSWERS)
    phone.one(item)
    wrong = phone.put(item["id"], "p1.jpg", b"#!/bin/sh")
    assert wrong.status_code == 415 and "照片" in wrong.get_json()["text"]["zh"]
    broken = phone.put(item["id"], "p1.jpg", JPEG, **{"X-File-Digest": "0" * 64})
    assert broken.status_code == 422 and phone.get(f"/v/app/file/{item['id']}/p1.jpg")[1]["have"] == 0
    assert phone.put(item["id"], "other.jpg", JPEG).status_code == 409
    assert phone.put("x", "p1.jpg", JPEG).status_code == 400
    assert phone.put(item["id"], "..", JPEG).status_code in (400, 404, 405)
    assert phone.put(item["id"], "p1.jpg", b"x" * 300_000).status_code == 413
    assert phone.put(item["id"], "p1.jpg", JPEG, **{"X-File-Size": "-1"}).status_code == 400
    assert phone.put(item["id"], "p1.jpg", JPEG).get_json()["complete"] and photo_of(installation, campaign) == {"p1.jpg": JPEG}


def test_a_lead_releases_the_queue_of_a_lost_phone_with_its_photos(phone, form, app, installation, campaign, alice, bob, wang_household):
    census = cast.form(installation, campaign)
    household, report = phone.form(census, cast.WANG, wang_household.door_id), phone.report(form, ANSWERS)
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    assert [each["status"] for each in phone.send(household, report)] == ["held", "held"]
    assert phone.put(report["id"], "p1.jpg", JPEG).get_json()["complete"]
    lead = Respondent(app).sign_in(bob)
    assert "V001" in lead.open("/desk/held").text and "王小明" not in lead.open("/desk/held/V001").text
    assert "工牌已停用" in lead.text
    lead.send([("item", household["id"]), ("item", report["id"])], action_end="/V001", step="release")
    assert "2 条已收下" in lead.text
    [kept] = cast.kept(installation, campaign)
    assert kept["user_id"] == alice.user.id and kept["answers"]["contact_name"] == "王小明"
    assert photo_of(installation, campaign) == {"p1.jpg": JPEG}
    with installation.store.read() as connection:
        assert connection.execute(select(held_item.c.verdict, held_item.c.released_by)).all() == [("released", bob.user.id)] * 2
        assert broken_at(connection, campaign.id) is None
    assert [each["status"] for each in phone.send(household)] == ["again"]


def test_what_a_lead_does_not_take_is_said_to_the_phone_and_another_teams_lead_sees_nothing(
        phone, app, installation, campaign, alice, bob, wang_household):
    item = phone.item("form", door=wang_household.door_id, xml="<half")
    assert phone.one(item)["kept"]
    other = Respondent(app).sign_in(cast.person(installation, campaign, "lead", "别组", team="二组"))
    assert "没有等放行" in other.open("/desk/held").text and other.open("/desk/held/V001").status == 404
    lead = Respondent(app).sign_in(bob)
    lead.open("/desk/held/V001").send([("item", item["id"])], action_end="/V001", step="release")
    assert "还不能收" in lead.text
    lead.open("/desk/held/V001").send([("item", item["id"])], action_end="/V001", step="reject")
    assert "没有收下" in lead.text and "组长看过" in phone.one(item)["text"]["zh"]


def test_leads_read_reports_and_their_photos_and_each_look_is_noted(phone, form, app, installation, campaign, bob, wang_household):
    item = phone.report(form, ANSWERS, wang_household.door_id)
    phone.one(item)
    phone.put(item["id"], "p1.jpg", JPEG)
    lead = Respondent(app).sign_in(bob)
    assert wang_household.place in lead.open("/desk/reports").text
    page = lead.open("/desk/reports/1")
    assert "楼道堵了" in page.text and "Fire exit blocked" in page.text
    [link] = [each for each in page.page.xpath("//a/@href") if "/file/" in each]
    answer = lead.open(link).response
    assert answer.get_data() == JPEG and answer.headers["Content-Disposition"].startswith("attachment")
    other = Respondent(app).sign_in(cast.person(installation, campaign, "lead", "别组", team="二组"))
    assert other.open("/desk/reports/1").status == 404 and other.open(link).status == 404
    from campaigns.store.schema import audit
    with installation.store.read() as connection:
        noted = connection.execute(select(audit.c.action).where(audit.c.actor == f"lead:{bob.user.label}")).scalars().all()
    assert noted == ["report.read", "report.file-read"]


def test_a_photo_of_a_household_is_its_attachment(phone, app, installation, campaign, wang_household):
    data = workbook(**{**FORM, "settings": "| form_id | version |\n| home | 1 |"})
    made = load(data, "home")
    with installation.store.write() as connection:
        form_versions.set_form(connection, campaign.id, data, made, clock.now(), COMMAND_LINE)
    item = phone.form(made, ANSWERS, wang_household.door_id, files=["p1.jpg"])
    assert phone.one(item)["status"] == "taken"
    assert phone.put(item["id"], "p1.jpg", JPEG).get_json()["complete"]
    with installation.store.read() as connection:
        assert list(attachments.of_submission(connection, installation.keyring.campaign("c1"), 1)) == ["p1.jpg"]


def test_photos_that_nothing_named_in_14_days_are_removed_but_not_those_that_a_lead_still_decides_about(
        phone, form, installation, campaign, alice, monkeypatch):
    held, forgotten, begun, fresh = (phone.report(form, ANSWERS) for _ in range(4))
    with installation.store.write() as connection:
        people.revoke(connection, alice.user, clock.now(), COMMAND_LINE)
    assert phone.one(held)["status"] == "held"
    for item in (held, forgotten, fresh):
        assert phone.put(item["id"], "p1.jpg", JPEG).get_json()["complete"]
    phone.put(begun["id"], "p1.jpg", PHOTO, 0, 100)
    folder, now = installation.settings.attachments / campaign.slug, clock.now()
    for path in folder.glob("arriving/*/*"):
        old = (now - timedelta(days=15 if path.name[:32] != fresh["id"] else 13)).timestamp()
        os.utime(path, (old, old))
    assert arriving.tidy(installation.store, campaign, folder, now, COMMAND_LINE) == 2
    assert {path.name[:32] for path in folder.glob("arriving/*/*")} == {held["id"], fresh["id"]}
    with installation.store.read() as connection:
        rows = connection.execute(select(audit.c.detail).where(audit.c.action == "arriving.removed")).scalars().all()
        assert rows == ['{"files":2}'] and broken_at(connection, campaign.id) is None
    assert arriving.tidy(installation.store, campaign, folder, now, COMMAND_LINE) == 0
    monkeypatch.setenv("SURVEY_HOME", str(installation.settings.home))
    told = CliRunner().invoke(main, ["doctor", "--tidy"])
    assert told.exit_code == 0 and "没有对上表的照片 0 张" in told.output
    assert phone.get(f"/v/app/file/{begun['id']}/p1.jpg")[1]["have"] == 0


def test_arr_2_a_file_is_on_disk_with_its_name_before_it_is_called_whole(phone, form, monkeypatch):
    """A power cut keeps what was synced and nothing else: the bytes and the name come before the entries of the folder."""
    steps = []
    sync, rename = os.fsync, os.rename
    monkeypatch.setattr(arriving.os, "fsync", lambda handle: (steps.append(("sync", _ending(handle))), sync(handle)))
    monkeypatch.setattr(arriving.os, "rename", lambda old, new: (steps.append(("rename", os.path.splitext(new)[1])), rename(old, new)))
    assert phone.put("a" * 32, "p1.jpg", PHOTO[:1000]).get_json()["complete"]
    whole = steps[-6:]
    assert [step for step, _ in whole] == ["sync", "sync", "rename", "sync", "rename", "sync"]
    assert [what for _, what in whole] == [".part", ".new", ".name", "", ".whole", ""]


def _ending(handle):
    """Of the file behind a handle; a folder has none."""
    return os.path.splitext(os.readlink(f"/proc/self/fd/{handle}"))[1]


def test_arr_4_a_file_of_somebody_elses_item_is_refused_and_nothing_of_it_is_told(app, phone, form, installation, campaign):
    item = phone.report(form, ANSWERS, files=["p1.jpg"])
    phone.one(item)
    phone.put(item["id"], "p1.jpg", PHOTO, 0, 200_000)
    other = Phone(app, cast.person(installation, campaign, "volunteer", "别人"))
    refused = other.put(item["id"], "p1.jpg", JPEG)
    assert refused.status_code == 403 and "别人发的" in refused.get_json()["text"]["zh"]
    assert other.get(f"/v/app/file/{item['id']}/p1.jpg")[0] == 403
    assert phone.put(item["id"], "p1.jpg", PHOTO, 200_000, 400_000).get_json()["have"] == 400_000
    assert photo_of(installation, campaign) == {}


def test_arr_4_nobody_keeps_more_files_waiting_than_the_bound(phone, monkeypatch):
    monkeypatch.setattr(arriving, "MOST_FILES", 1)
    assert phone.put("b" * 32, "p1.jpg", JPEG).get_json()["complete"]
    assert phone.put("c" * 32, "p1.jpg", JPEG).status_code == 413
