"""A volunteer at the door, a clerk with paper, a lead with a team: what they record, see and are refused."""
import dataclasses
from datetime import timedelta

import pytest
import time_machine

from campaigns import clock, receipts
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes, symbols
from forms.language import Text
from survey.app import create_app
from tests import cast
from tests.cast import LI, WANG
from tests.respondent import Respondent


@pytest.fixture
def at_work(app, alice):
    """Alice's phone, signed in."""
    return Respondent(app).sign_in(alice)


@pytest.fixture
def fields(installation, campaign):
    return cast.fields(installation, campaign)


def shown_tally(page):
    return [each.text for each in page.page.xpath("//dl[@class='tally']//b")]


def test_a_visit_is_kept_under_the_volunteers_name_and_the_tally_grows(
        at_work, alice, wang_household, fields, installation, campaign):
    assert shown_tally(at_work.open("/v/plain")) == ["0", "0", "0.00"]
    at_work.send(code=wang_household.code, action_end="/v/plain")
    assert wang_household.place in at_work.text and "还没有登记" in at_work.text
    at_work.open(f"/v/door/{wang_household.code}/form").send(fields)
    assert shown_tally(at_work) == ["1", "1", "0.50"]
    [kept] = cast.kept(installation, campaign)
    assert (kept["channel"], kept["user_id"], kept["answers"]) == ("visit", alice.user.id, WANG)
    assert symbols.grouped(receipts.of(installation.server, kept["instance"])) in at_work.text


def test_the_tally_says_that_it_counts_entries(at_work):
    assert "今天0 份" in at_work.open("/v/plain").text
    assert "Today0 entries" in at_work.open("/v/plain?lang=en").text


def test_a_clerk_is_told_that_the_door_was_keyed_already_and_may_key_it_again(app, carol, wang_household, fields):
    page = Respondent(app).sign_in(carol).open(f"/v/door/{wang_household.code}/form")
    page.send(fields, action_end="/form").open(f"/v/door/{wang_household.code}")
    assert "这一户已有登记" in page.text
    assert page.open(f"/v/door/{wang_household.code}/form").send(fields, action_end="/form").url.endswith("/receipt")
    assert shown_tally(page) == ["2", "2", "0.50"]


def test_a_volunteers_form_begun_before_the_code_was_replaced_is_taken(at_work, wang_household, fields, installation):
    at_work.open(f"/v/door/{wang_household.code}/form")
    with installation.store.write() as connection:
        codes.reissue(connection, installation.server, codes.find(connection, installation.server, wang_household.code),
                      clock.now(), COMMAND_LINE)
    assert at_work.send(fields, action_end="/form").url.endswith("/receipt")


def test_the_same_visit_sent_twice_counts_once(at_work, wang_household, fields):
    at_work.open(f"/v/door/{wang_household.code}/form")
    hidden, action = at_work.hidden("/form"), at_work.form("/form").action
    for _ in range(2):
        at_work.post(action, [*hidden.items(), *fields])
    assert shown_tally(at_work.open("/v/plain")) == ["1", "1", "0.50"]


def test_yesterdays_entries_count_in_all_but_not_today(at_work, alice, wang_household, fields):
    at_work.open(f"/v/door/{wang_household.code}/form").send(fields)
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        at_work.sign_in(alice)
        assert shown_tally(at_work.open("/v/plain")) == ["0", "1", "0.50"]


def test_a_recorded_door_says_that_there_is_nothing_to_do_and_shows_no_answer(
        app, at_work, wang_household, fields):
    Respondent(app).open(f"/h/{wang_household.code}/form").send(fields)
    page = at_work.open(f"/v/door/{wang_household.code}")
    assert "不用再填" in page.text and "王小明" not in page.text
    assert at_work.open(f"/v/door/{wang_household.code}/form").url == f"/v/door/{wang_household.code}"


def test_a_household_that_answered_meanwhile_is_told_and_the_form_stays(app, at_work, wang_household, fields):
    at_work.open(f"/v/door/{wang_household.code}/form")
    Respondent(app).open(f"/h/{wang_household.code}/form").send(fields)
    at_work.send(fields, action_end="/form")
    assert at_work.status == 409 and at_work.value("q-person-1-name") == "李𠮷"
    assert shown_tally(at_work.open("/v/plain")) == ["0", "0", "0.00"]


def test_a_code_of_another_campaign_is_refused_by_name(at_work, installation):
    other = cast.campaign(installation, slug="c2", title=Text("春季核查", "Spring check"))
    house = cast.door(installation, other, "101")
    for path in (f"/v/door/{house.code}", f"/v/door/{house.code}/form"):
        page = at_work.open(path)
        assert page.status == 403 and "春季核查" in page.text and house.place not in page.text


def test_a_form_of_another_campaign_is_not_taken(at_work, installation, fields, wang_household):
    other = cast.campaign(installation, slug="c2")
    house = cast.door(installation, other, "101")
    at_work.open(f"/v/door/{wang_household.code}/form")
    at_work.post(f"/v/door/{house.code}/form", [*at_work.hidden("/form").items(), *fields])
    assert at_work.status == 403 and cast.kept(installation, other) == []


@pytest.mark.parametrize("code, said", [("ABCD-EFGH-JKM", "11 位"), (symbols.write(4711), "没有找到")])
def test_a_code_that_is_no_door_is_told_beside_the_field_with_the_tally_still_there(at_work, code, said):
    page = at_work.open(f"/v/door/{code}")
    assert page.status == 404 and said in page.text and shown_tally(page) == ["0", "0", "0.00"]
    assert page.value("code") == code


def test_the_own_badge_scanned_as_a_door_is_told_so(at_work, alice):
    assert "这是工牌" in at_work.open(f"/v/door/{alice.badge}").text


def test_before_opening_and_after_closing_no_door_opens(at_work, alice, campaign, wang_household):
    for moment in (campaign.opens_at - timedelta(hours=1), campaign.closes_at + timedelta(minutes=1)):
        with time_machine.travel(moment, tick=False):
            page = at_work.sign_in(alice)
            assert page.url == "/v/"
            assert page.open(f"/v/door/{wang_household.code}").status == 403
            assert page.open(f"/v/door/{wang_household.code}/form").status == 403


def test_a_stale_form_at_the_door_comes_back_with_everything_typed(at_work, wang_household, fields):
    at_work.open(f"/v/door/{wang_household.code}/form")
    hidden = at_work.hidden("/form") | {"csrf_token": "old"}
    at_work.post(f"/v/door/{wang_household.code}/form", [*hidden.items(), *fields])
    assert at_work.status == 400 and at_work.value("q-person-1-name") == "李𠮷"


def test_a_clerk_keys_paper_even_where_the_household_is_recorded(
        app, carol, wang_household, fields, installation, campaign):
    Respondent(app).open(f"/h/{wang_household.code}/form").send(fields)
    desk = Respondent(app).sign_in(carol).open(f"/v/door/{wang_household.code}")
    assert "录入纸表" in desk.text and "王小明" not in desk.text
    desk.open(f"/v/door/{wang_household.code}/form").send(cast.fields(installation, campaign, LI))
    assert [row["channel"] for row in cast.kept(installation, campaign)] == ["self", "paper"]


def test_a_volunteer_who_scans_as_a_resident_is_shown_the_way_that_counts(app, at_work, wang_household):
    assert at_work.open(f"/h/{wang_household.code}").page.xpath(f"//a[@href='/v/door/{wang_household.code}']")
    stranger = Respondent(app).open(f"/h/{wang_household.code}")
    assert not stranger.page.xpath("//a[contains(@href, '/v/')]")


def test_after_signing_out_the_phone_shows_no_receipt_of_the_last_household(at_work, wang_household, fields):
    receipt_page = at_work.open(f"/v/door/{wang_household.code}/form").send(fields).url
    at_work.open("/v/plain").send(action_end="/sign-out")
    assert at_work.open(receipt_page).url == "/sign-in"
    assert at_work.open(f"/h/{wang_household.code}/receipt").url == f"/h/{wang_household.code}"


def test_a_lead_sees_the_own_team_by_name_with_tallies(app, at_work, bob, installation, campaign, wang_household, fields):
    cast.person(installation, campaign, "volunteer", "别组的人", team="二组")
    at_work.open(f"/v/door/{wang_household.code}/form").send(fields)
    page = Respondent(app).sign_in(bob).open("/lead/team")
    assert "艾丽丝" in page.text and "0.50" in page.text and "别组的人" not in page.text
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_supervisor_sees_every_team(app, sue, alice, installation, campaign):
    cast.person(installation, campaign, "volunteer", "别组的人", team="二组")
    text = Respondent(app).sign_in(sue).open("/lead/team").text
    assert "艾丽丝" in text and "别组的人" in text


@pytest.mark.parametrize("setting, address", [("", "http://localhost:8001/"), ("https://p.example.cn", "https://p.example.cn")])
def test_a_lead_is_led_to_the_progress_pages(installation, campaign, bob, setting, address):
    installation.settings = dataclasses.replace(installation.settings, datasette_url=setting)
    page = Respondent(create_app(installation)).sign_in(bob)
    assert page.page.xpath(f"//a[@href='{address}']")
