"""What an unlucky or unkind sender tries on the paths of field work: each of these once got through, or was lost."""

import pytest
from sqlalchemy import func, select, update

from campaigns import clock, throttle
from campaigns.audit import COMMAND_LINE
from campaigns.campaign import set_terms
from campaigns.codes import symbols
from campaigns.deliveries.items import BadItem, read_item
from campaigns.store.fieldwork import visit
from campaigns.store.schema import dwelling
from campaigns.terms import Terms
from tests import cast
from tests.cast import LI, WANG
from tests.phone_cases import Phone, add_report
from tests.respondent import Respondent
from tests.test_keying import as_typed, key_in


@pytest.fixture
def census(installation, campaign):
    return cast.form(installation, campaign)


def test_a_number_that_no_column_holds_is_no_page_and_no_error_of_the_program(app, sue):
    page, large = Respondent(app).sign_in(sue), "9" * 20
    for path in ("entries/{}", "reports/{}", "submissions/{}", "submissions/1/file/{}", "keying/differences/{}"):
        assert page.open("/desk/" + path.format(large)).status == 404, path
    for path in ("entries?before=²", f"entries?before={large}", f"reports?before={large}"):
        assert page.open("/desk/" + path).status == 200, path
    assert page.open(f"/form/{large}/x.xml").status == 404


def test_a_door_or_team_number_that_no_column_holds_is_refused_in_words(app, sue, wang_household, installation):
    with installation.store.write() as connection:
        connection.execute(update(dwelling).values(origin="field"))
    page = Respondent(app).sign_in(sue).open("/desk/doors")
    token = page.hidden("/doors")["csrf_token"]
    assert page.post("/desk/doors", {"csrf_token": token, "step": "end", "door": "9" * 25}).status == 400
    assert "没有这个工作组" in page.post("/desk/assign", {"csrf_token": token, "step": "team", "team": "9" * 25, "place": "{}"}).text


# Phones ----------------------------------------------------------------------------------------------------------------


def test_a_phone_that_waits_for_others_guesses_keeps_its_items_and_guesses_count(app, installation, campaign, alice, wang_household):
    phone = Phone(app, alice)
    unknown = next(text for text in (f"0000-0000-00{a}{b}" for a in "0123456789" for b in "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
                   if _well_written(text))
    hang = phone.item("hang", door=wang_household.door_id, hanger=unknown)
    visits = [phone.item("visit", code=unknown, outcome="nobody_home") for _ in range(throttle.PER_ADDRESS)]
    assert {each["status"] for each in phone.send(*visits)} == {"refused"}
    assert phone.one(hang)["status"] == "later"
    assert phone.one(phone.item("visit", code=unknown, outcome="nobody_home"))["status"] == "later"


def _well_written(text):
    try:
        return symbols.read(text)
    except symbols.Mistyped:
        return ""


def test_lists_in_lists_without_end_are_no_item(installation, campaign):
    deep = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(BadItem):
        read_item(installation.keyring.campaign(campaign.slug), {"id": "0" * 32, "kind": "visit", "note": deep})


def test_what_a_lead_releases_is_taken_whoevers_door_it_is_and_no_closed_period_lacks_it(
        app, installation, campaign, census, bob, sue, alice, wang_household, li_household):
    with installation.store.write() as connection:
        connection.execute(update(dwelling).where(dwelling.c.id == wang_household.door_id).values(team_id=bob.user.team_id))
    phone = Phone(app, cast.person(installation, campaign, "volunteer", "阿丽", team="二组"))
    refused = phone.item("visit", door=wang_household.door_id, outcome="nobody_home")
    assert phone.one(refused)["status"] == "refused"
    lead = Respondent(app).sign_in(sue)
    lead.open("/desk/held/V002").send([("item", refused["id"])], action_end="/V002", step="release")
    assert "1 条已收下" in lead.text
    with installation.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(visit)).scalar_one() == 1


def test_a_lead_without_a_team_reads_nobodys_reports(app, installation, campaign, alice, wang_household):
    phone, made = Phone(app, alice), add_report(installation, campaign)
    assert phone.one(phone.report(made, {}))["status"] == "taken"
    lead = Respondent(app).sign_in(cast.person(installation, campaign, "lead", "无组", team=None))
    assert lead.open("/desk/reports/1").status == 404
    assert "/desk/reports/1" not in lead.open("/desk/reports").response.get_data(as_text=True)


# Paper -----------------------------------------------------------------------------------------------------------------


def test_dbl_4_the_second_household_of_a_door_is_settled_too_and_a_second_keying_belongs_to_its_paper(
        app, installation, campaign, carol, sue, census, wang_household, li_household):
    with installation.store.write() as connection:
        set_terms(connection, campaign, Terms(phone=cast.PHONE, double_keying_percent=100), clock.now(), COMMAND_LINE)
    clerk = Respondent(app).sign_in(carol)
    key_in(clerk, wang_household)
    clerk.open(f"/v/door/{wang_household.code}/household/2/form").send(cast.fields(installation, campaign, LI), action_end="/form")
    second = next(each for each in cast.kept(installation, campaign) if each["household"] == 2)
    other = Respondent(app).sign_in(cast.person(installation, campaign, "clerk", "丹")).open(f"/desk/keying/form/{li_household.code}")
    other.send(as_typed(LI), action_end=li_household.code, second=str(second["id"]))
    assert other.status == 403
    other.open(f"/desk/keying/form/{wang_household.code}").send(as_typed(WANG), action_end=wang_household.code)
    other.open(f"/desk/keying/form/{wang_household.code}").send(as_typed(LI | {"rooms": "8"}), action_end=wang_household.code)
    page = Respondent(app).sign_in(sue).open("/desk/keying/differences/2")
    assert page.send([("which-rooms", "second")]).url == "/desk/keying"
    newest = cast.kept(installation, campaign)[-1]
    assert (newest["household"], newest["replaces"], newest["answers"]["rooms"]) == (2, second["id"], "8")

