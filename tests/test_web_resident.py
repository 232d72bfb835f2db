"""A resident from the code to the receipt: what is shown, what is kept, and what is never shown (INV-1, INV-4, INV-8)."""
import re
from datetime import timedelta

import pytest
import time_machine

from campaigns import clock
from campaigns.codes import symbols
from tests import cast
from tests.cast import LI, WANG
from tests.respondent import Respondent

PERSONAL = ["王小明", "李𠮷", "13800138000", "1960"]


@pytest.fixture
def wang(resident, wang_household):
    """Someone of the Wang household with the form open."""
    return resident.open(f"/h/{wang_household.code}/form")


@pytest.fixture
def fields(installation, campaign):
    return cast.fields(installation, campaign)


def receipt_on(page):
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.text).group()


def test_the_landing_says_who_asks_why_on_what_ground_for_how_long_until_when_and_whom_to_call(
        resident, campaign, wang_household):
    text = resident.open(f"/h/{wang_household.code}").text
    for said in (campaign.office.zh, campaign.purpose.zh, campaign.ground.zh, cast.PHONE, wang_household.place,
                 clock.day_as_said(campaign.deletes_on, campaign.tz).zh,
                 clock.as_said(campaign.closes_at, campaign.tz).zh):
        assert said in text


def test_the_capitals_of_a_qr_code_open_the_same_door(resident, wang_household):
    assert wang_household.place in resident.open(f"/H/{wang_household.code}").text


def test_a_code_in_the_address_may_have_dashes_and_small_letters(resident, wang_household):
    assert wang_household.place in resident.open(f"/h/{symbols.grouped(wang_household.code).lower()}").text


def test_a_filled_form_is_kept_sealed_and_answered_with_a_receipt(wang, installation, campaign, fields):
    wang.send(fields)
    assert wang.status == 200 and wang.url.endswith("/receipt")
    [kept] = cast.kept(installation, campaign)
    assert kept["answers"] == WANG
    assert (kept["channel"], kept["persons"], kept["user_id"], kept["late"]) == ("self", 2, None, False)
    assert "李𠮷".encode() not in kept["sealed"]
    assert symbols.read(receipt_on(wang))


def test_the_receipt_number_is_in_no_address(wang, fields):
    sent = wang.send(fields, follow=False).response
    assert sent.status_code == 303
    receipt = symbols.read(receipt_on(wang.open(sent.headers["Location"])))
    assert receipt not in sent.headers["Location"]


def test_the_receipt_page_of_a_browser_that_sent_nothing_is_the_landing_page(resident, wang_household):
    assert resident.open(f"/h/{wang_household.code}/receipt").url == f"/h/{wang_household.code}"


def test_mistakes_come_back_beside_the_field_with_everything_typed_kept(wang, fields, installation, campaign):
    wrong = [(name, "9" if name == "q-person-0-birth_date" else value) for name, value in fields]
    wang.send(wrong)
    assert wang.status == 422
    field = wang.page.get_element_by_id("q-person-0-birth_date")
    assert field.get("aria-invalid") == "true" and field.value == "9"
    assert wang.page.xpath("//*[@id='error-summary']//a[@href='#q-person-0-birth_date']")
    assert wang.value("q-person-1-name") == "李𠮷"
    assert wang.page.find(".//title").text.startswith("错误：")
    assert cast.kept(installation, campaign) == []


def test_after_mending_the_mistake_the_same_page_is_taken(wang, fields, installation, campaign):
    wang.send([each for each in fields if each[0] != "q-area"]).send(fields)
    assert wang.url.endswith("/receipt")
    assert len(cast.kept(installation, campaign)) == 1


def test_a_person_is_added_and_removed_without_javascript_and_nothing_typed_is_lost(wang, fields):
    wang.send([*fields, ("_add", "person")])
    assert wang.status == 200 and wang.value("q-person-2-name") == ""
    assert wang.value("q-person-0-name") == "王小明"
    wang.send([*fields, ("_remove", "0")])
    assert wang.value("q-person-0-name") == "李𠮷"


def test_switching_the_language_on_the_form_keeps_what_was_typed(wang, fields, installation, campaign):
    wang.send([*fields, ("_language", "en")])
    assert "Send" in wang.text and wang.value("q-person-1-name") == "李𠮷"
    assert wang.page.get("lang") == "en"
    assert cast.kept(installation, campaign) == []
    assert "Recorded. Thank you" in wang.send(fields).text


def test_the_language_follows_the_browser_then_the_link_then_the_cookie(app, wang_household):
    phone = Respondent(app, language="en-GB,en;q=0.8")
    assert "Please tell us" in phone.open(f"/h/{wang_household.code}").text
    assert "请登记" in phone.open(f"/h/{wang_household.code}?lang=zh").text
    assert "请登记" in phone.open(f"/h/{wang_household.code}").text


def test_a_browser_that_asks_for_neither_language_gets_chinese(app, wang_household):
    assert "请登记" in Respondent(app, language="fr").open(f"/h/{wang_household.code}").text


# ---- once (INV-1) ----

def test_inv_1_the_same_page_sent_twice_is_one_submission_with_one_receipt(wang, fields, installation, campaign):
    hidden, action = wang.hidden(), wang.form().action
    receipts = {receipt_on(wang.post(action, [*hidden.items(), *fields])) for _ in range(2)}
    assert len(receipts) == 1
    assert len(cast.kept(installation, campaign)) == 1


def test_reloading_the_receipt_page_shows_the_same_receipt(wang, fields):
    receipt = receipt_on(wang.send(fields))
    assert receipt_on(wang.open(wang.url)) == receipt


def test_inv_1_the_same_page_sent_again_with_other_answers_is_refused_and_asks_for_the_receipt(
        wang, fields, installation, campaign):
    hidden, action = wang.hidden(), wang.form().action
    receipt = receipt_on(wang.send(fields))
    other = cast.fields(installation, campaign, LI)
    wang.post(action, [*hidden.items(), *other])
    assert wang.status == 409 and wang.value("q-person-0-name") == "赵·买买提"
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [WANG]
    wang.send([*other, ("receipt", receipt)])
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [WANG, LI]


def test_two_phones_of_one_household_the_second_is_told_and_keeps_what_it_typed(
        app, wang, fields, wang_household, installation, campaign):
    second = Respondent(app).open(f"/h/{wang_household.code}/form")
    wang.send(fields)
    second.send(cast.fields(installation, campaign, LI))
    assert second.status == 409 and "已经登记过了" in second.text
    assert second.value("q-person-0-name") == "赵·买买提"
    assert second.value("receipt") == ""
    assert len(cast.kept(installation, campaign)) == 1


@pytest.mark.parametrize("forged", ["", "a.b.c", "f" * 32 + ".1700000000000." + "0" * 32])
def test_a_made_up_instance_keeps_nothing_and_comes_back_with_a_good_one(wang, fields, installation, campaign, forged):
    wang.post(wang.form().action, [*(wang.hidden() | {"instance": forged}).items(), *fields])
    assert wang.status == 400 and cast.kept(installation, campaign) == []
    assert wang.send(fields).url.endswith("/receipt")


def test_an_instance_of_another_door_is_not_taken(app, wang, fields, li_household, installation, campaign):
    other = Respondent(app).open(f"/h/{li_household.code}/form").hidden()["instance"]
    wang.post(wang.form().action, [*(wang.hidden() | {"instance": other}).items(), *fields])
    assert wang.status == 400 and cast.kept(installation, campaign) == []


# ---- a page that was open for too long ----

@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_bad_token_brings_the_same_page_back_with_everything_typed_and_a_plain_request(
        wang, fields, installation, campaign, token):
    wang.post(wang.form().action, [*(wang.hidden() | {"csrf_token": token}).items(), *fields])
    assert wang.status == 400 and "请再按一次" in wang.text
    assert wang.value("q-person-1-name") == "李𠮷"
    assert cast.kept(installation, campaign) == []
    assert wang.send(fields).url.endswith("/receipt")


def test_a_browser_that_lost_its_cookies_is_told_about_cookies(wang, fields):
    hidden, action = wang.hidden(), wang.form().action
    wang.client.delete_cookie("survey_session")
    assert "Cookie" in wang.post(action, [*hidden.items(), *fields]).text


def test_adding_a_person_on_a_stale_page_just_adds_the_person(wang, fields):
    wang.post(wang.form().action, [("instance", wang.hidden()["instance"]), *fields, ("_add", "person")])
    assert wang.status == 200 and wang.value("q-person-2-name") == ""


# ---- recorded households (INV-4) ----

@pytest.fixture
def recorded(wang, fields):
    """The Wang household has answered; gives its receipt."""
    return receipt_on(wang.send(fields))


def test_inv_4_scanning_again_says_only_that_the_household_is_recorded(app, recorded, wang_household):
    stranger = Respondent(app).open(f"/h/{wang_household.code}")
    assert "这一户已经登记" in stranger.text and f"没有回执号，请拨打电话 {cast.PHONE}。" in stranger.text
    page = stranger.response.get_data(as_text=True)
    assert recorded not in page and not [each for each in PERSONAL if each in page]


def test_inv_4_the_form_of_a_recorded_household_is_not_opened_by_its_code(app, recorded, wang_household):
    stranger = Respondent(app).open(f"/h/{wang_household.code}/form")
    assert stranger.url == f"/h/{wang_household.code}"


def test_inv_4_with_the_receipt_the_answers_come_back_and_can_be_corrected(
        app, recorded, wang_household, installation, campaign, fields):
    phone = Respondent(app).open(f"/h/{wang_household.code}").send(receipt=recorded.lower())
    assert phone.status == 200 and phone.value("q-person-1-name") == "李𠮷"
    mended = [(name, "4" if name == "q-rooms" else value) for name, value in fields]
    new_receipt = receipt_on(phone.send(mended))
    first, second = cast.kept(installation, campaign)
    assert second["replaces"] == first["id"] and second["answers"] == WANG | {"rooms": "4"}
    assert new_receipt != recorded and "原来的回执号也还能用" in phone.text
    assert Respondent(app).open(f"/h/{wang_household.code}").send(receipt=recorded).value("q-rooms") == "4"  # as the page says


def test_inv_4_a_wrong_receipt_opens_nothing_and_counts_as_a_guess(app, recorded, wang_household):
    stranger = Respondent(app)
    for _ in range(20):
        stranger.open(f"/h/{wang_household.code}").send(receipt=symbols.write(99), action_end="/correct")
        assert stranger.status == 403 and "李𠮷" not in stranger.text
    stranger.open(f"/h/{wang_household.code}").send(receipt=recorded, action_end="/correct")
    assert stranger.status == 429 and "李𠮷" not in stranger.text


def test_inv_4_a_wrong_receipt_sent_with_a_form_is_refused_and_the_form_stays(
        app, wang_household, fields, installation, campaign):
    phone = Respondent(app).open(f"/h/{wang_household.code}/form")
    Respondent(app).open(f"/h/{wang_household.code}/form").send(fields)
    phone.send(fields).send([*fields, ("receipt", symbols.write(99))])
    assert phone.status == 403 and phone.value("q-person-1-name") == "李𠮷"
    assert len(cast.kept(installation, campaign)) == 1


def test_a_mistyped_receipt_is_told_beside_its_field_and_is_no_guess(app, recorded, wang_household):
    phone = Respondent(app)
    for _ in range(21):
        phone.open(f"/h/{wang_household.code}").send(receipt="0000-0000-0001", action_end="/correct")
        assert phone.status == 422
    assert phone.page.get_element_by_id("receipt").get("aria-invalid") == "true"
    assert phone.open(f"/h/{wang_household.code}").status == 200


def test_a_stale_receipt_form_asks_to_send_again_with_the_number_kept(app, recorded, wang_household):
    phone = Respondent(app).post(f"/h/{wang_household.code}/correct", {"receipt": recorded})
    assert phone.status == 400 and phone.value("receipt") == recorded


# ---- the campaign's clock (INV-8) ----

def test_inv_8_before_opening_the_page_says_when_it_opens(installation, resident):
    made = cast.campaign(installation, opens_in=timedelta(days=1))
    house = cast.door(installation, made, "501")
    page = resident.open(f"/h/{house.code}")
    assert page.status == 403 and clock.as_said(made.opens_at, made.tz).zh in page.text
    assert page.open(f"/h/{house.code}/form").status == 403


def test_inv_8_after_closing_the_page_says_so_and_whom_to_call(resident, campaign, wang_household):
    with time_machine.travel(campaign.closes_at + timedelta(minutes=1), tick=False):
        page = resident.open(f"/h/{wang_household.code}")
        assert page.status == 403 and "结束" in page.text and cast.PHONE in page.text
        assert page.open(f"/h/{wang_household.code}/form").status == 403


def test_inv_8_a_form_begun_before_closing_is_taken_in_the_grace_period_and_marked_late(
        resident, wang_household, installation, campaign, fields):
    with time_machine.travel(campaign.closes_at - timedelta(minutes=5), tick=False):
        resident.open(f"/h/{wang_household.code}/form")
    with time_machine.travel(campaign.closes_at + timedelta(hours=1), tick=False):
        assert resident.send(fields).url.endswith("/receipt")
    assert [row["late"] for row in cast.kept(installation, campaign)] == [True]


def test_inv_8_after_the_grace_period_nothing_is_taken(resident, wang_household, installation, campaign, fields):
    with time_machine.travel(campaign.closes_at - timedelta(minutes=5), tick=False):
        resident.open(f"/h/{wang_household.code}/form")
    with time_machine.travel(campaign.accepts_until + timedelta(minutes=1), tick=False):
        assert resident.send(fields).status == 403
    assert cast.kept(installation, campaign) == []


def test_inv_1_a_form_that_was_taken_shows_its_receipt_again_even_when_sent_again_after_the_grace_period(
        resident, wang_household, installation, campaign, fields):
    with time_machine.travel(campaign.closes_at - timedelta(minutes=5), tick=False):
        resident.open(f"/h/{wang_household.code}/form")
        action, sent = resident.form().action, [*resident.hidden().items(), *fields]
        receipt = resident.post(action, sent).page.find_class("number")[0].text_content()
    with time_machine.travel(campaign.accepts_until + timedelta(minutes=1), tick=False):
        resident.post(action, sent)
    assert resident.status == 200 and resident.url.endswith("/receipt")
    assert resident.page.find_class("number")[0].text_content() == receipt
    assert len(cast.kept(installation, campaign)) == 1


@pytest.mark.parametrize("spoilt", ["instance", "csrf_token"])
def test_inv_8_a_stale_form_after_closing_says_closed_and_keeps_what_was_typed(
        resident, wang_household, campaign, fields, spoilt):
    with time_machine.travel(campaign.closes_at - timedelta(minutes=5), tick=False):
        resident.open(f"/h/{wang_household.code}/form")
    with time_machine.travel(campaign.accepts_until + timedelta(minutes=1), tick=False):
        resident.post(resident.form().action, [*(resident.hidden() | {spoilt: ""}).items(), *fields])
    assert resident.status == 403 and "结束" in resident.text and "请再按一次" not in resident.text
    assert resident.value("q-person-1-name") == "李𠮷"


def test_a_recorded_household_stays_recorded_after_closing_and_offers_no_correction(
        recorded, app, campaign, wang_household):
    with time_machine.travel(campaign.closes_at + timedelta(minutes=1), tick=False):
        page = Respondent(app).open(f"/h/{wang_household.code}")
    assert "已经登记" in page.text and not page.page.forms


# ---- too much ----

def test_a_body_over_the_limit_gets_a_page_in_plain_words(wang, installation):
    wang.post(wang.form().action, {"q-suggestion": "长" * installation.settings.max_body})
    assert wang.status == 413 and "内容太大" in wang.text


def test_sixty_persons_are_taken(wang, installation, campaign):
    crowd = WANG | {"person": [WANG["person"][0] | {"name": f"人{n}", "relation": "02" if n == 0 else "20"} for n in range(60)]}
    wang.send(cast.fields(installation, campaign, crowd))
    assert wang.url.endswith("/receipt")
    assert cast.kept(installation, campaign)[0]["persons"] == 60


def test_more_persons_than_the_campaign_takes_are_refused_with_a_way_out(installation, resident):
    made = cast.campaign(installation, max_persons=3)
    house = cast.door(installation, made, "501")
    crowd = WANG | {"person": [WANG["person"][0]] * 4}
    page = resident.open(f"/h/{house.code}/form").send(cast.fields(installation, made, crowd))
    assert page.status == 422 and "其余的人" in page.text
