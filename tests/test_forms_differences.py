"""What was found by walking generated forms through ODK's two engines beside ours: one test a rule."""
import pytest

from forms.answers import validate
from forms.form import FormError
from forms.submission import from_xml
from tests.forms_inline import form
from tests.test_forms_model import NOW, begin, of, value

CHOICES = "| list_name | name | label |\n| abc | a | A |\n| abc | b | B |\n| abc | c | C |"
SELECT = "<select ref='/data/{0}'><item><label>A</label><value>a</value></item><item><label>B</label><value>b</value></item>" \
         "<item><label>C</label><value>c</value></item></select>"


def test_what_is_not_a_number_is_no_answer_whether_it_was_calculated_or_set_by_a_trigger():
    state = of("""
        | type | name | label | calculation | trigger |
        | text | a | A | | |
        | calculate | sum | | ${a} + 1 | |
        | calculate | set | | ${a} + 1 | ${a} |
        | calculate | word | | concat('N', ${a}, 'N') | |""")
    state.set("/data/a", "a")
    assert (value(state, "/data/sum"), value(state, "/data/set"), value(state, "/data/word")) == ("", "", "NaN")
    state.set("/data/a", "4")
    assert (value(state, "/data/sum"), value(state, "/data/set")) == ("5", "5")


def test_a_calculation_from_other_answers_has_the_last_word_over_what_is_set_on_loading():
    state = begin("<a/><c/><d/>", "<bind nodeset='/data/c' calculate=\"concat('k', /data/a)\"/>",
                  "<input ref='/data/a'/><input ref='/data/c'/>",
                  "<setvalue event='odk-instance-first-load' ref='/data/c' value=\"'set'\"/>"
                  "<setvalue event='odk-instance-first-load' ref='/data/d' value='/data/c'/>")
    assert value(state, "/data/c") == "k"


def test_a_counted_repeat_that_nobody_is_asked_for_begins_empty_and_keeps_what_was_answered():
    state = of("""
        | type | name | label | relevant | repeat_count | default | calculation |
        | integer | n | N | | | 2 | |
        | integer | a | A | | | | |
        | begin_group | g | G | ${a} = 1 | | | |
        | begin_repeat | r | R | | ${n} + 0 | | |
        | text | z | Z | | | | |
        | end_repeat | | | | | | |
        | end_group | | | | | | |
        | calculate | seen | | | | | count(${r}) |""")
    assert value(state, "/data/seen") == "0"
    state.set("/data/a", 1)
    state.set("/data/g/r[2]/z", "kept")
    state.set("/data/a", 2)
    state.set("/data/a", 1)
    assert value(state, "/data/g/r[2]/z") == "kept" and value(state, "/data/seen") == "2"


def test_chosen_codes_stay_in_the_order_that_a_form_gave_them_and_a_person_gets_that_of_the_list():
    state = begin("<f>c a</f><s/><first/>", "<bind nodeset='/data/s' calculate=\"'c b x'\"/>"
                  "<bind nodeset='/data/first' calculate='selected-at(/data/f, 0)'/>", SELECT.format("f") + SELECT.format("s"))
    assert (value(state, "/data/f"), value(state, "/data/s"), value(state, "/data/first")) == ("c a", "c b", "c")
    state.set("/data/f", ["b", "a"])
    assert (value(state, "/data/f"), value(state, "/data/first")) == ("a b", "a")


@pytest.mark.parametrize("kind, given, kept", [
    ("int", "-2147483648", "-2147483648"), ("int", "-2147483649", ""), ("int", "2147483648", ""),
    ("decimal", "123456789012345678", "123456789012345680.0"), ("decimal", "-1e17", "-100000000000000000.0")])
def test_large_numbers_are_kept_up_to_the_bounds_of_the_type_and_without_an_exponent(kind, given, kept):
    state = begin("<a/>", f"<bind nodeset='/data/a' type='{kind}'/>", "<input ref='/data/a'/>")
    state.set("/data/a", given)
    assert value(state, "/data/a") == kept


def sent(survey: str, xml: str, choices: str = ""):
    """The verdict on a submission as a client writes it."""
    made = form(survey, **({"choices": choices} if choices else {}))
    return validate(made, from_xml(made, f"<data id='{made.key}'>{xml}</data>".encode()), today=NOW.date(), max_persons=9, now=NOW)


def test_a_default_that_was_taken_out_in_a_client_stays_out():
    survey = """
        | type | name | label | default |
        | date | a | A | date('2020-02-02') |
        | text | b | B | dd |
        | select_multiple abc | c | C | a |
        | text | d | D | dd |"""
    assert sent(survey, "<a/><b/><c/>", CHOICES).answers == {"d": "dd"}
    assert sent(survey, "<a>2021-01-01</a><b>x</b><c>b</c><d/>", CHOICES).answers == {"a": "2021-01-01", "b": "x", "c": ["b"]}


def test_what_a_trigger_did_not_set_in_a_client_stays_empty():
    survey = """
        | type | name | label | calculation | trigger |
        | integer | a | A | | |
        | calculate | b | | ${a} + 1 | ${a} |"""
    assert sent(survey, "<a>3</a><b>4</b>").answers == {"a": "3", "b": "4"}
    assert sent(survey, "<a>3</a><b/>").answers == {"a": "3"}
    assert sent(survey, "<a>3</a><b>9</b>").answers == {"a": "3", "b": "9"}


def test_a_repeat_that_is_not_asked_for_counts_the_same_when_it_is_judged_as_when_it_was_filled():
    survey = """
        | type | name | label | relevant | choice_filter |
        | integer | n | N | | |
        | begin_repeat | r | R | ${n} > 0 | |
        | text | z | Z | | |
        | end_repeat | | | | |
        | select_one abc | c | C | | ${z} = '' or name = 'c' |"""
    result = sent(survey, "<n>0</n><c>a</c>", CHOICES)
    assert (result.answers, result.errors) == ({"n": "0", "c": "a"}, [])


REPEAT = "<input ref='/data/n'/><group ref='/data/r'><repeat nodeset='/data/r'{}><input ref='/data/r/a'/></repeat></group>"


@pytest.mark.parametrize("instance, begun, added", [
    ("<r><a>7</a></r>", ["7"], ""), ("<r><a>7</a></r><r><a>8</a></r>", ["7", "8"], ""),
    ("<r xmlns:jr='http://openrosa.org/javarosa' jr:template=''><a>7</a></r><r><a>8</a></r>", ["8"], "7")])
def test_only_a_template_gives_new_instances_their_defaults(instance, begun, added):
    state = begin(f"<n/>{instance}", "", REPEAT.format(""))
    assert [value(state, f"/data/r[{number}]/a") for number in range(1, len(begun) + 1)] == begun
    assert value(state, state.add_repeat("/data/r") + "/a") == added


def test_counted_instances_begin_as_the_form_holds_them_and_further_ones_empty():
    state = begin("<n/><r><a>7</a></r><r><a>8</a></r>", "<bind nodeset='/data/n' type='int'/>", REPEAT.format(" jr:count='/data/n'"))
    state.set("/data/n", 3)
    assert [value(state, f"/data/r[{number}]/a") for number in (1, 2, 3)] == ["7", "8", ""]


def test_a_heading_with_a_prefix_that_stands_for_nothing_is_named():
    table = "| type | name | label | bind::foo:bar |\n| text | a | A | x |"
    with pytest.raises(FormError) as refused:
        form(table)
    [problem] = refused.value.problems
    assert (problem.sheet, problem.row, problem.column) == ("survey", 1, "bind::foo:bar") and "foo" in problem.cause.zh
    assert form(table, settings='| namespaces |\n| foo="http://example.org/foo" |').questions[0].name == "a"
