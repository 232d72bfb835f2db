"""A workbook becomes a form, or is refused with every reason, by name and row."""
import io
import zipfile

import pytest

from forms.form import FormError, load
from tests.forms_inline import checked, form, said, workbook

SMALL = """
| type    | name | label  |
| integer | n    | Number |
"""


def problems(survey, **sheets):
    with pytest.raises(FormError) as refused:
        form(survey, **sheets)
    return refused.value.problems


def test_a_form_without_settings_takes_the_given_name_and_words_for_both_languages():
    loaded = form(SMALL)
    assert loaded.person_repeat is None
    assert loaded.columns("household")[0].label == ("Number", "Number")
    assert loaded.columns("person") == []


def test_an_unsupported_type_is_refused_by_name_and_row():
    found = problems(SMALL + "| image | pic | Photo |\n| geopoint | gp | Where |")
    assert [(p.row, p.sheet) for p in found] == [(3, "survey"), (4, "survey")]
    assert "image" in found[0].cause.en
    assert "geopoint" in found[1].cause.en


def test_an_unsupported_column_with_something_in_it_is_refused_by_name():
    found = problems("""
        | type | name | label | default |
        | text | a    | A     | x       |
        | text | b    | B     |         |""")
    assert [(p.row, "default" in p.cause.en) for p in found] == [(2, True)]


@pytest.mark.parametrize(("sheet", "table"), [
    ("entities", "| dataset |\n| trees |"), ("settings", "| public_key |\n| abc |"),
    ("choices", "| list_name | name | label | media::image |\n| l | x | X | x.png |"),
])
def test_what_other_sheets_hold_and_is_not_supported_is_refused_by_name(sheet, table):
    small = SMALL + ("| select_one l | s | S |" if sheet == "choices" else "")
    assert "not supported yet" in [p.cause.en for p in problems(small, **{sheet: table}) if p.sheet == sheet][0]


def test_a_column_that_means_nothing_is_named_in_a_warning():
    loaded = form("""
        | type | name | label | relevent  | appearance |
        | text | a    | A     | something | signature  |""")
    assert ["relevent" in w.cause.en for w in loaded.warnings] == [True, False]
    assert "signature" in loaded.warnings[1].cause.en


def test_a_disabled_row_is_left_out():
    assert [c.name for c in form("""
        | type  | name | label | disabled |
        | text  | a    | A     |          |
        | image | b    | B     | yes      |""").columns("household")] == ["a"]


def test_a_function_that_is_missing_is_refused_by_name():
    found = problems("""
        | type | name | label | relevant        |
        | text | a    | A     |                 |
        | text | b    | B     | mean(${a}) > 1  |""")
    assert "mean()" in found[0].cause.en
    assert found[0].row == 3


def test_an_unknown_reference_is_refused():
    assert "nosuch" in problems("""
        | type | name | label | relevant       |
        | text | b    | B     | ${nosuch} = 1  |""")[0].cause.en


def test_questions_that_depend_on_each_other_are_refused():
    found = problems("""
        | type | name | label | relevant     |
        | text | a    | A     | ${b} = 'x'   |
        | text | b    | B     | ${a} = 'x'   |""")
    assert "without end" in found[0].cause.en


def test_the_same_name_in_two_groups_is_refused():
    found = problems("""
        | type        | name | label |
        | begin_group | g    | G     |
        | text        | a    | A     |
        | end_group   |      |       |
        | begin_group | h    | H     |
        | text        | a    | A     |
        | end_group   |      |       |""")
    assert "used twice" in found[0].cause.en


def test_a_second_repeat_is_refused_by_name():
    found = problems("""
        | type         | name | label |
        | begin_repeat | r    | R     |
        | text         | a    | A     |
        | end_repeat   |      |       |
        | begin_repeat | s    | S     |
        | text         | b    | B     |
        | end_repeat   |      |       |""")
    assert "second repeat" in found[0].cause.en


def test_a_choice_filter_is_refused_rather_than_ignored():
    found = problems("""
        | type         | name | label | choice_filter |
        | text         | a    | A     |               |
        | select_one l | b    | B     | k = ${a}      |""",
                     choices="""
        | list_name | name | label | k |
        | l         | x    | X     | 1 |""")
    assert "choice filter" in found[0].cause.en


def test_a_label_that_repeats_an_answer_is_refused():
    found = problems("""
        | type | name | label::English (en) |
        | text | a    | A                   |
        | text | b    | Hello ${a}          |""")
    assert "label refers to an answer" in found[0].cause.en


def test_an_unknown_check_is_refused():
    assert "column check" in problems("""
        | type | name | label | check |
        | text | a    | A     | luck  |""")[0].cause.en


def test_a_refusal_reads_as_sentences_in_both_languages():
    with pytest.raises(FormError) as refused:
        form(SMALL + "| image | pic | Photo |")
    assert "Sheet survey, row 3: the question type “image” is not supported yet." in refused.value.text.en
    assert "第 3 行" in refused.value.text.zh


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(FormError, match="without a password"):
        load(data, "x")


def test_a_workbook_cut_short_is_refused():
    with pytest.raises(FormError):
        load(workbook(survey=SMALL)[:-200], "x")


def test_a_zip_without_a_workbook_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FormError, match="no Excel file"):
        load(out.getvalue(), "x")


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    out = io.BytesIO(workbook(survey=SMALL))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(70 * 1024 * 1024))
    with pytest.raises(FormError, match="too large"):
        load(out.getvalue(), "x")


def test_an_empty_workbook_is_refused():
    with pytest.raises(FormError, match="no questions"):
        load(workbook(other="| a |"), "x")


def test_a_workbook_with_too_many_rows_is_refused():
    with pytest.raises(FormError, match="more than"):
        form(SMALL + "".join(f"| text | t{i} | T |\n" for i in range(5001)))


def test_other_words_for_types_are_understood():
    loaded = form("""
        | type            | name | label |
        | string          | a    | A     |
        | int             | b    | B     |
        | select one l    | c    | C     |""", choices="""
        | list_name | name | label |
        | l         | x    | X     |""")
    assert [column.type for column in loaded.columns("household")] == ["text", "integer", "select_one"]
    assert loaded.choices("l") == [("x", ("X", "X"))]


def test_calculations_follow_what_they_depend_on_whatever_the_order_of_rows():
    loaded = form("""
        | type      | name   | label | calculation       | relevant   |
        | calculate | double |       | ${sum} * 2        |            |
        | calculate | sum    |       | ${a} + ${b}       |            |
        | integer   | a      | A     |                   |            |
        | integer   | b      | B     |                   | ${a} = 1   |""")
    assert checked(loaded, a="1", b="5").answers["double"] == "12"


def test_an_answer_that_is_not_asked_counts_as_empty_for_those_that_depend_on_it():
    loaded = form("""
        | type | name | label | relevant     |
        | text | c    | C     | ${b} = 'y'   |
        | text | b    | B     | ${a} = 'y'   |
        | text | a    | A     |              |""")
    assert checked(loaded, a="n", b="y", c="kept?").answers == {"a": "n"}


def test_a_group_that_is_not_asked_takes_its_repeat_with_it():
    loaded = form("""
        | type         | name | label | relevant   | required | calculation  |
        | text         | a    | A     |            |          |              |
        | begin_group  | g    | G     | ${a} = 'y' |          |              |
        | begin_repeat | r    | R     |            | yes      |              |
        | text         | b    | B     |            | yes      |              |
        | end_repeat   |      |       |            |          |              |
        | end_group    |      |       |            |          |              |
        | calculate    | n    |       |            |          | count(${r})  |""")
    assert checked(loaded, a="n", r=[{"b": "x"}]).answers == {"a": "n", "n": "0"}
    assert checked(loaded, a="y", r=[{"b": "x"}]).answers == {"a": "y", "n": "1", "r": [{"b": "x"}]}
    assert said(checked(loaded, a="y")) == {("r",): "Please fill in at least one person"}


def test_a_repeat_that_is_not_required_may_stay_empty():
    loaded = form("""
        | type         | name | label | required |
        | begin_repeat | r    | R     |          |
        | text         | b    | B     | yes      |
        | end_repeat   |      |       |          |""")
    assert checked(loaded, r=[{}]).errors == []


def test_required_may_be_an_expression():
    loaded = form("""
        | type | name | label | required     |
        | text | a    | A     |              |
        | text | b    | B     | ${a} = 'y'   |""")
    assert said(checked(loaded, a="y")) == {("b",): "Please answer this question"}
    assert said(checked(loaded, a="n")) == {}


def test_text_has_a_limit_of_its_kind():
    loaded = form("""
        | type | name | label | appearance |
        | text | a    | A     |            |
        | text | b    | B     | multiline  |""")
    assert set(said(checked(loaded, a="x" * 201, b="x" * 2001))) == {("a",), ("b",)}
    assert said(checked(loaded, a="x" * 200, b="x" * 2000)) == {}
