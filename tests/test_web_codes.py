"""Codes that do not open a form: each has its own page, its status, and a way out."""
import dataclasses
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from campaigns import campaign as campaigns
from campaigns import clock, throttle
from campaigns.audit import COMMAND_LINE
from campaigns.codes import codes, symbols
from campaigns.store.schema import code, dwelling
from campaigns.throttle import FOR_CODES, PER_ADDRESS, WINDOW
from tests import cast
from tests.respondent import Respondent

UNKNOWN = symbols.write(123456789)


def swapped(text):
    """`text` with two different neighbours swapped."""
    place = next(n for n in range(10) if text[n] != text[n + 1])
    return text[:place] + text[place + 1] + text[place] + text[place + 2:]


def test_an_unknown_code_says_to_check_the_paper_or_call(resident, campaign):
    page = resident.open(f"/h/{UNKNOWN}")
    assert page.status == 404 and "没有找到这个码" in page.text and cast.PHONE in page.text


def test_a_typed_code_leads_to_its_door(resident, wang_household):
    page = resident.open("/h").send(code=f" {symbols.grouped(wang_household.code).lower()} ")
    assert page.url == f"/h/{wang_household.code}" and wang_household.place in page.text


@pytest.mark.parametrize("wrong", ["", "ABCD-EFGH-JKM", "ABCD-EFGU-JKMN", "王"])
def test_a_mistyped_code_is_told_beside_the_field_with_what_was_typed_kept(resident, campaign, wrong):
    page = resident.open("/h").send(code=wrong)
    field = page.page.get_element_by_id("code")
    assert page.status == 422 and field.get("aria-invalid") == "true" and (field.value or "") == wrong


def test_a_mistyped_code_is_no_guess_however_often(resident, wang_household):
    for _ in range(PER_ADDRESS + 1):
        assert resident.open(f"/h/{swapped(wang_household.code)}").status == 404
        assert "颠倒" in resident.text
    assert resident.open(f"/h/{wang_household.code}").status == 200


def test_a_stale_code_page_asks_once_more_with_the_code_kept(resident, wang_household):
    page = resident.post("/h", {"code": wang_household.code})
    assert page.status == 400 and page.value("code") == wang_household.code


def guess(respondent, times=PER_ADDRESS):
    for number in range(times):
        respondent.open(f"/h/{symbols.write(7_000_000 + number)}")
    return respondent


def test_guessing_is_slowed_down_with_a_page_of_its_own(resident, campaign, wang_household):
    assert guess(resident).status == 404
    page = resident.open(f"/h/{symbols.write(8_000_000)}")
    assert page.status == 429 and "10 分钟" in page.text


def test_thr_4_a_right_code_opens_for_neighbours_of_whoever_guesses_until_the_guesses_are_very_many(
        resident, campaign, wang_household, alice, installation):
    guess(resident)
    assert resident.open(f"/h/{wang_household.code}").status == 200
    assert resident.open(f"/h/{wang_household.code}/form").status == 200
    assert "PIN" in resident.open(f"/b/{alice.badge}").text
    with installation.store.write() as connection:
        for _ in range(PER_ADDRESS * (FOR_CODES - 1)):
            throttle.miss(connection, clock.now(), throttle.address_key(installation.server, "127.0.0.1"))
    assert resident.open(f"/h/{wang_household.code}").status == 429


def test_another_address_is_not_slowed_down_by_someone_elses_guesses(app, resident, campaign, wang_household):
    guess(resident)
    assert Respondent(app, address="192.0.2.7").open(f"/h/{symbols.write(8_000_000)}").status == 404


def test_a_header_does_not_change_the_address_that_is_slowed_down(app, resident, campaign, wang_household):
    guess(resident)
    liar = Respondent(app, HTTP_X_FORWARDED_FOR="192.0.2.7")
    assert liar.open(f"/h/{symbols.write(8_000_000)}").status == 429


def test_the_guesses_are_forgotten_after_ten_minutes(resident, campaign, wang_household):
    guess(resident)
    with time_machine.travel(clock.now() + WINDOW + timedelta(seconds=1), tick=False):
        assert resident.open(f"/h/{symbols.write(8_000_000)}").status == 404


def test_a_form_that_is_open_already_can_be_sent_while_others_guess_from_the_same_address(
        app, resident, installation, campaign, wang_household):
    filling = Respondent(app).open(f"/h/{wang_household.code}/form")
    guess(resident)
    assert filling.send(cast.fields(installation, campaign), follow=False).status == 303


def test_a_revoked_code_says_that_a_newer_one_may_have_replaced_it_and_whom_to_ask(resident, installation, campaign, wang_household):
    with installation.store.write() as connection:
        found = codes.find(connection, installation.server, wang_household.code)
        newer = codes.reissue(connection, installation.server, found, clock.now(), COMMAND_LINE)
    page = resident.open(f"/h/{wang_household.code}")
    assert page.status == 410 and "作废" in page.text and cast.PHONE in page.text
    assert resident.open(f"/h/{newer}").status == 200
    with installation.store.write() as connection:
        campaigns.set_terms(connection, campaign, dataclasses.replace(campaign.terms, phone=""), clock.now(), COMMAND_LINE, campaign.title)
    assert "没有的话，请问上门的志愿者或社区工作人员。" in resident.open(f"/h/{wang_household.code}").text


def test_a_dwelling_that_has_ended_needs_no_form(resident, installation, wang_household):
    with installation.store.write() as connection:
        connection.execute(update(dwelling).where(dwelling.c.id == wang_household.door_id).values(ended_at=clock.now()))
    page = resident.open(f"/h/{wang_household.code}")
    assert page.status == 410 and "注销" in page.text and cast.PHONE in page.text


def test_a_card_that_is_not_hung_at_a_door_says_so(resident, installation, campaign):
    at = clock.now()
    with installation.store.write() as connection:
        text, row = codes.fresh(installation.server, campaign_id=campaign.id, kind="hanger", issued_at=at)
        codes.add(connection, [row], at, COMMAND_LINE)
    page = resident.open(f"/h/{text}")
    assert page.status == 409 and "还没有记到哪一户" in page.text


def test_a_hanger_at_a_door_takes_answers_in_its_own_channel(resident, installation, campaign):
    house = cast.door(installation, campaign, "601", kind="hanger")
    resident.open(f"/h/{house.code}/form").send(cast.fields(installation, campaign))
    assert [row["channel"] for row in cast.kept(installation, campaign)] == ["hanger"]


def test_a_badge_scanned_as_a_household_code_goes_to_sign_in(resident, alice):
    page = resident.open(f"/H/{alice.badge}")
    assert page.url == f"/b/{alice.badge}" and page.form("/sign-in") is not None


def test_the_first_scan_is_noted_and_later_ones_change_nothing(resident, installation, wang_household):
    def opened():
        installation.store.submit(lambda connection: None)  # notes before this one are written
        with installation.store.read() as connection:
            return connection.execute(select(code.c.opened_at).where(code.c.dwelling_id == wang_household.door_id)).scalar()
    assert opened() is None
    resident.open(f"/h/{wang_household.code}")
    first = opened()
    assert first is not None
    resident.open(f"/h/{wang_household.code}")
    assert opened() == first


def test_opening_a_recorded_door_before_the_campaign_opens_is_refused_like_any_other(app, installation):
    made = cast.campaign(installation, slug="later", opens_in=timedelta(days=2))
    house = cast.door(installation, made, "501")
    assert Respondent(app).open(f"/h/{house.code}/form").status == 403


# ---- a code revoked while its form is being filled ----

@pytest.fixture
def filling(resident, wang_household):
    """Someone of the Wang household with the form open."""
    return resident.open(f"/h/{wang_household.code}/form")


@pytest.fixture
def fields(installation, campaign):
    return cast.fields(installation, campaign)


def revoked(installation, text, change=codes.revoke):
    with installation.store.write() as connection:
        found = codes.find(connection, installation.server, text)
        if change is codes.reissue:
            codes.reissue(connection, installation.server, found, clock.now(), COMMAND_LINE)
        else:
            codes.revoke(connection, found, clock.now(), COMMAND_LINE, reason="stolen")


def test_a_form_begun_before_its_code_was_replaced_is_taken_and_gets_a_receipt(
        filling, fields, wang_household, installation, campaign):
    revoked(installation, wang_household.code, codes.reissue)
    filling.send(fields)
    assert filling.status == 200 and filling.url.endswith("/receipt")
    assert len(cast.kept(installation, campaign)) == 1


def test_a_person_is_added_to_a_form_whose_code_was_replaced(filling, fields, wang_household, installation):
    revoked(installation, wang_household.code, codes.reissue)
    filling.send([*fields, ("_add", "person")])
    assert filling.status == 200 and filling.value("q-person-2-name") == ""


def test_a_replaced_code_opens_no_new_form(resident, wang_household, installation):
    revoked(installation, wang_household.code, codes.reissue)
    assert resident.open(f"/h/{wang_household.code}/form").status == 410
    assert resident.open(f"/h/{wang_household.code}/receipt").status == 410


def test_a_code_revoked_with_no_newer_one_takes_nothing_and_the_form_stays(
        filling, fields, wang_household, installation, campaign):
    revoked(installation, wang_household.code)
    filling.send(fields)
    assert filling.status == 410 and "作废" in filling.text and cast.PHONE in filling.text
    assert filling.value("q-person-1-name") == "李𠮷"
    assert cast.kept(installation, campaign) == []


@pytest.mark.parametrize("change", [codes.revoke, codes.reissue])
def test_inv_1_a_form_sent_again_after_its_code_was_revoked_gets_its_receipt_again(
        filling, fields, wang_household, installation, campaign, change):
    hidden, action = filling.hidden(), filling.form().action
    first = filling.post(action, [*hidden.items(), *fields]).page.xpath("string(//*[@class='number'])")
    revoked(installation, wang_household.code, change)
    again = filling.post(action, [*hidden.items(), *fields])
    assert again.status == 200 and first and again.page.xpath("string(//*[@class='number'])") == first
    assert len(cast.kept(installation, campaign)) == 1


def test_a_revoked_code_without_a_page_of_ours_is_refused(filling, fields, wang_household, installation, campaign):
    revoked(installation, wang_household.code, codes.reissue)
    filling.post(filling.form().action, [*(filling.hidden() | {"instance": "a.b.c"}).items(), *fields])
    assert filling.status == 410 and cast.kept(installation, campaign) == []
