"""Several households behind one door, on the pages of residents and volunteers (MIS-7)."""
import re

import pytest

from campaigns import merge, missed
from campaigns.audit import COMMAND_LINE
from tests import cast
from tests.cast import LI, WANG
from tests.core_cases import NOON
from tests.respondent import Respondent


@pytest.fixture
def fields(installation, campaign):
    return {"wang": cast.fields(installation, campaign), "li": cast.fields(installation, campaign, LI)}


def receipt_on(page):
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.text).group()


def answer(app, household, fields, path="form"):
    return Respondent(app).open(f"/h/{household.code}/{path}").send(fields)


def households(installation, campaign):
    return [(row["household"], row["channel"], row["answers"]["contact_name"]) for row in cast.kept(installation, campaign)]


def test_another_household_behind_a_recorded_door_answers_for_itself(app, installation, campaign, wang_household, fields):
    first = receipt_on(answer(app, wang_household, fields["wang"]))
    page = Respondent(app).open(f"/h/{wang_household.code}")
    assert "我家是这里的另一户" in page.text
    page.open(page.page.xpath("//a[contains(@href, '/another')]/@href")[0])
    assert page.url.endswith("/household/2/form") and not any(word in page.text for word in ("王小明", "李𠮷"))
    second = receipt_on(page.send(fields["li"]))
    assert households(installation, campaign) == [(1, "self", WANG["contact_name"]), (2, "self", LI["contact_name"])]
    with installation.store.read() as connection:
        assert list(connection.execute(missed.several(campaign.id)).scalars()) == [wang_household.door_id]
    assert first != second and merge.run(installation.store, campaign, NOON, COMMAND_LINE)["records"] == 2


def test_each_receipt_corrects_its_own_household_only(app, installation, campaign, wang_household, fields):
    answer(app, wang_household, fields["wang"])
    second = receipt_on(answer(app, wang_household, fields["li"], "another"))
    page = Respondent(app).open(f"/h/{wang_household.code}").send(receipt=second, action_end="/correct")
    assert page.value("q-contact_name") == LI["contact_name"]
    page.send(cast.fields(installation, campaign, {**LI, "contact_name": "古丽"}))
    assert households(installation, campaign)[-1] == (2, "self", "古丽")
    assert cast.kept(installation, campaign)[-1]["replaces"] is not None


def test_the_same_form_sent_twice_is_one_household_and_no_number_is_left_out(app, installation, campaign, wang_household, fields):
    early = Respondent(app).open(f"/h/{wang_household.code}/household/2/form")
    assert early.url.endswith(f"/h/{wang_household.code}")  # nobody is recorded yet
    answer(app, wang_household, fields["wang"])
    page = Respondent(app).open(f"/h/{wang_household.code}/another")
    held = page.hidden()
    for _ in range(2):
        assert page.post(f"/h/{wang_household.code}/household/2/form", [*held.items(), *fields["li"]]).url.endswith("/receipt")
    page.post(f"/h/{wang_household.code}/household/4/form", [*held.items(), *fields["li"]])
    assert [number for number, *_ in households(installation, campaign)] == [1, 2]
    assert Respondent(app).open(f"/h/{wang_household.code}/household/2/form").url.endswith(f"/h/{wang_household.code}")


def test_after_five_households_the_code_takes_no_more_and_says_whom_to_call(app, installation, campaign, wang_household, fields):
    answer(app, wang_household, fields["wang"])
    for _ in range(4):
        answer(app, wang_household, fields["li"], "another")
    page = Respondent(app).open(f"/h/{wang_household.code}/another")
    assert page.status == 409 and "已经登记了 5 户" in page.text and cast.PHONE in page.text
    assert len(households(installation, campaign)) == 5


def test_a_volunteer_records_a_further_household_and_is_credited(app, installation, campaign, alice, wang_household, fields):
    answer(app, wang_household, fields["wang"])
    phone = Respondent(app)
    phone.sign_in(alice).open(f"/v/door/{wang_household.code}")
    page = phone.open(phone.page.xpath("//a[contains(@href, '/another')]/@href")[0])
    assert page.url.endswith("/household/2/form")
    assert "登记好了" in page.send(fields["li"]).text
    assert households(installation, campaign)[-1] == (2, "visit", LI["contact_name"])
    assert phone.open(f"/v/door/{wang_household.code}/household/2/form").url.endswith(f"/v/door/{wang_household.code}")
