"""The questionnaire's HTML: every field named and described, every error linked, nothing lost, no script needed."""
import json

import pytest
from lxml import html
from werkzeug.datastructures import MultiDict

from forms.answers import from_post, to_post
from forms.form import HOUSEHOLD_FORMS, library
from survey.preview import preview_app
from survey.questionnaire.whole import apply_action, page_parts, questionnaire_html
from tests.forms_inline import census, form, household, person

CENSUS = library("housing-census")[1]
CONTROLS = "//input | //select | //textarea"


def page(answers=None, errors=(), language="en", persons=1, of=CENSUS):
    return html.fromstring(f"<form>{questionnaire_html(of, language, answers, errors, persons)}</form>")


def shown(tree):
    """What a browser without script would post from this page."""
    fields = []
    for field in tree.xpath("//*[@name][not(ancestor::template)]"):
        if field.tag == "select":
            fields += [(field.get("name"), option.get("value")) for option in field.xpath("option[@selected]")]
        elif field.tag == "textarea":
            fields.append((field.get("name"), (field.text or "").removeprefix("\n")))
        elif field.tag == "input" and (field.get("type") not in ("radio", "checkbox") or "checked" in field.attrib):
            fields.append((field.get("name"), field.get("value")))
    return fields


def wrong():
    result = census(tenure="", rooms="x", person=[person(), person(name="", sex="")])
    return page(result.cleaned, result.errors)


@pytest.mark.parametrize("key", HOUSEHOLD_FORMS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_has_a_label(key, language):
    tree = page(language=language, persons=2, of=library(key)[1])
    labelled = {label.get("for") for label in tree.xpath("//label") if label.text_content().strip()}
    assert [field.get("id") for field in tree.xpath(CONTROLS) if field.get("id") not in labelled] == []


@pytest.mark.parametrize("key", HOUSEHOLD_FORMS)
def test_every_id_is_there_once(key):
    ids = page(persons=3, of=library(key)[1]).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_every_group_of_choices_has_a_legend():
    assert page().xpath("//fieldset[not(legend[normalize-space()])]") == []


@pytest.mark.parametrize("tree", [page(), wrong()], ids=["empty", "with errors"])
def test_every_description_is_on_the_page(tree):
    ids = set(tree.xpath("//@id"))
    described = {name for names in tree.xpath("//@aria-describedby") for name in names.split()}
    assert described
    assert described - ids == set()


def test_every_line_of_the_error_summary_links_to_its_field():
    tree = wrong()
    links = [link.get("href") for link in tree.xpath("//*[@id='error-summary']//a")]
    assert links == ["#q-tenure", "#q-rooms", "#q-person-1-name", "#q-person-1-sex"]
    assert all(tree.xpath(f"//*[@id='{link[1:]}']") for link in links)


def test_the_error_summary_says_whose_answer_is_meant():
    assert "Person 2, Name: Please answer this question" in wrong().xpath("string(//*[@id='error-summary'])")


def test_each_error_stands_beside_its_field_and_is_announced_with_it():
    field = wrong().xpath("//input[@name='q-rooms']")[0]
    assert field.get("aria-invalid") == "true"
    assert "q-rooms-error" in field.get("aria-describedby").split()
    assert "whole number" in field.xpath("string(//*[@id='q-rooms-error'])")


def test_a_page_without_errors_has_no_summary_and_nothing_invalid():
    assert page().xpath("//*[@id='error-summary'] | //*[@aria-invalid]") == []


def test_an_error_about_all_persons_links_to_their_section():
    result = census(person=[])
    tree = page(result.cleaned, result.errors, persons=0)
    assert tree.xpath("//*[@id='error-summary']//a/@href") == ["#q-person"]
    assert "at least one person" in tree.xpath("string(//section[@id='q-person']//*[@id='q-person-error'])")


@pytest.mark.parametrize("answers", [
    household(needs_help="yes", needs_help_kind=["disability", "visit"], suggestion="\n一\n<b>&\"'"),
    household(person=[person(name="𠮷𫖯·👨‍👩‍👧"), person(name="</textarea><script>", sex="2")]),
])
def test_what_was_typed_is_shown_again(answers):
    assert from_post(CENSUS, MultiDict(shown(page(answers)))) == answers


def test_a_wrong_answer_is_shown_again_as_it_was_typed():
    assert wrong().xpath("//input[@name='q-rooms']/@value") == ["x"]


def test_nothing_typed_becomes_markup():
    assert page(household(contact_name="<script>alert(1)</script>")).xpath("//script") == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_has_no_inline_script_or_style_and_fetches_nothing(language):
    tree = page(language=language)
    assert tree.xpath("//script | //style | //link | //img | //@style | //@src | //@*[starts-with(name(), 'on')]") == []


def test_the_browser_keeps_nobody_elses_data():
    assert [field.get("name") for field in page().xpath(CONTROLS) if field.get("autocomplete") != "off"] == []


@pytest.mark.parametrize(("name", "keypad"), [("q-rooms", "numeric"), ("q-area", "decimal"), ("q-contact_phone", "tel"),
                                              ("q-person-0-birth_date", "numeric")])
def test_numbers_bring_up_a_number_pad(name, keypad):
    assert page().xpath(f"//input[@name='{name}']/@inputmode") == [keypad]


def test_a_long_list_is_a_native_select_with_the_most_common_first():
    options = page(language="zh").xpath("//select[@name='q-person-0-ethnicity']/option")
    assert [option.text for option in options[:2]] == ["请选择", "汉族"]
    assert len(options) == 59


def test_a_birth_date_and_another_day_have_examples_of_their_own():
    listing = preview_app(library("fire-inspection")[1]).test_client().get("/").get_data(as_text=True)
    assert "19600508" in questionnaire_html(CENSUS, "zh") and "19600508" not in listing and "20260308" in listing


def test_only_questions_that_may_stay_empty_say_so():
    tree = page()
    assert "(optional)" in tree.xpath("string(//label[@for='q-contact_phone'])")
    assert "(optional)" not in tree.xpath("string(//label[@for='q-contact_name'])")


def test_a_question_that_depends_on_another_says_when_it_is_asked():
    note = page(language="zh").xpath("string(//*[@id='q-person-0-id_number-note'])")
    assert note == "只有“证件种类”不选“没有证件”才填"


def test_the_script_is_told_the_plain_tests_of_a_question():
    when = page(persons=2).xpath("//*[@id='q-person-1-id_number']/ancestor::div[@class='question']/@data-when")
    assert json.loads(when[0]) == [["q-person-1-id_type", ["none"], False]]


def test_the_script_is_told_when_a_number_is_a_resident_id():
    field = page().xpath("//*[@id='q-person-0-id_number']")[0]
    assert field.get("data-check") == "resident-id"
    assert json.loads(field.get("data-check-when")) == [["q-person-0-id_type", ["resident_id"], True]]


def test_enter_in_a_field_presses_a_plain_send_button_first():
    first = page().xpath("//button[not(ancestor::template)]")[0]
    assert first.get("type") == "submit"
    assert first.get("name") is None


def test_the_empty_page_is_rendered_once_and_is_what_is_shown():
    assert page_parts(CENSUS, "zh", 2) is page_parts(CENSUS, "zh", 2)
    assert "".join(page_parts(CENSUS, "zh", 2)) == str(questionnaire_html(CENSUS, "zh", persons=2))


def test_adding_a_person_keeps_what_was_typed_and_leads_to_the_new_one():
    fields = [*to_post(CENSUS, household()), ("_add", "person")]
    raw = apply_action(CENSUS, from_post(CENSUS, MultiDict(fields)), MultiDict(fields))
    tree = page(raw)
    assert from_post(CENSUS, MultiDict(shown(tree)))["person"] == [person(), {}]
    assert tree.xpath("//@autofocus/../@id") == ["q-person-1-name"]


def test_adding_a_person_to_an_empty_page_shows_two():
    raw = apply_action(CENSUS, {"person": []}, {"_add": ["person"]})
    assert raw["person"] == [{}, {}]


def test_removing_a_person_keeps_the_others():
    people = [person(name=name) for name in "甲乙丙"]
    raw = apply_action(CENSUS, household(person=people), {"_remove": ["1"]})
    assert [p["name"] for p in raw["person"]] == ["甲", "丙"]


@pytest.mark.parametrize("does, index, opens", [("_remove", "1", "q-person-1-name"), ("_remove", "2", "q-person-1-name"),
                                                ("_copy", "2", "q-person-2-name")])
def test_without_script_the_page_opens_by_the_person_who_was_copied_into_or_taken_away(does, index, opens):
    post = MultiDict(to_post(CENSUS, household(person=[person(name=name) for name in "甲乙丙"])))
    post[does] = index
    answer = preview_app(CENSUS).test_client().post("/", data=post)
    assert html.fromstring(answer.text).xpath("//*[@autofocus]/@id") == [opens]


@pytest.mark.parametrize("index", ["9", "-1", "²", "x", "", "9" * 5000])
def test_removing_somebody_who_is_not_there_changes_nothing(index):
    assert (apply_action(CENSUS, household(), {"_remove": [index]}) or household()) == household()


def test_a_plain_send_is_no_action():
    assert apply_action(CENSUS, household(), MultiDict(to_post(CENSUS, household()))) is None


def test_a_form_without_a_repeat_has_neither_persons_nor_buttons():
    tree = page(of=form("| type | name | label |\n| text | a | A |\n| note | n | Read this |"))
    assert tree.xpath("//button[@name] | //template") == []
    assert "Read this" in tree.text_content()
