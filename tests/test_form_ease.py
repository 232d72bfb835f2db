"""What makes filling easy: copying what a family shares, finding a choice by a few letters, going on where one stopped."""
import gzip
import re

from lxml import html
from werkzeug.datastructures import MultiDict

from forms.answers import from_post
from forms.form import library
from survey.preview import preview_app
from survey.questionnaire.whole import apply_action, questionnaire_html
from tests import cast
from tests.cast import WANG
from tests.forms_inline import form
from tests.phone_drafts import wait_for_draft, wait_until_forgotten
from tests.respondent import Respondent
from tests.test_browser_journeys import fill, receipt_of, send

CENSUS = library("housing-census")[1]
MOST_BYTES = 60 * 1024


def test_what_a_family_shares_is_copied_without_script():
    person = {"name": "王小明", "sex": "1", "origin": "mainland", "ethnicity": "01", "registration": "local"}
    post = MultiDict([(f"q-person-0-{name}", value) for name, value in person.items()] +
                     [("q-person-1-name", "李𠮷"), ("q-person-1-ethnicity", "02"), ("_copy", "1")])
    changed = apply_action(CENSUS, from_post(CENSUS, post), post)
    assert changed["person"][1] == {"name": "李𠮷", "origin": "mainland", "ethnicity": "02", "registration": "local"}


def test_the_first_person_has_nobody_to_be_like():
    tree = html.fromstring(str(questionnaire_html(CENSUS, "zh", persons=2)))
    assert tree.xpath("//button[@name='_copy'][not(ancestor::template)]/@value") == ["1"]


ROOMS = form("""
    | type | name | label | personal | required |
    | begin_repeat | room | Room | | |
    | text | use | Use | | |
    | text | who | Who | yes | |
    | image | photo | Photo | | |
    | end_repeat | | | | |
    """)


def test_an_entry_is_copied_without_what_is_personal_and_without_its_photo():
    page = Respondent(preview_app(ROOMS), "en").open("/")
    page.send([("_do", "add:0")])
    page.send([("q-room-0-use", "Kitchen"), ("q-room-0-who", "Wang"), ("q-room-0-photo", "a.jpg"), ("_do", "next")])
    page.send([("_do", "copy:0:0")])
    assert page.value("q-room-1-use") == "Kitchen" and page.value("q-room-1-who") == ""
    assert not page.page.xpath("//input[@type='hidden'][@name='q-room-1-photo']")
    page.send([("q-room-1-use", "Kitchen"), ("_do", "next")])
    assert len(page.page.xpath("//li[contains(@class, 'entry')]")) == 2
    page.send([("_do", "next")])
    page.send([("_do", "send")])
    recorded = [" ".join(row.text_content().split()) for row in page.page.xpath("//dl/div")]
    assert "Use room[1]/useKitchen" in recorded and "Who room[1]/whoWang" in recorded


def test_a_long_list_has_a_field_to_find_a_choice_and_a_short_one_has_none():
    tree = html.fromstring(str(questionnaire_html(CENSUS, "zh")))
    assert tree.xpath("//input[@id='q-person-0-ethnicity-filter'][not(@name)]") and not tree.xpath("//input[@id='q-tenure-filter']")


def test_the_first_view_of_the_census_weighs_less_than_60_kib(app, wang_household):
    page = Respondent(app).open(f"/h/{wang_household.code}/form")
    links = page.page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src")
    assert links and all(link.startswith(("/static/", "/kept/")) for link in links)
    answers = [page.response.data] + [page.client.get(link).data for link in [*links, "/static/form/drafts.js"]]
    assert sum(len(gzip.compress(data, 6)) for data in answers) < MOST_BYTES


def test_a_resident_copies_finds_stops_and_goes_on_where_it_was(phone, wang_household, installation, campaign):
    fields = cast.fields(installation, campaign)
    page = phone()
    page.goto(f"/h/{wang_household.code}/form")
    fill(page, [each for each in fields if "person-1" not in each[0]])
    error = page.locator("#q-rooms-error")
    for wrong, said in (("many", "请填整数"), ("100", "99"), ("3", "")):
        page.locator("[name=q-rooms]").fill(wrong)
        page.locator("[name=q-area]").focus()
        error.filter(has_text=said).wait_for() if said else error.wait_for(state="hidden")
    page.locator("button[name=_add]").click()
    page.locator("#person-2 button[name=_copy]").click()
    assert page.locator("#person-2 [name=q-person-1-origin]:checked").input_value() == "mainland"
    page.locator("#q-person-1-ethnicity-filter").fill("维吾")
    assert page.locator("[name=q-person-1-ethnicity]").input_value() == "05"
    page.locator("#q-person-1-ethnicity-filter").fill("汉")
    page.locator("[name=q-person-1-ethnicity]").select_option("01")
    page.locator("[name=q-person-1-name]").fill("李𠮷")
    wait_for_draft(page, "李𠮷")
    page.close()
    again = page.context.new_page()
    again.goto(f"/h/{wang_household.code}/form")
    again.get_by_text("上次没填完").wait_for()
    again.get_by_role("button", name="继续填写").click()
    again.locator("[name=q-person-1-name]").wait_for()
    assert again.locator("[name=q-person-1-name]").input_value() == "李𠮷" and again.locator("[name=q-area]").input_value() == "86.5"
    fill(again, fields)
    send(again)
    receipt_of(again)
    assert [row["answers"] for row in cast.kept(installation, campaign)] == [WANG]
    wait_until_forgotten(again)


def test_a_draft_is_begun_anew_and_another_door_knows_nothing_of_it(phone, wang_household, li_household):
    page = phone(language="en")
    page.goto(f"/h/{wang_household.code}/form")
    page.locator("[name=q-area]").fill("77")
    wait_for_draft(page, '"77"')
    page.goto(f"/h/{li_household.code}/form")
    page.locator("[name=q-area]").wait_for()
    page.wait_for_timeout(300)
    assert page.locator("#draft").is_hidden()
    page.goto(f"/h/{wang_household.code}/form")
    page.get_by_role("button", name="Begin anew").click()
    page.locator("#draft").wait_for(state="hidden")
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("#draft").is_hidden() and re.search("Person 1", page.content())


def test_what_was_wrong_is_struck_off_once_it_is_answered(phone, wang_household):
    page = phone()
    page.goto(f"/h/{wang_household.code}/form")
    send(page)
    lines = page.locator("#error-summary li")
    lines.first.wait_for()
    before = lines.count()
    lines.first.locator("a").click()
    assert page.locator("#q-dwelling_use").evaluate("field => field.closest('.question').getBoundingClientRect().top") >= 0
    page.locator("[name=q-dwelling_use][value=residential]").check()
    lines.nth(before - 2).wait_for()
    lines.nth(before - 1).wait_for(state="detached")
    assert not page.get_by_text("请选一项").is_visible()
    page.locator("[name=q-contact_name]").fill("王小明")
    page.locator("[name=q-area]").fill("86.5")
    page.locator("[name=q-area]").blur()
    page.locator("#error-summary [href='#q-contact_name']").wait_for(state="detached")
    page.evaluate("document.documentElement.style.fontSize = '200%'")  # large type: the room is the words'
    assert page.locator("#person-1 .tile span").nth(2).bounding_box()["width"] > 180
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_is_struck_off_does_not_move_the_button_from_under_the_finger(phone, wang_household):
    page = phone()
    page.goto(f"/h/{wang_household.code}/form")
    send(page)
    for name in ("dwelling_use", "person-0-id_type"):
        page.locator(f"[name=q-{name}]").first.check()
    page.locator("[name=q-person-0-id_number]").fill("1101")
    page.locator("[name=q-person-0-sex]").first.check()  # the number's mistake comes up above it, after the tap
    page.locator("#q-person-0-id_number-error").wait_for()
    page.locator("[name=q-contact_name]").fill("王小明")
    button = page.locator("#entry button[type=submit]").last
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    before = page.locator(".question.has-error").count()
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] - 2)
    page.mouse.down()
    page.wait_for_timeout(300)
    assert page.locator(".question.has-error").count() == before and button.bounding_box() == box
    with page.expect_navigation():
        page.mouse.up()
