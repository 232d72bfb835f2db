"""Answers go to a page's fields and come back the same; hostile fields do no harm."""
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from forms.answers import canonical, from_post, to_post
from forms.form import library
from forms.wtf import fields_class, questionnaire_field
from tests.forms_inline import TODAY, checked, form, household, person

CENSUS = library("housing-census")[1]
HOSTILE = form("""
    | type         | name       | label |
    | text         | validate   | V     |
    | text         | data       | D     |
    | text         | errors     | E     |
    | text         | _x         | X     |
    | text         | csrf_token | C     |
    | begin_repeat | process    | P     |
    | text         | populate_obj | O   |
    | text         | name       | N     |
    | end_repeat   |            |       |""")
ODD = {"validate": "1", "data": "2", "errors": "3", "_x": "4", "csrf_token": "5", "process": [{"populate_obj": "6", "name": "7"}]}


def lists(fields):
    post = defaultdict(list)
    for name, value in fields:
        post[name].append(value)
    return post


@pytest.mark.parametrize("answers", [
    household(), household(needs_help="yes", needs_help_kind=["visit", "disability"]),
    household(person=[person(name="𠮷𫖯·👨‍👩‍👧"), person(name="a=1&b=2;+%\n\"'<")]),
])
def test_what_is_posted_is_what_was_answered(answers):
    assert from_post(CENSUS, lists(to_post(CENSUS, answers))) == answers


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(CENSUS.by_name["person"])), st.text(min_size=1)), max_size=4))
def test_any_text_of_any_persons_comes_back(people):
    assert from_post(CENSUS, lists(to_post(CENSUS, {"person": people}))) == {"person": people}


def test_a_multidict_is_read_like_a_dict_of_lists():
    fields = to_post(CENSUS, household(needs_help="yes", needs_help_kind=["visit", "disability"]))
    assert from_post(CENSUS, MultiDict(fields)) == from_post(CENSUS, lists(fields))


def test_persons_are_numbered_anew_without_gaps():
    post = {"q-person-7-name": ["B"], "q-person-2-name": ["A"], "q-person-30-name": ["C"]}
    assert [p["name"] for p in from_post(CENSUS, post)["person"]] == ["A", "B", "C"]


@pytest.mark.parametrize("name", [
    "q-person-999999999999999999-name", "q-person--1-name", "q-person-²-name", "q-person-١-name", "q-person-0", "q-person-0-nosuch",
    "q-person-0-name-", "q-person--name", "q-nosuch", "tenure", "q-", "csrf_token", "q-person", "q-person-0-__class__",
])
def test_fields_that_the_form_lacks_are_ignored(name):
    assert from_post(CENSUS, {name: ["x"]}) == {"person": []}


def test_a_huge_index_makes_one_person():
    assert from_post(CENSUS, {"q-person-999999999-name": ["A"]})["person"] == [{"name": "A"}]


def test_an_empty_block_stays_so_that_it_is_shown_again():
    assert from_post(CENSUS, {"q-person-0-name": ["A"], "q-person-1-name": [""]})["person"] == [{"name": "A"}, {}]


def test_canonical_bytes_do_not_depend_on_the_order_of_answers():
    one, other = {"b": "𠮷", "a": ["x"]}, {"a": ["x"], "b": "𠮷"}
    assert canonical(one) == canonical(other) == '{"a":["x"],"b":"𠮷"}'.encode()


def test_questions_with_names_that_code_uses_simply_work():
    assert checked(HOSTILE, **from_post(HOSTILE, lists(to_post(HOSTILE, ODD)))).answers == ODD


def test_the_form_class_takes_questions_with_names_that_code_uses():
    fields = fields_class(HOSTILE, "en")(MultiDict(to_post(HOSTILE, ODD)))
    assert fields.validate() is True
    values = {path: questionnaire_field(fields, path).data for path in
              [("validate",), ("data",), ("errors",), ("_x",), ("csrf_token",), ("process", 0, "populate_obj"), ("process", 0, "name")]}
    assert list(values.values()) == ["1", "2", "3", "4", "5", "6", "7"]


def test_the_form_class_is_made_once_a_form_and_language():
    assert fields_class(CENSUS, "zh") is fields_class(CENSUS, "zh")
    assert fields_class(CENSUS, "zh") is not fields_class(CENSUS, "en")


def test_the_form_class_posts_the_names_that_are_read_back():
    fields = fields_class(CENSUS, "en")(MultiDict(to_post(CENSUS, household())))
    assert questionnaire_field(fields, ("person", 0, "id_number")).name == "q-person-0-id_number"
    assert questionnaire_field(fields, ("tenure",)).name == "q-tenure"


def test_each_error_lands_on_its_field():
    fields = fields_class(CENSUS, "en")(MultiDict(to_post(CENSUS, household(rooms="x", person=[person(), person(name="")]))))
    result = fields.questionnaire_result(MultiDict(to_post(CENSUS, household(rooms="x", person=[person(), person(name="")]))),
                                         today=TODAY, max_persons=9)
    assert len(result.errors) == 2
    assert questionnaire_field(fields, ("rooms",)).errors == ["Please write a whole number, like 3"]
    assert questionnaire_field(fields, ("person", 1, "name")).errors == ["Please answer this question"]


@pytest.mark.parametrize("name", ["q-person-²-name", "q-person-99999999999-name", "q-person-x-name", "q-personal-1-name"])
def test_hostile_indexes_do_no_harm_to_the_form_class(name):
    assert fields_class(CENSUS, "en")(MultiDict([(name, "x")]))._fields["q_person"].entries == []
