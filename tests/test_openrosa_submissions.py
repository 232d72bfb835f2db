"""Submissions as ODK Collect sends them: accepted, repeated, split, corrected; bound to a door, judged, sealed."""
import dataclasses
import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from campaigns import attachments, clock, contents, form_versions
from campaigns import campaign as campaigns
from campaigns.attachments import Folder
from campaigns.audit import COMMAND_LINE, broken_at
from campaigns.keys import SealBroken
from campaigns.store.schema import dwelling, tally, team
from forms.form import load
from tests import cast
from tests.forms_inline import workbook
from tests.openrosa_cases import JPEG, Device, filled, instance_id, password, xml_part

PHOTO_FORM = {
    "survey": """
        | type         | name       | label       |
        | text         | note_text  | Note        |
        | image        | photo      | Photo       |
        | audio        | sound      | Sound       |
        | begin repeat | room       | Room        |
        | image        | room_photo | Photo of it |
        | end repeat   |            |             |
        """,
    "settings": """
        | form_id | version |
        | photos  | 1       |
        """}


@pytest.fixture
def device(live, installation, campaign, alice):
    return Device(live, password(installation, campaign, alice))


@pytest.fixture
def form(installation, campaign):
    return cast.form(installation, campaign)


@pytest.fixture
def photos(installation, campaign):
    """The campaign works with a form that asks for photos."""
    data = workbook(**PHOTO_FORM)
    made = load(data, "photos")
    with installation.store.write() as connection:
        form_versions.set_form(connection, campaign.id, data, made, clock.now(), COMMAND_LINE)
    return made


def files_of(here, campaign, submission_id):
    key = here.keyring.campaign(campaign.slug)
    folder = Folder(here.settings.attachments / campaign.slug, key)
    with here.store.read() as connection:
        found = attachments.of_submission(connection, key, submission_id)
    return {name: b"".join(folder.read(file)) for name, file in found.items()}


def count(here, table):
    with here.store.read() as connection:
        return len(connection.execute(select(table)).all())


def test_a_submission_is_kept_with_the_same_answers_as_the_web_page_would_keep(device, form, installation, campaign, alice,
                                                                              wang_household):
    answer = device.send(filled(form, cast.WANG, wang_household.code))
    assert answer.status == 201 and "text/xml" in answer.headers["Content-Type"], answer.body
    assert wang_household.place in answer.message and "回执号" in answer.message
    (kept,) = cast.kept(installation, campaign)
    assert kept["answers"] == cast.WANG and kept["persons"] == 2
    assert (kept["channel"], kept["dwelling_id"], kept["user_id"]) == ("visit", wang_household.door_id, alice.user.id)
    assert kept["flags"] is None and kept["original"] is None and count(installation, tally) == 1
    with installation.store.read() as connection:
        assert broken_at(connection, campaign.id) is None


def test_what_the_camera_reads_from_the_paper_binds_to_the_door(device, form, wang_household, installation, campaign):
    assert device.send(filled(form, cast.WANG, f"HTTPS://SURVEY.EXAMPLE.CN/H/{wang_household.code}")).status == 201
    assert cast.kept(installation, campaign)[0]["dwelling_id"] == wang_household.door_id


def test_the_receipt_that_the_device_shows_opens_the_correction(device, form, wang_household, resident):
    answer = device.send(filled(form, cast.WANG, wang_household.code))
    receipt = answer.message.partition("回执号 ")[2][:14]
    page = resident.open(f"/h/{wang_household.code}").send(receipt=receipt, action_end="/correct")
    assert page.value("q-contact_name") == "王小明"


def test_a_clerk_keys_paper(live, form, installation, campaign, carol, wang_household):
    clerk = Device(live, password(installation, campaign, carol))
    assert clerk.send(filled(form, cast.WANG, wang_household.code)).status == 201
    assert cast.kept(installation, campaign)[0]["channel"] == "paper"


def test_the_same_bytes_again_are_one_submission(device, form, wang_household, installation, campaign):
    xml = filled(form, cast.WANG, wang_household.code)
    first, second = device.send(xml), device.send(xml)
    assert (first.status, second.status) == (201, 202)
    assert len(cast.kept(installation, campaign)) == 1 and count(installation, tally) == 1
    assert first.message.partition("回执号")[2][:15] == second.message.partition("回执号")[2][:15]


def test_one_byte_changed_under_the_same_id_is_a_conflict(device, form, wang_household, installation, campaign):
    xml = filled(form, cast.WANG, wang_household.code)
    assert device.send(xml).status == 201
    answer = device.send(xml.replace("李𠮷".encode(), "李丁".encode()))
    assert answer.status == 409 and "内容与上次不同" in answer.message
    assert cast.kept(installation, campaign)[0]["answers"] == cast.WANG


def test_a_household_that_is_recorded_is_not_recorded_again(device, form, wang_household, installation, campaign):
    device.send(filled(form, cast.WANG, wang_household.code))
    answer = device.send(filled(form, cast.LI, wang_household.code))
    assert answer.status == 409 and "已经登记过" in answer.message
    assert len(cast.kept(installation, campaign)) == 1


def test_a_chain_of_edits_is_a_chain_of_corrections_and_a_late_edit_of_the_first_is_out_of_date(
        device, form, wang_household, installation, campaign):
    a, b, c = (instance_id() for _ in range(3))
    changed = [{**cast.WANG, "rooms": rooms} for rooms in ("3", "4", "5", "6")]
    assert device.send(filled(form, changed[0], wang_household.code, instance=a)).status == 201
    assert device.send(filled(form, changed[1], wang_household.code, instance=b, deprecated=a)).status == 201
    last = filled(form, changed[2], wang_household.code, instance=c, deprecated=b)
    assert device.send(last).status == 201
    late = device.send(filled(form, changed[3], wang_household.code, deprecated=a))
    assert late.status == 409 and "又更正过" in late.message
    assert device.send(last).status == 202
    first, second, third = cast.kept(installation, campaign)
    assert (first["replaces"], second["replaces"], third["replaces"]) == (None, first["id"], second["id"])
    assert count(installation, tally) == 1


def test_an_edit_of_what_is_not_here_is_not_found(device, form, wang_household):
    assert device.send(filled(form, cast.WANG, wang_household.code, deprecated=instance_id())).status == 404


def test_nobody_edits_what_another_sent_and_no_edit_moves_to_another_door(
        device, live, form, wang_household, li_household, installation, campaign):
    a = instance_id()
    device.send(filled(form, cast.WANG, wang_household.code, instance=a))
    assert device.send(filled(form, cast.WANG, li_household.code, deprecated=a)).status == 403
    other = Device(live, password(installation, campaign, cast.person(installation, campaign, "volunteer", "丹")))
    assert other.send(filled(form, cast.WANG, wang_household.code, deprecated=a)).status == 403
    assert len(cast.kept(installation, campaign)) == 1


def test_what_breaks_a_rule_is_kept_flagged_and_kept_as_it_came(device, form, wang_household, installation, campaign):
    broken = {**cast.WANG, "rooms": "100"}
    del broken["contact_name"]
    xml = filled(form, broken, wang_household.code).replace(b"<area>86.5</area>", "<area>很大</area>".encode())
    answer = device.send(xml)
    assert answer.status == 201 and "标记" in answer.message
    (kept,) = cast.kept(installation, campaign)
    assert set(kept["flags"]) == {"invalid:rooms", "invalid:contact_name", "invalid:area", "dropped:area"}
    assert kept["answers"]["rooms"] == "100" and "area" not in kept["answers"]
    assert b"\xe5\xbe\x88" not in kept["original"]
    with installation.store.read() as connection:
        assert contents.original_of(connection, installation.keyring.campaign("c1"), kept["id"]) == xml


def test_questions_that_the_form_lacks_are_flagged(device, form, wang_household, installation, campaign):
    assert device.send(filled(form, cast.WANG, wang_household.code, extra="<stranger>x</stranger>")).status == 201
    assert cast.kept(installation, campaign)[0]["flags"] == ["unknown:1"]


def test_an_older_version_is_taken_and_judged_by_itself(device, form, photos, wang_household, installation, campaign):
    assert [child.text for child in device.get("/openrosa/formList").xml[0]][0] == "photos"
    assert device.send(filled(form, cast.WANG, wang_household.code)).status == 201
    (kept,) = cast.kept(installation, campaign)
    assert kept["flags"] is None and kept["answers"] == cast.WANG


def test_a_version_that_never_was_is_not_found(device, form, wang_household):
    assert device.send(filled(form, cast.WANG, wang_household.code, version="1999")).status == 404


def test_another_teams_door_is_refused_but_not_to_a_clerk(device, live, form, wang_household, installation, campaign, carol):
    with installation.store.write() as connection:
        other = connection.execute(team.insert().values(campaign_id=campaign.id, name="二组")).inserted_primary_key.id
        connection.execute(update(dwelling).where(dwelling.c.id == wang_household.door_id).values(team_id=other))
    answer = device.send(filled(form, cast.WANG, wang_household.code))
    assert answer.status == 403 and "别的组" in answer.message
    assert cast.kept(installation, campaign) == []
    clerk = Device(live, password(installation, campaign, carol))
    assert clerk.send(filled(form, cast.WANG, wang_household.code)).status == 201


def test_a_door_of_another_campaign_is_refused(device, form, installation, campaign):
    elsewhere = cast.door(installation, cast.campaign(installation, "c2"), "601")
    assert device.send(filled(form, cast.WANG, elsewhere.code)).status == 403


@pytest.mark.parametrize("code, status", [("", 400), ("ABCD", 400), ("0000-0000-0000", 404)])
def test_without_a_doors_code_that_is_known_nothing_is_added(device, form, installation, campaign, code, status):
    assert device.send(filled(form, cast.WANG, code)).status == status
    assert cast.kept(installation, campaign) == []


def test_after_closing_what_was_begun_in_time_is_taken_as_late_and_nothing_else(device, form, wang_household, li_household,
                                                                               installation, campaign):
    with installation.store.write() as connection:
        closed = campaigns.close_now(connection, campaign, clock.now() - timedelta(minutes=5), COMMAND_LINE)
    before = (closed.closes_at - timedelta(hours=1)).isoformat(timespec="milliseconds")
    assert device.send(filled(form, cast.WANG, wang_household.code, timeStart=before)).status == 201
    assert cast.kept(installation, campaign)[0]["late"]
    for times in ({}, {"timeStart": clock.now().isoformat()}):
        answer = device.send(filled(form, cast.LI, li_household.code, **times))
        assert answer.status == 403 and "结束" in answer.message


def test_after_the_grace_period_nothing_is_taken_and_the_list_is_empty(device, form, wang_household, installation, campaign):
    at = clock.now()
    with installation.store.write() as connection:
        campaigns.set_terms(connection, campaign, dataclasses.replace(campaign.terms, grace_hours=0), at, COMMAND_LINE)
        campaigns.close_now(connection, campaign, at - timedelta(minutes=5), COMMAND_LINE)
    early = (at - timedelta(days=1)).isoformat()
    assert device.send(filled(form, cast.WANG, wang_household.code, timeStart=early)).status == 403
    assert len(device.get("/openrosa/formList").xml) == 0


def test_a_split_sending_is_one_record_with_all_its_files(device, photos, wang_household, installation, campaign):
    xml = filled(photos, {"photo": "a.jpg", "room": [{"room_photo": "b.jpg"}]}, wang_household.code)
    first = device.send(xml, ("a.jpg", JPEG), incomplete=True)
    second = device.send(xml, ("b.jpg", JPEG + b"2"))
    third = device.send(xml, ("b.jpg", JPEG + b"2"))
    assert (first.status, second.status, third.status) == (201, 201, 202), (first.body, second.body, third.body)
    (kept,) = cast.kept(installation, campaign)
    assert files_of(installation, campaign, kept["id"]) == {"a.jpg": JPEG, "b.jpg": JPEG + b"2"}
    assert "还有" not in second.message


def test_files_that_have_not_come_are_told(device, photos, wang_household):
    answer = device.send(filled(photos, {"photo": "a.jpg", "sound": "b.m4a"}, wang_household.code), ("a.jpg", JPEG))
    assert answer.status == 201 and "还有 1 个附件" in answer.message


def test_a_correction_carries_its_files_on_and_takes_late_ones(device, photos, wang_household, installation, campaign):
    a, b = instance_id(), instance_id()
    device.send(filled(photos, {"photo": "a.jpg"}, wang_household.code, instance=a), ("a.jpg", JPEG))
    edit = filled(photos, {"photo": "a.jpg", "room": [{"room_photo": "b.jpg"}]}, wang_household.code, instance=b, deprecated=a)
    assert "还有 1 个" in device.send(edit).message
    assert device.send(edit, ("b.jpg", JPEG)).status == 201
    assert set(files_of(installation, campaign, cast.kept(installation, campaign)[1]["id"])) == {"a.jpg", "b.jpg"}


@pytest.mark.parametrize("name", ["中文 照片.jpg", "a%20b.jpg", "l'été.jpg", "𠮷.jpg"])
def test_names_of_files_survive(device, photos, wang_household, installation, campaign, name):
    assert device.send(filled(photos, {"photo": name}, wang_household.code), (name, JPEG)).status == 201
    (kept,) = cast.kept(installation, campaign)
    assert files_of(installation, campaign, kept["id"]) == {name: JPEG}


def test_a_hundred_and_one_files_and_an_empty_one_are_kept(device, photos, wang_household, installation, campaign):
    names = [f"{n}.jpg" for n in range(101)]
    answers = {"photo": "empty.jpg", "room": [{"room_photo": name} for name in names]}
    sent = [(name, JPEG + name.encode()) for name in names] + [("empty.jpg", b"")]
    assert device.send(filled(photos, answers, wang_household.code), *sent).status == 201
    assert files_of(installation, campaign, cast.kept(installation, campaign)[0]["id"]) == dict(sent)


def test_nothing_of_a_file_or_its_name_can_be_read_on_disk(device, photos, wang_household, installation):
    device.send(filled(photos, {"photo": "王小明.jpg"}, wang_household.code), ("王小明.jpg", JPEG))
    installation.store.close()
    content = b"".join(path.read_bytes() for path in installation.settings.home.rglob("*") if path.is_file())
    assert b"made up picture" not in content and "王小明".encode() not in content


def test_files_that_the_answers_do_not_name_are_not_kept_and_the_rest_is(device, photos, wang_household, installation, campaign):
    answer = device.send(filled(photos, {"photo": "a.jpg"}, wang_household.code), ("a.jpg", JPEG), ("stray.jpg", JPEG))
    assert answer.status == 201 and "1 个表里没有提到的文件" in answer.message
    assert set(files_of(installation, campaign, cast.kept(installation, campaign)[0]["id"])) == {"a.jpg"}
    assert len([path for path in (installation.settings.attachments / "c1").iterdir()]) == 1


def test_a_file_of_the_same_name_with_other_content_is_a_conflict(device, photos, wang_household, installation, campaign):
    xml = filled(photos, {"photo": "a.jpg"}, wang_household.code)
    assert device.send(xml, ("a.jpg", JPEG)).status == 201
    assert device.send(xml, ("a.jpg", JPEG + b"!")).status == 409
    assert files_of(installation, campaign, 1) == {"a.jpg": JPEG}
    assert len([path for path in (installation.settings.attachments / "c1").iterdir()]) == 1


def test_a_large_sealed_file_opens_again_and_not_when_cut(installation, campaign, tmp_path):
    folder = Folder(tmp_path / "f", installation.keyring.campaign("c1"))
    content = b"0123456789abcdef" * 65536 * 3 + b"end"
    kept = folder.keep("a.bin", "file", io.BytesIO(content))
    assert b"".join(folder.read(kept.file)) == content and kept.size == len(content)
    sealed = (tmp_path / "f" / kept.file).read_bytes()
    (tmp_path / "f" / kept.file).write_bytes(sealed[:4 + int.from_bytes(sealed[:4], "big")])
    with pytest.raises(SealBroken):
        list(folder.read(kept.file))


def test_the_xml_may_be_utf_16_or_begin_with_a_mark_and_say_its_charset(device, form, wang_household, li_household):
    text = filled(form, cast.WANG, wang_household.code).decode()
    wide = text.replace("<?xml version='1.0' ?>", "<?xml version='1.0' encoding='UTF-16'?>").encode("utf-16")
    assert device.post([xml_part(wide)]).status == 201
    marked = b"\xef\xbb\xbf" + filled(form, cast.LI, li_household.code)
    assert device.post([xml_part(marked, "text/xml;charset=UTF-8")]).status == 201
