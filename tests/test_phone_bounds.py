"""Bounds of what one person has here (DLV-9): what is beyond stays on the phone, which is told why, and comes in later."""
import pytest
from sqlalchemy import func, select, update

from campaigns import clock, drafts
from campaigns.deliveries import held, taking
from campaigns.store.fieldwork import delivery, draft, held_item
from tests import cast
from tests.cast import LI, WANG
from tests.phone_cases import Phone
from tests.respondent import Respondent


@pytest.fixture
def phone(app, alice, wang_household, li_household):
    return Phone(app, alice)


def count(here, table):
    with here.store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_dlv_9_one_more_draft_than_the_bound_waits_on_the_phone_until_one_is_finished(
        phone, installation, campaign, wang_household, li_household, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 1)
    census = cast.form(installation, campaign)
    first = phone.draft(census, WANG, wang_household.door_id, instance="uuid:1")
    second = phone.draft(census, LI, li_household.door_id, instance="uuid:2")
    kept, waits = phone.send(first, second)
    assert (kept["status"], waits["status"]) == ("taken", "later") and "先留在手机里" in waits["text"]["zh"]
    assert phone.one(phone.draft(census, WANG, wang_household.door_id, instance="uuid:1"))["status"] == "taken"  # saving again is no more
    assert (count(installation, draft), count(installation, held_item)) == (1, 0)
    assert phone.one(phone.form(census, WANG, wang_household.door_id, instance="uuid:1"))["status"] == "taken"
    assert phone.one(second)["status"] == "taken" and count(installation, draft) == 1


def test_dlv_9_one_more_held_item_than_the_bound_waits_on_the_phone_until_a_lead_decides(phone, installation, monkeypatch):
    monkeypatch.setattr(held, "MOST_HELD", 2)
    items = [phone.item("survey", what=each) for each in "abc"]
    assert [each["status"] for each in phone.send(*items)] == ["held", "held", "later"]
    again = phone.send(*items)
    assert [each["status"] for each in again] == ["held", "held", "later"] and "请找组长" in again[2]["text"]["zh"]
    with installation.store.write() as connection:
        connection.execute(update(held_item).where(held_item.c.item == items[0]["id"]).values(verdict="rejected", released_at=clock.now()))
    assert phone.one(items[2])["status"] == "held" and count(installation, held_item) == 3


def test_dlv_9_more_than_anybody_does_in_a_day_waits_on_the_phone(phone, installation, wang_household, monkeypatch):
    monkeypatch.setattr(taking, "MOST_A_DAY", 1)
    items = [phone.item("visit", door=wang_household.door_id, outcome="nobody_home") for _ in range(2)]
    assert phone.one(items[0])["status"] == "taken"
    waits = phone.one(items[1])
    assert waits["status"] == "later" and "明天" in waits["text"]["zh"] and count(installation, delivery) == 1
    monkeypatch.setattr(taking, "MOST_A_DAY", 100)
    assert phone.one(items[1])["status"] == "taken"


def test_vis_4_a_clerk_records_a_visit_at_any_teams_door_and_a_released_door_asks_for_no_team(
        app, installation, campaign, carol, sue, wang_household):
    with installation.store.write() as connection:
        other = cast.people.team_named(connection, campaign.id, "二组")
        connection.execute(update(cast.dwelling).values(team_id=other))
    clerk = Phone(app, carol)
    assert clerk.one(clerk.item("visit", door=wang_household.door_id, outcome="nobody_home"))["status"] == "taken"
    volunteer = Phone(app, cast.person(installation, campaign, "volunteer", "埃伦", "三组"))
    door = volunteer.item("door", copy_of=wang_household.door_id, room="509")
    assert volunteer.one(door)["status"] == "refused"
    desk = Respondent(app).sign_in(sue)
    desk.open("/desk/held/V001").send([("item", door["id"])], action_end="/V001", step="release")
    assert "1 条已收下" in desk.text
