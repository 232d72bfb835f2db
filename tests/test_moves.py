"""Who moved in or out: a building head reports it in a few taps, the volunteer of that door reads it before ringing (MOV-1 to MOV-3)."""
from datetime import timedelta

import pytest

from campaigns import clock, moves, reports
from tests import app_cases, cast
from tests.phone_cases import Phone, add_report, stamp
from tests.respondent import Respondent
from tests.test_app_offline import field, give, new_phone, server

__all__ = ["field", "new_phone", "server"]
CAME = {"status": "new", "move_day": "2026-03-02", "move_count": "3", "remark": "还要搬来老人", "place": {"building": "3"}}


@pytest.fixture
def head(installation, campaign):
    return cast.person(installation, campaign, "building_head", "楼长")


def test_a_report_stands_at_its_door_until_its_household_is_recorded(
        app, installation, campaign, alice, head, wang_household, li_household):
    form = add_report(installation, campaign, moves.FORM)
    for person in (alice, head):
        give(installation, campaign, person, [wang_household, li_household])
    mine, theirs = Phone(app, alice), Phone(app, head)
    since = stamp(clock.now() + timedelta(minutes=3))  # past the overlap of two minutes: what comes is news by itself
    assert theirs.one(theirs.report(form, CAME, wang_household.door_id))["status"] == "taken"
    known = {each["id"]: each for each in mine.round()["doors"]}
    assert known[wang_household.door_id]["moves"] == [{"way": "in", "day": "2026-03-02", "persons": 3}]  # MOV-1
    assert "moves" not in known[li_household.door_id] and mine.round(since)["doors"] == []
    assert wang_household.door_id in {each["id"] for each in mine.round(stamp(clock.now() - timedelta(seconds=30)))["doors"]}
    assert not any("moves" in each for each in theirs.round()["doors"])
    assert "还要搬来" not in str(mine.round()) and head.user.label not in str(known)

    odd = {"status": "left", "move_day": "2999-01-01", "place": {"building": "3"}}
    answer = theirs.one(theirs.report(form, odd, wang_household.door_id))
    assert answer["status"] == "taken" and "不符合" in answer["text"]["zh"]  # MOV-3
    assert mine.round()["doors"][0]["moves"][0] == {"way": "out", "day": "2999-01-01", "persons": 0}
    key = installation.keyring.campaign(campaign.slug)
    with installation.store.read() as connection:
        ids, later = [wang_household.door_id], clock.now() + timedelta(days=61)
        assert moves.at_doors(connection, campaign, key, ids, later) == {}
    assert mine.one(mine.form(cast.form(installation, campaign), cast.WANG, wang_household.door_id))["status"] == "taken"
    assert not any("moves" in each for each in mine.round()["doors"])  # MOV-2


def test_a_building_head_taps_who_moved_in_without_a_network_and_the_doors_volunteer_and_the_desk_see_it(
        new_phone, app, field, alice, bob, head, installation, campaign):
    add_report(installation, campaign, moves.FORM)
    give(installation, campaign, head, [field["501"], field["502"]])
    phone = new_phone().sign_in(head).ready()
    page = phone.page
    assert page.url.endswith("#/forms")
    phone.go("#/round")  # a building head has no round
    assert not page.locator(".door-row").count() and page.locator(".tabs a").count() == 3
    phone.context.set_offline(True)
    phone.tap("搬来搬走", "link")
    phone.tap("501", "link")
    for given, refusal in ((None, "请点是搬来还是搬走"), ("搬来", "请填几口人")):
        if given:
            page.get_by_text(given, exact=True).click()
        phone.tap("发送")
        page.get_by_role("alert").get_by_text(refusal).wait_for()
    page.get_by_text("昨天", exact=True).click()
    page.get_by_label("几口人").fill("3")
    page.get_by_label("说明").fill("租的房")
    phone.tap("发送")
    page.locator(".flash", has_text="501 搬来 3 人").wait_for()
    assert phone.unsent() == 1
    phone.context.set_offline(False)
    phone.sent()
    assert phone.errors == []

    with installation.store.read() as connection:
        [kept] = reports.listed(connection, campaign, None)
        said = reports.opened(connection, installation.keyring.campaign(campaign.slug), kept)
    yesterday = campaign.day(clock.now() - timedelta(days=1))
    assert (said["status"], said["move_day"], said["move_count"], said["remark"]) == ("new", yesterday, "3", "租的房")
    assert kept.place == field["501"].place and not kept.flags and not app_cases.visits(installation)
    desk = Respondent(app).sign_in(bob).open("/desk/reports?form=move-report")
    assert field["501"].place in desk.text and "搬来搬走" in desk.text

    reader = new_phone().sign_in(alice)
    row = reader.page.locator(".door-row", has=reader.page.locator(".room:text-is('501')"))
    month, day = (int(part) for part in yesterday.split("-")[1:])
    assert f"听说{month} 月 {day} 日搬来 3 人" in row.inner_text()
    row.click()
    reader.page.get_by_text(f"听说{month} 月 {day} 日搬来 3 人").wait_for()
