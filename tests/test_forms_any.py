"""Any XLSForm: its types, its repeats inside repeats, and answers that come back as they went."""
from forms.answers import from_post, to_post
from forms.conformance.filler import answers_for
from forms.form import form_from_xform
from forms.submission import from_xml, meta_of, to_xml
from tests.forms_inline import checked, form, said

EVERYTHING = """
| type                   | name  | label | appearance | parameters         |
| text                   | t     | T     | multiline  |                    |
| integer                | i     | I     |            |                    |
| decimal                | de    | De    |            |                    |
| select_one l           | s     | S     |            |                    |
| select_one l or_other  | so    | So    |            |                    |
| select_multiple l      | sm    | Sm    | minimal    | randomize=true     |
| rank l                 | ra    | Ra    |            |                    |
| range                  | rg    | Rg    |            | start=1 end=9 step=1 |
| date                   | d     | D     |            |                    |
| time                   | ti    | Ti    |            |                    |
| dateTime               | dt    | Dt    |            |                    |
| note                   | no    | No    |            |                    |
| acknowledge            | ac    | Ac    |            |                    |
| hidden                 | h     |       |            |                    |
| geopoint               | gp    | Gp    |            |                    |
| geotrace               | gt    | Gt    |            |                    |
| geoshape               | gs    | Gs    |            |                    |
| image                  | im    | Im    | signature  | max-pixels=640     |
| audio                  | au    | Au    |            |                    |
| video                  | vi    | Vi    |            |                    |
| file                   | fi    | Fi    |            |                    |
| barcode                | ba    | Ba    |            |                    |
| start                  | start |       |            |                    |
| end                    | end   |       |            |                    |
| today                  | today |       |            |                    |
| deviceid               | dev   |       |            |                    |
| username               | user  |       |            |                    |
| phonenumber            | tel   |       |            |                    |
| audit                  | audit |       |            |                    |
"""
CHOICES = """
| list_name | name | label |
| l         | 01   | One   |
| l         | b    | B     |
"""
NESTED = """
| type         | name  | label | required |
| text         | who   | Who   |          |
| begin_repeat | r     | R     |          |
| text         | name  | Name  | yes      |
| begin_group  | g     | G     |          |
| integer      | n     | N     |          |
| end_group    |       |       |          |
| begin_repeat | s-1   | S     |          |
| text         | name  | Name  |          |
| date         | day-2 | Day   |          |
| end_repeat   |       |       |          |
| end_repeat   |       |       |          |
| begin_repeat | other | O     |          |
| text         | a     | A     |          |
| end_repeat   |       |       |          |
"""
FAMILY = {"who": "x", "r": [
    {"name": "甲", "n": "3", "s-1": [{"name": "乙", "day-2": "2001-02-03"}, {"name": "+00 1"}]}, {"name": "丁"}],
    "other": [{"a": "1"}, {"a": "02"}]}


def there_and_back(loaded, answers):
    return from_xml(loaded, to_xml(loaded, answers, instance_id="uuid:1"))


def posted(loaded, answers):
    fields: dict = {}
    for name, one in to_post(loaded, answers):
        fields.setdefault(name, []).append(one)
    return from_post(loaded, fields)


def test_every_type_is_read_kept_and_comes_back_the_same():
    loaded = form(EVERYTHING, choices=CHOICES)
    raw = answers_for(loaded)
    del raw["so_other"]  # asked only when "other" is chosen
    result = checked(loaded, **posted(loaded, raw))
    assert result.errors == []
    assert {name: raw[name] for name in raw if result.answers.get(name) != raw[name]} == {"de": "12.50"}
    assert result.answers["de"] == "12.5"
    assert checked(loaded, **there_and_back(loaded, result.answers)).answers == result.answers


def test_text_with_newlines_blanks_inside_rare_characters_and_signs_survives():
    loaded = form(EVERYTHING, choices=CHOICES)
    text = "第一行\n  𠮷 & <b> \"'\t007 +86 ]]>"
    assert there_and_back(loaded, {"t": text, "ba": "0012"}) == {"t": text, "ba": "0012"}


def test_repeats_inside_repeats_come_back_from_a_post_and_from_xml():
    loaded = form(NESTED)
    result = checked(loaded, **posted(loaded, FAMILY))
    assert result.errors == []
    assert result.answers == FAMILY
    assert there_and_back(loaded, FAMILY) == FAMILY


def test_an_error_deep_inside_names_its_place():
    loaded = form(NESTED)
    wrong = {"r": [{"name": "甲", "s-1": [{"name": "a"}, {"day-2": "soon"}]}, {"n": "1"}]}
    assert list(said(checked(loaded, **wrong))) == [("r", 0, "s-1", 1, "day-2"), ("r", 1, "name")]


def test_two_questions_of_one_name_are_told_apart_by_their_groups():
    loaded = form("""
        | type        | name | label |
        | begin_group | g    | G     |
        | text        | a    | A     |
        | end_group   |      |       |
        | begin_group | h    | H     |
        | text        | a    | A     |
        | text        | b    | B     |
        | end_group   |      |       |""")
    answers = {"g/a": "1", "h/a": "2", "b": "3"}
    assert checked(loaded, **posted(loaded, answers)).answers == answers
    assert there_and_back(loaded, answers) == answers


def test_a_choice_that_is_not_offered_for_these_answers_is_refused():
    loaded = form("""
        | type         | name | label | choice_filter |
        | text         | a    | A     |               |
        | select_one l | b    | B     | k = ${a}      |""", choices="""
        | list_name | name | label | k |
        | l         | x    | X     | 1 |
        | l         | y    | Y     | 2 |""")
    assert checked(loaded, a="2", b="y").answers == {"a": "2", "b": "y"}
    assert said(checked(loaded, a="1", b="y")) == {("b",): "That choice is not in the list; please choose again"}


def test_what_a_device_put_there_stands():
    loaded = form("""
        | type      | name  | label | calculation     |
        | start     | start |       |                 |
        | calculate | dice  |       | once(random())  |
        | text      | a     | A     |                 |""")
    sent = {"a": "x", "start": "2026-03-01T08:00:00.000+08:00", "dice": "0.25"}
    assert checked(loaded, **sent).answers == sent


def test_a_position_that_is_none_a_folder_in_a_file_name_and_a_wrong_time_are_refused():
    loaded = form(EVERYTHING, choices=CHOICES)
    wrong = said(checked(loaded, gp="91 0", im="../../etc/passwd", ti="25:00", dt="yesterday", gs="1 2;3 4"))
    assert set(wrong) == {("gp",), ("im",), ("ti",), ("dt",), ("gs",)}


def test_names_that_python_or_wtforms_know_are_just_names():
    loaded = form("""
        | type | name       | label |
        | text | validate   | A     |
        | text | data       | B     |
        | text | errors     | C     |
        | text | csrf_token | D     |
        | text | _x         | E     |""")
    answers = {"validate": "1", "data": "2", "errors": "3", "csrf_token": "4", "_x": "5"}
    assert checked(loaded, **posted(loaded, answers)).answers == answers
    raw = from_xml(loaded, to_xml(loaded, answers, instance_id="uuid:1"))
    assert checked(loaded, **raw).answers == answers


def test_a_submission_says_its_id_and_which_it_replaces():
    loaded = form(NESTED)
    xml = to_xml(loaded, FAMILY, instance_id="uuid:2", deprecated_id="uuid:1", meta={"instanceName": "甲家"})
    assert meta_of(xml) == {"instanceID": "uuid:2", "deprecatedID": "uuid:1", "instanceName": "甲家"}


def test_the_xform_of_a_workbook_is_the_same_form():
    loaded = form(NESTED)
    again = form_from_xform(loaded.xform)
    assert [q.path for q in again.root.walk()] == [q.path for q in loaded.root.walk()]
    assert checked(again, **FAMILY).answers == FAMILY


def test_columns_of_each_part():
    loaded = form(NESTED)
    assert [column.name for column in loaded.columns("household")] == ["who"]
    assert [column.name for column in loaded.columns("person")] == ["name", "n"]
    assert [column.name for column in loaded.columns("r/s-1")] == ["name", "day-2"]
