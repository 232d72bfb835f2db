"""Doors as a file on the device: a form that looks doors up gets the user's own ones, and answers by them."""
import csv
import hashlib
import io

import pytest
from sqlalchemy import update

from campaigns import clock, form_versions
from campaigns.audit import COMMAND_LINE
from campaigns.store.schema import dwelling, team
from forms.form import load
from tests import cast
from tests.forms_inline import workbook
from tests.openrosa_cases import Device, filled, password

MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
FORM = {
    "survey": """
        | type                      | name  | label | calculation                                       |
        | select_one_from_file doors.csv | door | Which door? |                                       |
        | calculate                 | place |       | pulldata('doors', 'label', 'name', ${door})       |
        | text                      | said  | What was said |                                           |
        """,
    "settings": """
        | form_id | version |
        | by-door | 1       |
        """}


@pytest.fixture
def by_door(installation, campaign, alice, wang_household, li_household):
    """A form that looks doors up; door 501 is of Alice's team, 502 of another."""
    data = workbook(**FORM)
    made = load(data, "by-door")
    with installation.store.write() as connection:
        other = connection.execute(team.insert().values(campaign_id=campaign.id, name="二组")).inserted_primary_key.id
        for household, of in ((wang_household, alice.user.team_id), (li_household, other)):
            connection.execute(update(dwelling).where(dwelling.c.id == household.door_id).values(team_id=of))
        form_versions.set_form(connection, campaign.id, data, made, clock.now(), COMMAND_LINE)
    return made


@pytest.fixture
def device(live, installation, campaign, alice):
    return Device(live, password(installation, campaign, alice))


def test_the_file_holds_the_teams_doors_and_neither_codes_nor_people(device, by_door, wang_household, live):
    listed = device.get("/openrosa/formList").xml
    assert listed[0][-1].text == f"{live}/openrosa/forms/by-door/manifest"
    (file,) = device.get(listed[0][-1].text).xml
    told = {child.tag.removeprefix(MANIFEST): child.text for child in file}
    content = device.get(told["downloadUrl"]).body
    assert told["filename"] == "doors.csv" and told["hash"] == "md5:" + hashlib.md5(content).hexdigest()
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["name"], row["label"], row["room"]) == (str(wang_household.door_id), wang_household.place, "501")
    assert wang_household.code.encode() not in content
    assert set(row) == {"name", "label", "community", "compound", "building", "unit", "room", "address"}


def test_the_form_that_asks_for_the_door_gets_no_second_question(device, by_door):
    assert b"door_code" not in device.get("/openrosa/forms/by-door.xml").body


def test_a_door_chosen_from_the_file_binds_and_is_judged_with_the_file(device, by_door, wang_household, installation, campaign):
    answers = {"door": str(wang_household.door_id), "place": wang_household.place, "said": "好"}
    assert device.send(filled(by_door, answers)).status == 201
    (kept,) = cast.kept(installation, campaign)
    assert kept["dwelling_id"] == wang_household.door_id and kept["answers"] == answers and kept["flags"] is None


def test_a_door_that_is_not_in_the_users_file_is_refused(device, by_door, li_household, installation, campaign):
    for door in (str(li_household.door_id), "99999", "x", ""):
        assert device.send(filled(by_door, {"door": door, "said": "好"})).status in (400, 403)
    assert cast.kept(installation, campaign) == []
