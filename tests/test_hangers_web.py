"""Door hangers on the pages of residents, volunteers and the desk, and the commands for them."""
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from campaigns import clock, hangers
from campaigns.store.schema import code
from survey.cli import main
from tests import cast
from tests.hanger_cases import act, book, now, stocked, text_of
from tests.respondent import Respondent


@pytest.fixture
def cards(installation, campaign):
    """Four hangers in stock."""
    return stocked(installation, campaign, 4, at=clock.now())


@pytest.fixture
def volunteer(app, alice):
    phone = Respondent(app)
    phone.sign_in(alice)
    return phone


@pytest.fixture
def desk(app, bob):
    """The lead's screen."""
    screen = Respondent(app)
    screen.sign_in(bob)
    return screen


def with_act(page, kind):
    """The hidden fields of the form that does `kind`."""
    form = next(each for each in page.page.forms if each.xpath(f".//input[@name='act' and @value='{kind}']"))
    return {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}


def do(page, path, kind, **fields):
    return page.post(path, {**with_act(page.open(path), kind), **fields})


# The resident

def test_a_hanger_that_hangs_nowhere_kindly_offers_to_type_another_code_and_to_call(resident, installation, cards):
    page = resident.open(f"/h/{text_of(installation, cards[0])}")
    assert page.status == 409 and "还没有记到哪一户" in page.text and cast.PHONE in page.text
    assert page.value("code") == "" and resident.form("/h").action == "/h"


def test_a_lost_or_spoiled_hanger_says_so(resident, installation, campaign, cards, alice, wang_household):
    for card, kind in zip(cards, ("lost", "spoiled")):
        act(installation, campaign, alice.user, "hung", card, at=clock.now(), dwelling_id=wang_household.door_id)
        act(installation, campaign, alice.user, kind, card, at=clock.now())
        page = resident.open(f"/h/{text_of(installation, card)}")
        assert page.status == 410 and "已经作废" in page.text and cast.PHONE in page.text
        assert wang_household.place not in page.text


def test_a_form_begun_before_the_hanger_was_reported_lost_is_taken(resident, installation, campaign, cards, alice, wang_household):
    act(installation, campaign, alice.user, "hung", cards[0], at=clock.now(), dwelling_id=wang_household.door_id)
    resident.open(f"/h/{text_of(installation, cards[0])}/form")
    act(installation, campaign, alice.user, "lost", cards[0], at=clock.now())
    assert "登记好了" in resident.send(cast.fields(installation, campaign)).text
    assert book(installation, campaign) == {"stock": 3, "answered": 1}


def test_a_hung_hanger_opens_the_form_of_its_door_and_nothing_of_who_lives_there(resident, installation, campaign, cards, alice,
                                                                                 wang_household, app):
    act(installation, campaign, alice.user, "hung", cards[0], at=clock.now(), dwelling_id=wang_household.door_id)
    address = f"/h/{text_of(installation, cards[0])}"
    page = resident.open(address)
    assert wang_household.place in page.text
    resident.open(f"{address}/form").send(cast.fields(installation, campaign))
    [kept] = cast.kept(installation, campaign)
    assert (kept["channel"], kept["dwelling_id"]) == ("hanger", wang_household.door_id)
    assert book(installation, campaign) == {"stock": 3, "answered": 1}
    other = Respondent(app).open(address)
    assert "已经登记" in other.text and "王小明" not in other.text and "1380" not in other.text
    assert "已经登记" in Respondent(app).open(f"/h/{wang_household.code}").text


def test_a_household_recorded_by_another_way_shows_so_on_its_hanger_too(resident, installation, campaign, cards, alice, wang_household):
    act(installation, campaign, alice.user, "hung", cards[0], at=clock.now(), dwelling_id=wang_household.door_id)
    resident.open(f"/h/{wang_household.code}/form").send(cast.fields(installation, campaign))
    assert "已经登记" in resident.open(f"/h/{text_of(installation, cards[0])}").text
    assert book(installation, campaign) == {"stock": 3, "hung": 1}


# The volunteer

def test_a_volunteer_hangs_collects_and_reports_without_a_script(volunteer, installation, campaign, cards, wang_household, li_household):
    page = volunteer.open("/v/plain").open("/v/hanger").send(hanger="1", action_end="/v/hanger")
    assert page.url == "/v/hanger/1" and "在库" in page.text
    page = do(volunteer, "/v/hanger/1", "hung", door=wang_household.code)
    assert f"000001 号挂卡已记在 {wang_household.place}" in page.text
    page = do(volunteer, "/v/hanger/1", "hung", door=li_household.code)
    assert li_household.place in page.text
    assert "纸表已收回" in do(volunteer, "/v/hanger/1", "collected").text
    assert "已作废" in do(volunteer, "/v/hanger/2", "spoiled", reason="wet").text
    assert "已报丢失" in do(volunteer, "/v/hanger/3", "lost").text
    assert "记在您手里" in do(volunteer, "/v/hanger/3", "found").text
    assert "已交回" in do(volunteer, "/v/hanger/3", "returned").text
    assert book(installation, campaign) == {"stock": 2, "collected": 1, "spoiled": 1}
    assert "000001" not in volunteer.open("/v/hanger").text
    assert volunteer.open("/desk/hangers").status == 403


def test_the_button_pressed_twice_counts_once(volunteer, installation, campaign, cards, wang_household):
    fields = {**with_act(volunteer.open("/v/hanger/1"), "hung"), "door": wang_household.code}
    first, second = volunteer.post("/v/hanger/1", fields).text, volunteer.post("/v/hanger/1", fields).text
    assert first == second and "记好了" in second


def test_paper_collected_from_an_unknown_door_asks_for_the_door(volunteer, alice, installation, campaign, cards, wang_household):
    act(installation, campaign, alice.user, "collected", cards[0], at=clock.now())
    page = do(volunteer, "/v/hanger/1", "placed", door=wang_household.code)
    assert wang_household.place in page.text
    assert now(installation, cards[0]).dwelling_id == wang_household.door_id


def test_a_door_that_cannot_be_meant_is_said_on_the_page(volunteer, installation, campaign, cards, alice):
    other = cast.campaign(installation, slug="c2")
    for typed, says in (("", "请扫或输入这户门上的码"), ("12", "码应有 12 位"), (alice.badge, "这是工牌"),
                        (text_of(installation, cards[1]), "请扫或输入这户门上的码"),
                        (cast.door(installation, other, "101").code, "另一项登记")):
        page = do(volunteer, "/v/hanger/1", "hung", door=typed)
        assert page.status in (403, 422, 400) and says in page.text, typed
    assert book(installation, campaign) == {"stock": 4}


def test_a_hanger_that_there_is_not_is_said_on_the_page(volunteer, cards):
    for typed, says in (("9", "没有编号 000009"), ("0000-0000-0001", "码有一位输错"), ("", "码应有 12 位")):
        assert says in volunteer.open("/v/hanger").send(hanger=typed, action_end="/v/hanger").text


def test_a_households_code_is_no_hanger_and_what_was_done_before_is_told(volunteer, installation, campaign, cards, alice, wang_household):
    assert "这不是挂卡上的码" in volunteer.open(f"/v/hanger/{wang_household.code}").text
    page = volunteer.open("/v/hanger/1")
    fields = with_act(page, "spoiled")
    act(installation, campaign, alice.user, "spoiled", cards[0], at=clock.now())
    assert "没有改动" in volunteer.post("/v/hanger/1", fields).text


def test_scanning_an_unhung_hanger_with_the_phones_own_camera_leads_to_its_page(volunteer, installation, cards):
    text = text_of(installation, cards[0])
    assert volunteer.open(f"/h/{text}").url == f"/v/hanger/{text}"
    assert volunteer.open(f"/v/door/{text}").url == f"/v/hanger/{text}"


# The desk

def test_the_lead_hands_out_by_first_and_last_takes_back_and_sees_the_books_balance(desk, alice, installation, campaign, cards):
    page = desk.open("/desk/").open("/desk/hangers")
    assert "账平" in page.text
    page = desk.open("/desk/hangers/hand-out").send(to="V001", first=text_of(installation, cards[0]), last="3")
    assert "3 张（000001 至 000003）已发给 V001" in page.text
    assert "2 张（000002 至 000003）已收回在库" in desk.open("/desk/hangers/take-back").send(first="2", last="3").text
    assert "1 张（000004 至 000004）已作废" in desk.open("/desk/hangers/spoiled").send(first="4", last="4", reason="misprint").text
    assert "已报丢失" in desk.open("/desk/hangers/lost").send(first="1", last="1", reason="gone").text
    assert "000001 已放回库里" in desk.open("/desk/hangers/found").send(first="1").text
    assert book(installation, campaign) == {"stock": 3, "spoiled": 1}
    assert "账平" in desk.open("/desk/hangers").text


def test_what_is_missing_or_does_not_fit_is_said_beside_the_field_and_nothing_moves(desk, alice, sue, installation, campaign, cards):
    act(installation, campaign, alice.user, "lost", cards[3], at=clock.now())
    for fields, says in (({"first": "1", "last": "2"}, "请选择交给谁"), ({"to": "V001", "last": "2"}, "请扫第一张"),
                         ({"to": "V001", "first": "1"}, "请扫最后一张"), ({"to": "V001", "first": "1", "last": "77"}, "没有编号 000077"),
                         ({"to": "V001", "first": "1", "last": "4"}, "000004 丢失"),
                         ({"to": "S001", "first": "1", "last": "1"}, "请选择交给谁")):
        page = desk.open("/desk/hangers/hand-out").send(**fields)
        assert page.status in (404, 409, 422) and says in page.text, says
    assert book(installation, campaign) == {"stock": 3, "lost": 1}


def test_a_lead_hands_out_to_the_own_team_only_and_sees_only_its_people(desk, installation, campaign, cards):
    foreign = cast.person(installation, campaign, "volunteer", "外组", team="二组")
    assert "请选择交给谁" in desk.open("/desk/hangers/hand-out").send(to=foreign.user.label, first="1", last="1").text
    with installation.store.write() as connection:
        hangers.hand_out(connection, campaign, cards[0], cards[0], foreign.user, clock.now(), foreign.user.actor)
    by_person = desk.open("/desk/hangers").text
    assert foreign.user.label not in by_person


def test_books_that_do_not_balance_are_shown_and_found_by_the_doctor(app, sue, installation, campaign, cards, monkeypatch):
    with installation.store.write() as connection:
        connection.execute(update(code).where(code.c.id == cards[0].id).values(state="issued"))
    assert "账不平" in Respondent(app).sign_in(sue).open("/desk/hangers").text
    monkeypatch.setenv("SURVEY_HOME", str(installation.settings.home))
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1 and "000001 is issued, its history says stock" in result.output


# The command line

def test_the_commands_do_what_the_desk_does(installation, campaign, cards, alice, wang_household):
    def survey(*words):
        return CliRunner().invoke(main, ["hangers", words[0], "--campaign", "c1", *words[1:]], env={
            "SURVEY_HOME": str(installation.settings.home), "SURVEY_LANGUAGE": "zh"})

    assert json.loads(survey("hand-out", "--first", "1", "--last", "3", "--to", "V001", "--json").output) == {
        "count": 3, "first": 1, "last": 3, "state": "handed"}
    assert "000002 至 000003）：在库" in survey("take-back", "--first", "2", "--last", "3").output
    assert "作废" in survey("write-off", "--first", "2", "--as", "spoiled", "--reason", "wet").output
    assert "在库" in survey("found", "--first", "2").output
    act(installation, campaign, alice.user, "collected", cards[2], at=clock.now())
    assert json.loads(survey("to-key", "--json").output)[0]["label"] == "V001"
    assert survey("due").output == survey("idle").output == "没有。\n"
    books = survey("books")
    assert books.exit_code == 0
    assert books.output == "印出 4 = 2 在库 + 1 已领 + 0 已挂 + 0 已扫码填报 + 1 已收回纸表 + 0 作废 + 0 丢失\n"
    [line] = [each for each in json.loads(survey("books", "--by", "volunteer", "--json").output) if each["name"] == "V001"]
    assert (line["handed"], line["collected"], line["balanced"]) == (1, 1, True)
    refused = survey("hand-out", "--first", "1", "--last", "2", "--to", "V001")
    assert refused.exit_code == 1 and "000001 已领 V001" in refused.output


# In a browser

def test_a_hanger_is_hung_and_answered_on_two_phones(phone, installation, campaign, cards, alice, wang_household):
    page = phone()
    page.goto("/sign-in")
    page.fill("[name=badge]", alice.badge)
    page.fill("[name=pin]", alice.pin)
    page.click("form[action='/sign-in'] button[type=submit]")
    page.wait_for_url("**/v/**")
    page.goto("/v/plain")
    page.click("text=挂卡：挂上、收回、报丢失")
    page.fill("[name=hanger]", "1")
    page.click("text=打开这张挂卡")
    page.fill("[name=door] >> nth=0", wang_household.code)
    page.click("text=挂好了")
    page.wait_for_selector(f"text={wang_household.place}")
    home = phone()
    home.goto(f"/h/{text_of(installation, cards[0])}")
    assert wang_household.place in home.inner_text("main") and home.evaluate("document.documentElement.scrollWidth") <= 360
    assert book(installation, campaign) == {"stock": 3, "hung": 1}
