"""A new version of the form comes while people are filling: what was begun is sent as it was begun, and what was put by goes
over to the new version with its answers."""
import re

import pytest
from lxml import html

from tests import app_cases, cast
from tests.forms_inline import workbook
from tests.phone_drafts import wait_for_draft
from tests.test_app_offline import field, new_phone, server
from tests.test_form_pages_site import use
from tests.test_form_takeover import NEXT, SEND, opened

__all__ = ["field", "new_phone", "server"]
OLD = """
    | type | name | label | required |
    | begin_group | about | About | |
    | text | what | What is it | yes |
    | text | gone | Asked no more | |
    | select_one place | where | Where | |
    | end_group | | | |
    | image | photo | Photo | |
    | begin_repeat | thing | Things | |
    | text | title | Title | yes |
    | end_repeat | | | |
    """
NEW = """
    | type | name | label | required |
    | begin_group | about | About | |
    | text | what | What is it | yes |
    | integer | floors | How many floors | yes |
    | select_one place | where | Where | |
    | end_group | | | |
    | image | photo | Photo | |
    | begin_repeat | thing | Things | |
    | text | title | Title | yes |
    | text | colour | Colour | |
    | end_repeat | | | |
    """
PLACES = """
    | list_name | name | label |
    | place | in | Inside |
    | place | out | Outside |
    """


@pytest.fixture
def begun(phone, installation, campaign, wang_household):
    """A page on which a form of the old version stands half filled."""
    use(installation, campaign, workbook(survey=OLD, choices=PLACES))
    page = opened(phone(language="en"), f"/h/{wang_household.code}/form")
    page.fill("[name=q-what]", "A shed 𠮷")
    page.fill("[name=q-gone]", "so be it")
    page.get_by_label("Outside").check()
    page.locator(NEXT).click()
    page.locator(NEXT).click()
    page.locator("button[value^='add:']").click()
    page.fill("[name=q-thing-0-title]", "Bicycle")
    wait_for_draft(page, "Bicycle")
    use(installation, campaign, workbook(survey=NEW, choices=PLACES))
    return page


def test_what_is_on_the_screen_is_sent_as_it_was_begun(begun, installation, campaign):
    begun.locator(NEXT).click()
    begun.locator(NEXT).click()
    begun.locator(SEND).click()
    begun.wait_for_url("**/receipt")
    kept, = cast.kept(installation, campaign)
    assert kept["answers"] == {"what": "A shed 𠮷", "gone": "so be it", "where": "out", "thing": [{"title": "Bicycle"}]}


def test_what_was_put_by_goes_over_to_the_new_version(begun, installation, campaign):
    again = begun.context.new_page()
    again.goto(begun.url)
    begun.close()
    again.get_by_role("button", name="Go on").click()
    assert "a new version of the form" in again.locator(".notice").inner_text()
    assert again.locator("[name=q-what]").input_value() == "A shed 𠮷" and again.get_by_label("Outside").is_checked()
    again.locator(NEXT).click()
    assert "Please answer this question" in again.locator("#error-summary").inner_text()
    again.fill("[name=q-floors]", "2")
    again.locator(NEXT).click()
    again.locator(NEXT).click()
    again.locator("button[value^='go:']").first.click()
    again.fill("[name=q-thing-0-colour]", "red")
    again.locator(NEXT).click()
    again.locator(NEXT).click()
    again.locator(SEND).click()
    again.wait_for_url("**/receipt")
    kept, = cast.kept(installation, campaign)
    assert kept["answers"] == {"what": "A shed 𠮷", "floors": "2", "where": "out", "thing": [{"title": "Bicycle", "colour": "red"}]}

PLAIN = "| type | name | label | required |\n| text | contact | Contact | yes |\n"


def test_a_form_on_one_page_is_taken_as_begun_and_its_draft_goes_over(phone, app, installation, campaign, wang_household, li_household):
    use(installation, campaign, workbook(survey=PLAIN + "| text | gone | Asked no more | |"))
    page = phone(language="en")
    page.goto(f"/h/{wang_household.code}/form")
    page.fill("[name=q-contact]", "Li Lei")
    wait_for_draft(page, "Li Lei")
    client, path = app.test_client(), f"/h/{li_household.code}/form"
    sent = {one.get("name"): one.get("value") for one in html.fromstring(client.get(path).text).xpath("//input[@type='hidden']")}
    use(installation, campaign, workbook(survey=PLAIN + "| integer | floors | Floors | yes |"))

    answer = client.post(path, data={**sent, "q-contact": "Han Meimei", "q-gone": "yes"})
    assert answer.status_code == 303
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [{"contact": "Han Meimei", "gone": "yes"}]

    page.reload()
    assert "a new version of the form" in page.locator("#draft").inner_text()
    page.get_by_role("button", name="Go on").click()
    page.locator("[name=q-floors]").fill("2")
    assert page.locator("[name=q-contact]").input_value() == "Li Lei"
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/receipt")
    assert cast.kept(installation, campaign)[1]["answers"] == {"contact": "Li Lei", "floors": "2"}


@pytest.mark.parametrize("version", ["0", "999999999999999999999", "-1", "x", "１", ""])
def test_a_version_that_never_was_counts_as_the_newest(app, installation, campaign, wang_household, version):
    use(installation, campaign, workbook(survey=PLAIN))
    client, path = app.test_client(), f"/h/{wang_household.code}/form"
    sent = {one.get("name"): one.get("value") for one in html.fromstring(client.get(path).text).xpath("//input[@type='hidden']")}
    assert client.post(path, data={**sent, "_form": version, "q-contact": "Li Lei"}).status_code == 303
    assert len(cast.kept(installation, campaign)) == 1


def test_a_form_put_by_in_the_app_goes_over(new_phone, server, field, alice, installation, campaign):
    phone = new_phone().sign_in(alice).ready()
    page = phone.page
    phone.open_door("501")
    page.locator(".thumb .button").click()
    phone.answer("周桂兰", "3", finish=False)
    page.wait_for_timeout(1500)
    phone.go("#/round")
    newer = app_cases.FORM + "| integer | lifts | 几部电梯 | Lifts | yes |\n"
    use(installation, campaign, workbook(survey=newer, settings=app_cases.SETTINGS.replace("| 1 |", "| 2 |")), "short")
    phone.sent()
    phone.reopen()
    phone.unlock(alice.pin)
    page = phone.page
    page.locator(".tabs").wait_for()
    page.wait_for_timeout(1500)
    phone.open_door("501")
    page.locator(".thumb .button").click()
    page.get_by_text("登记表换了新版本").wait_for(timeout=30_000)
    assert page.get_by_label("联系人").input_value() == "周桂兰"
    for _ in range(9):
        for label, value in (("几间房", "3"), ("几部电梯", "2")):
            if page.get_by_label(label).count():
                page.get_by_label(label).fill(value)
        last = page.get_by_role("button", name=re.compile("提交"))
        if last.count():
            last.first.click()
            break
        page.get_by_role("button", name=re.compile("^(下一步|继续|下一页)")).first.click()
    page.locator(".flash").wait_for(timeout=20_000)
    phone.sent()
    kept, = cast.kept(installation, campaign)
    assert kept["answers"] == {"contact_name": "周桂兰", "rooms": "3", "lifts": "2"}
