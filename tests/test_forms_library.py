"""The household forms as the engine reads them: complete, bilingual, with every question that a campaign relies on.

What holds for every bundled workbook as a file is in test_forms_library_workbooks.
"""
import io
import re

import pytest
from lxml import etree
from pyxform.xls2xform import convert

from forms.form import HOUSEHOLD_FORMS, library

pytestmark = pytest.mark.parametrize("key", HOUSEHOLD_FORMS)
PERSONAL = {
    "housing-census": {"contact_name", "contact_phone", "needs_help", "needs_help_kind", "suggestion", "name", "id_number", "birth_date"},
    "spring-check": {"contact_name", "contact_phone", "suggestion", "name", "id_number", "birth_date"},
}
CODES = {
    "ethnicity": {f"{number:02d}" for number in range(1, 57)} | {"97", "98"},
    "sex": {"0", "1", "2", "9"},
    "marital": {"10", "20", "30", "40", "90"},
    "education": {"10", "20", "30", "40", "60", "70", "80", "90"},
    "tenure": {"rented", "own", "dormitory", "relatives", "other"},
}


def columns(key):
    form = library(key)[1]
    return form.columns("household") + form.columns("person")


def test_pyxform_converts_it_without_a_warning(key):
    warnings = []
    convert(io.BytesIO(library(key)[0]), warnings=warnings, file_type=".xlsx")
    assert warnings == []


def test_nothing_in_it_is_left_out(key):
    assert library(key)[1].warnings == []


def test_every_label_and_hint_is_in_both_languages(key):
    for question in library(key)[1].root.walk():
        for text in (question.label, question.hint, question.constraint_message):
            if question.name and text:
                assert bool(text.zh) == bool(text.en), question.name
        if question.name:
            assert re.search("[\u4e00-\u9fff]", question.label.zh), question.name
            assert re.search("[A-Za-z]", question.label.en), question.name
            assert question.label.zh != question.label.en, question.name


def test_every_choice_is_in_both_languages_and_its_code_is_there_once(key):
    for column in columns(key):
        codes = [code for code, _ in column.choices]
        assert len(codes) == len(set(codes)), column.name
        assert all(words.zh and words.en and words.zh != words.en for _, words in column.choices), column.name


def test_the_national_code_lists_are_complete(key):
    for column in columns(key):
        if column.name in CODES:
            assert {code for code, _ in column.choices} == CODES[column.name], column.name


def test_every_rule_has_words_for_its_breach(key):
    assert [q.name for q in library(key)[1].root.walk() if q.constraint and not q.constraint_message] == []


def test_exactly_the_personal_questions_are_marked(key):
    assert {column.name for column in columns(key) if column.personal} == PERSONAL[key]


def test_the_form_says_what_it_is(key):
    data, form = library(key)
    assert form.key == key
    assert form.version
    assert re.fullmatch("[0-9a-f]{64}", form.digest)
    assert form.title.zh != form.title.en
    assert form.languages == ("zh", "en")
    assert form.person_repeat == "person"


def test_a_workbook_is_read_once(key):
    assert library(key)[1] is library(key)[1]


def test_the_id_rule_in_the_workbook_uses_only_functions_of_the_odk_specification(key):
    xform = convert(io.BytesIO(library(key)[0]), file_type=".xlsx").xform
    bind = next(b for b in etree.fromstring(xform.encode()).iter("{*}bind") if b.get("nodeset", "").endswith("id_number"))
    used = set(re.findall(r"([a-z-]+)\(", re.sub(r"'[^']*'", "", bind.get("constraint"))))
    assert used <= {"if", "regex", "selected-at", "substr", "translate", "format-date", "not", "and", "or"}
