"""What a workbook asks for and a page, or nobody, can do: named in a warning or refused in words, never dropped in silence."""
import pytest

from forms.browser import lacks
from forms.form import FormError
from tests.forms_inline import checked, form
from tests.test_forms_model import begin, value

TEXT = "| type | name | label |\n| text | a | A |"


def warned(loaded) -> list[tuple]:
    return [(problem.sheet, problem.row, problem.column) for problem in loaded.warnings]


def refused(survey: str, **sheets: str):
    with pytest.raises(FormError) as found:
        form(survey, **sheets)
    return found.value.problems


def test_answers_of_the_form_before_are_not_carried_over_and_a_warning_says_so():
    loaded = form("| type | name | label | default |\n| text | a | A | ${last-saved#a} |")
    assert ("survey", 2, "default") in warned(loaded) and checked(loaded).answers == {}


def test_settings_that_mean_nothing_and_rows_below_the_first_are_named():
    loaded = form(TEXT, settings="| form_id | colour | attribute::x | sms_keyword |\n| f | red | 1 | k |\n| g | | | |")
    assert [place for place in warned(loaded) if place[0] == "settings"] == [("settings", 1, "colour"), ("settings", 3, "")]


def test_a_trigger_that_reaches_into_a_repeat_is_named_and_filled_on_the_server():
    loaded = form("""
        | type | name | label | calculation | trigger |
        | text | a | A | | |
        | begin_repeat | r | R | | |
        | text | b | B | concat(${a}, '!') | ${a} |
        | text | c | C | concat(${b}, '!') | ${b} |
        | end_repeat | | | | |""")
    assert warned(loaded) == [("survey", 2, "trigger")] and lacks(loaded) == ("targets",)


def test_the_position_of_a_repeat_is_that_of_the_entry_around_the_question():
    loaded = form("""
        | type | name | label | calculation |
        | begin_repeat | r | R | |
        | text | a | A | |
        | begin_group | g | G | |
        | calculate | p | | position(${r}) |
        | end_group | | | |
        | end_repeat | | | |""")
    assert [each["p"] for each in checked(loaded, r=[{"a": "x"}, {"a": "y"}]).answers["r"]] == ["1", "2"]


def test_a_list_that_the_form_does_not_have_is_named():
    loaded = form("| type | name | label | calculation |\n| text | a | A | |\n| calculate | c | | count(instance('zz')/root/item) |")
    assert warned(loaded) == [("survey", 3, "calculation")] and "zz" in loaded.warnings[0].cause.zh


def test_choices_without_a_list_and_names_that_apps_cannot_read_are_named():
    loaded = form("| type | name | label |\n| text | 姓名 | A |\n| select_one l | b | B |",
                  choices="| list_name | name | label |\n| l | x | X |\n| | y | Y |")
    assert ("choices", 3, "list_name") in warned(loaded) and ("survey", 2, "name") in warned(loaded)


def test_a_type_in_capitals_is_told_how_it_is_written():
    found = refused("| type | name | label |\n| Text | a | A |\n| SELECT_ONE l | b | B |",
                    choices="| list_name | name | label |\n| l | x | X |")
    assert [problem.remedy.en.rsplit(" ", 1)[1] for problem in found] == ["text", "select_one"]


def test_a_recording_that_the_first_language_lacks_is_named():
    loaded = form("| type | name | label::en | label::zh | audio::zh | image::en |\n| text | a | A | 甲 | z.mp3 | e.png |")
    assert [place for place in warned(loaded) if place[2].startswith(("audio", "image"))] == [("survey", 2, "audio::zh")]


def test_words_of_external_choices_in_a_second_language_are_named():
    loaded = form("| type | name | label | choice_filter |\n| select_one_external c | q | Q | st='1' |",
                  external_choices="| list_name | name | label::en | label::zh | st |\n| c | a | A | 甲 | 1 |")
    assert ("external_choices", 1, "") in warned(loaded)


def test_words_show_nothing_for_a_number_that_is_none_and_decimals_without_idle_zeros():
    state = begin("<q/><n/><m/>", "<bind nodeset='/data/q' type='decimal'/><bind nodeset='/data/m' calculate='/data/q'/>",
                  "<input ref='/data/q'/><input ref='/data/n'><label>So <output value='/data/q * 2'/>.</label></input>")
    assert state.state()["/data/n"]["label"] == "So ."
    state.set("/data/q", "1.50")
    assert state.state()["/data/n"]["label"] == "So 3." and (value(state, "/data/q"), value(state, "/data/m")) == ("1.5", "1.5")


def test_small_numbers_and_positions_are_written_as_engines_write_them():
    state = begin("<q/><g/><t/>", "<bind nodeset='/data/q' type='decimal'/><bind nodeset='/data/g' type='geopoint'/>"
                  "<bind nodeset='/data/t' type='geotrace'/>", "<input ref='/data/q'/><input ref='/data/g'/><input ref='/data/t'/>")
    for name, given, kept in (("q", "0.000010", "0.00001"), ("q", "2.00", "2.0"), ("g", "1.50 -2", "1.5 -2.0 0.0 0.0"),
                              ("t", "1.50 2;3 4 0.00001 0", "1.5 2.0 0.0 0.0;3.0 4.0 0.00001 0.0")):
        state.set(f"/data/{name}", given)
        assert value(state, f"/data/{name}") == kept


COUNTED = "<input ref='/data/n'/>" \
          "<group ref='/data/r'><repeat nodeset='/data/r' jr:count='/data/n'><input ref='/data/r/a'/></repeat></group>"


def test_who_clears_a_count_to_correct_it_loses_no_entries():
    state = begin("<n>2</n><r><a/></r>", "<bind nodeset='/data/n' type='int'/>", COUNTED)
    state.set("/data/r[2]/a", "kept")
    state.set("/data/n", "")
    state.set("/data/n", "3")
    assert [value(state, f"/data/r[{number}]/a") for number in (1, 2, 3)] == ["", "kept", ""]
    state.set("/data/n", "0")
    assert "/data/r[1]" not in state.state()
    assert "/data/r[1]" not in begin("<n/><r><a/></r>", "<bind nodeset='/data/n' type='int'/>", COUNTED).state()


def test_a_scale_keeps_a_default_between_its_steps_and_nothing_beyond_its_ends():
    scale = "<range ref='/data/q' start='-5' end='7' step='0.5'/>"
    for given, kept in (("1.25", "1.25"), ("8", "")):
        assert value(begin(f"<q>{given}</q>", "<bind nodeset='/data/q' type='decimal'/>", scale), "/data/q") == kept


REPEAT = "| type | name | label |\n| begin_repeat | r | R |\n| text | n | N |\n| end_repeat | | |\n"


@pytest.mark.parametrize("survey, sheets, row, column", [
    ("| type | name | label |\n| select_one_external c | q | Q |", {"external_choices": "| list_name | name | label |\n| c | a | A |"},
     2, "choice_filter"),
    (REPEAT + "| select_one ${n} | p | P |\n| select_multiple ${n} | q | Q |", {}, 6, "type"),
    ("| type | name | label |\n| select_one_from_file a.csv | p | P |\n| select_one_from_file a.xml | q | Q |", {}, 0, "type"),
    ("| type | name | label | calculation | trigger |\n| text | a | A | | |\n| calculate | b | | 1 | |\n| calculate | c | | 2 | ${b} |", {},
     0, "trigger"),
    ("| type | name | label | media::smell |\n| text | a | A | x |", {}, 0, ""),
    ("| type | name | label |\n| text | a | A |\n| background-geopoint | b | |", {}, 3, "trigger"),
    ("| type | name | label | parameters |\n| audit | | | location-priority=balanced |\n| text | a | A | |", {}, 0, "parameters"),
    (TEXT, {"entities": "| list_name |\n| people |"}, 2, "label"),
    (TEXT, {"entities": "| list_name | label |\n| people | ${a} |\n| trees | ${a} |"}, 3, ""),
])
def test_a_mistake_is_explained_in_chinese_with_its_place(survey, sheets, row, column):
    [problem] = refused(survey, **sheets)
    assert (problem.row, problem.column) == (row, column)
    assert "只有英文说明" not in problem.cause.zh and "Error" not in problem.cause.zh


@pytest.mark.parametrize("more", ["", "| calculate | n | | count(../a) + position(..) * 0 |"])
def test_a_date_reckoned_from_no_answer_is_none(more):
    loaded = form(f"""
        | type | name | label | calculation |
        | date | a | A | |
        | calculate | b | | date(decimal-date-time(${{a}}) + 30) |
        {more}""")
    assert "b" not in checked(loaded).answers and checked(loaded, a="2020-01-01").answers["b"] == "2020-01-31"
