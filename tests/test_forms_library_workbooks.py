"""The workbooks of the bundled forms, as files that people open and ODK clients take: read without the form engine."""
import io
import os
import re
import shutil
import subprocess
from functools import cache
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from pyxform.xls2xform import convert

from forms.form import LIBRARY
from tests.library_codes import COARSE_RELATIONS, NATIONAL, RELATIONS

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "forms" / "library"
ZH, EN = "中文 (zh)", "English (en)"
CJK = re.compile("[\u3400-\u9fff]")
WITHOUT_WORDS = {"end_group", "end_repeat"}
CONTACT = {"contact_name", "contact_phone"}
PERSONAL = {
    "housing-census": CONTACT | {"needs_help", "needs_help_kind", "suggestion", "name", "id_number", "birth_date"},
    "spring-check": CONTACT | {"suggestion", "name", "id_number", "birth_date"},
    "building-listing": {"username", "photo_outside", "remark"},
    "legal-entity": CONTACT | {"username", "door_code", "photo_outside", "remark"},
    "incident-report": CONTACT | {"username", "photo", "photo_2", "description"},
    "fire-inspection": {"username", "door_code", "other_hazards", "photo", "photo_after", "remark"},
    "stairwell-sheet": {"username", "name", "contact_phone", "photo", "description", "remark"},
    "move-report": {"username", "remark"},
    "work-register": CONTACT | {"username", "description", "workers", "result_note"},
    "spot-recheck": {"username", "door_code", "name", "birth_date", "remark"},
    "publicity-log": {"username", "photo", "remark"},
    "suggestion": CONTACT | {"suggestion", "photo"},
}
# Texts that name a place, an organisation or a piece of work, never a person.
IMPERSONAL_TEXTS = {"community", "compound", "building", "unit", "room", "address", "building_code", "dwelling_code", "entity_name",
                    "credit_code", "register_no", "sample_no", "team"}
# Lists of one name that serve different questions in different forms.
OWN_LISTS = {"status", "visit_outcome", "hazard_kind"}
NEVER_ASKED = re.compile("计划生育|宗教|信仰|上访|信访|前科|犯罪|吸毒|病史|患病|政治面貌|党员|纳税|工资"
                         "|belief|religio|petition|crimin|convict|addict|illness|disease|family planning|politic|tax|\bwage", re.I)


@cache
def book(key):
    return openpyxl.load_workbook(FOLDER / f"{key}.xlsx")


@cache
def rows(key, sheet="survey"):
    lines = list(book(key)[sheet].iter_rows(values_only=True))
    return [dict(zip(lines[0], (value if value is not None else "" for value in line))) for line in lines[1:]]


def questions(key):
    return [row for row in rows(key) if row["type"] not in WITHOUT_WORDS]


def kind(row):
    return row["type"].split()[0]


def lists(key):
    found = {}
    for row in rows(key, "choices"):
        found.setdefault(row["list_name"], []).append(row)
    return found


@cache
def xform(key):
    warnings = []
    converted = convert(io.BytesIO((FOLDER / f"{key}.xlsx").read_bytes()), warnings=warnings, file_type=".xlsx")
    return converted.xform, warnings


each_form = pytest.mark.parametrize("key", LIBRARY)


def test_the_folder_holds_exactly_the_forms_that_are_listed():
    assert {item.name for item in files("forms").joinpath("library").iterdir()} == {f"{key}.xlsx" for key in LIBRARY}


@each_form
def test_pyxform_converts_it_without_a_warning(key):
    assert xform(key)[1] == []


@each_form
@pytest.mark.skipif(not shutil.which("java") and not os.environ.get("CI"), reason="no java here to run ODK Validate")
def test_odk_validate_accepts_it(key, tmp_path):
    import pyxform
    jar = next(Path(pyxform.__file__).parent.rglob("ODK_Validate.jar"))
    (tmp_path / "form.xml").write_text(xform(key)[0], encoding="utf-8")
    done = subprocess.run(["java", "-Xmx256m", "-jar", jar, tmp_path / "form.xml"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "Xform is valid" in done.stdout + done.stderr, done.stderr[-2000:]


@each_form
def test_odk_clients_see_only_the_questions_and_their_lists(key):
    tree = etree.fromstring(xform(key)[0].encode())
    instances = {element.get("id") for element in tree.iter("{*}instance") if element.get("id")}
    assert instances == set(lists(key))


@each_form
def test_every_list_is_used_and_every_used_list_is_there(key):
    used = {row["type"].split()[1] for row in rows(key) if kind(row).startswith("select_")}
    assert used == set(lists(key))


@each_form
@pytest.mark.parametrize("column", ["label", "hint", "constraint_message"])
def test_its_words_are_in_both_languages(key, column):
    for row in questions(key):
        zh, en = row[f"{column}::{ZH}"], row[f"{column}::{EN}"]
        assert bool(zh) == bool(en), row["name"]
        assert not zh or CJK.search(zh) and not CJK.search(en), row["name"]


@each_form
def test_every_question_group_and_note_has_a_label(key):
    assert [row["name"] for row in questions(key) if not row[f"label::{ZH}"]] == []


@each_form
def test_every_rule_says_how_to_mend_its_breach(key):
    assert [row["name"] for row in rows(key) if bool(row["constraint"]) != bool(row[f"constraint_message::{ZH}"])] == []


@each_form
def test_its_choices_are_in_both_languages_and_each_code_is_there_once(key):
    for name, items in lists(key).items():
        codes = [str(item["name"]) for item in items]
        assert len(codes) == len(set(codes)) and not any(re.search(r"\s", code) for code in codes), name
        assert all(item[f"label::{ZH}"] and item[f"label::{EN}"] != item[f"label::{ZH}"] for item in items), name
        assert not any(CJK.search(item[f"label::{EN}"]) for item in items), name


@each_form
def test_codes_with_a_leading_zero_are_kept_as_text(key):
    assert [item["name"] for item in rows(key, "choices") if not isinstance(item["name"], str)] == []


@each_form
def test_the_national_code_lists_are_complete(key):
    for name, items in lists(key).items():
        if name in NATIONAL:
            assert {item["name"] for item in items} == NATIONAL[name], name


def test_relations_are_of_the_national_list_and_leave_none_of_it_out():
    asked = {item["name"] for item in lists("housing-census")["relation"]}
    assert asked == set(COARSE_RELATIONS.values()) <= RELATIONS
    assert set(COARSE_RELATIONS) == RELATIONS


def test_the_whole_national_list_of_relations_lies_ready_in_the_census_workbook():
    sheet = list(book("housing-census")["GB-T 4761"].iter_rows(min_row=2, values_only=True))
    assert {code: coarse for _, code, _, _, coarse in sheet} == COARSE_RELATIONS
    assert all(name == "relation" and CJK.search(zh) and not CJK.search(en) for name, _, zh, en, _ in sheet)


@each_form
def test_exactly_the_personal_questions_are_marked(key):
    assert {row["name"] for row in rows(key) if row["personal"] == "yes"} == PERSONAL[key]


@each_form
def test_free_text_photos_accounts_and_door_codes_are_personal(key):
    open_ = {row["name"] for row in rows(key) if kind(row) in ("text", "image", "username", "barcode")} - IMPERSONAL_TEXTS
    assert open_ - PERSONAL[key] == set()


@each_form
def test_what_is_left_out_on_purpose_is_not_asked(key):
    said = [row[f"{column}::{language}"] for row in questions(key) if kind(row) != "note"
            for column in ("label", "hint") for language in (ZH, EN)]
    said += [item[f"label::{language}"] for item in rows(key, "choices") for language in (ZH, EN)]
    assert [words for words in said if NEVER_ASKED.search(words)] == []


def test_a_name_means_the_same_in_every_form():
    seen = {}
    for key in LIBRARY:
        for row in questions(key):
            if kind(row) not in ("begin_group", "note"):
                seen.setdefault(row["name"], set()).add((row["type"], row["personal"], row.get("check") or ""))
    assert {name: kinds for name, kinds in seen.items() if len(kinds) > 1} == {}


def test_a_list_offers_the_same_codes_in_every_form():
    seen = {}
    for key in LIBRARY:
        for name, items in lists(key).items():
            seen.setdefault(name, set()).add(tuple(item["name"] for item in items))
    assert {name for name, codes in seen.items() if len(codes) > 1} <= OWN_LISTS


def test_there_are_6_classes_and_14_aspects_of_concerns_and_no_class_is_empty():
    found = lists("suggestion")
    classes = {item["name"] for item in found["concern_class"]}
    assert len(classes) == 6
    assert len(found["concern_aspect"]) == 14
    assert {item["class"] for item in found["concern_aspect"]} == classes


@pytest.mark.parametrize("key", ["incident-report", "stairwell-sheet"])
def test_every_class_of_incident_has_kinds_to_choose_from(key):
    found = lists(key)
    assert {item["class"] for item in found["incident_kind"]} == {item["name"] for item in found["incident_class"]}


def test_the_code_mismatches_are_those_of_code_upkeep():
    assert {item["name"] for item in lists("building-listing")["code_mismatch"]} == {
        "none", "not_on_file", "not_built", "wrong_position", "wrong_outline"}


@each_form
def test_every_expression_keeps_to_functions_of_the_odk_specification(key):
    known = {"if", "regex", "selected", "selected-at", "count-selected", "substr", "substring-before", "string-length", "translate",
             "format-date", "not", "and", "or", "number", "today", "now", "count", "sum", "coalesce", "concat", "int", "decimal-date-time",
             "mod", "div"}
    columns = ("relevant", "constraint", "required", "calculation", "choice_filter", "default")
    cells = [re.sub(r"'[^']*'", "''", row.get(column) or "") for row in rows(key) for column in columns]
    assert {name for cell in cells for name in re.findall(r"([a-z][a-z-]*)\s*\(", cell)} <= known


@each_form
def test_the_settings_name_the_form_its_version_and_its_language(key):
    settings = rows(key, "settings")[0]
    assert settings["form_id"] == key
    assert re.fullmatch(r"20\d{8}", str(settings["version"]))
    assert settings["default_language"] == ZH
    assert CJK.search(settings["title_zh"]) and not CJK.search(settings["title_en"])


@each_form
def test_the_workbook_is_comfortable_to_read(key):
    survey = book(key)["survey"]
    assert survey.freeze_panes == book(key)["choices"].freeze_panes == "C2"
    assert all(survey.column_dimensions[cell.column_letter].width >= 10 for cell in survey[1])
    for row in survey.iter_rows(min_row=2):
        assert (row[0].fill.fill_type == "solid") == bool(re.match("(begin|end)_|note|calculate|start|end|username", row[0].value))


@each_form
def test_the_workbook_explains_itself_in_both_languages(key):
    sheet = list(book(key)["说明 Instructions"].iter_rows(min_row=2, values_only=True))
    assert len(sheet) > 12
    assert all(CJK.search(zh) and en and not CJK.search(en) for zh, en in sheet)


@each_form
def test_the_workbook_holds_no_formula(key):
    assert [cell.coordinate for sheet in book(key) for line in sheet.iter_rows() for cell in line if cell.data_type == "f"] == []


@pytest.mark.parametrize("page,language", [("docs/forms.md", EN), ("docs/forms.zh.md", ZH)])
@each_form
def test_the_documentation_has_a_line_for_every_question(key, page, language):
    text = (ROOT / page).read_text(encoding="utf-8")
    section = text.split(f"\n## {key}\n")[1].split("\n## ")[0]
    lines = {(cells[1].strip(), cells[2].strip()) for cells in (line.split("|") for line in section.splitlines()) if len(cells) > 3}
    for row in questions(key):
        if kind(row) not in ("note", "begin_group", "begin_repeat"):
            assert (row[f"label::{language}"], f"`{row['name']}`") in lines
