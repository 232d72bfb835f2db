"""One filling of a form: what is asked, required, calculated, offered and wrong, after each answer."""
from datetime import UTC, datetime

import pytest

from forms.model.evaluation import Context
from forms.model.names import JAVAROSA, OPENROSA, XFORMS, XHTML
from forms.model.reading import read
from forms.model.state import EndlessForm, State
from forms.model.writing import NotWritable, WrongInstance
from tests.forms_inline import form

NOW = datetime(2026, 3, 10, 14, 5, tzinfo=UTC)


def xform(instance: str, binds: str = "", body: str = "", more: str = "") -> bytes:
    return (f'<h:html xmlns="{XFORMS}" xmlns:h="{XHTML}" xmlns:jr="{JAVAROSA}" xmlns:orx="{OPENROSA}"><h:head><h:title>t</h:title>'
            f"<model>{more}<instance><data id='t'>{instance}</data></instance>{binds}</model></h:head>"
            f"<h:body>{body}</h:body></h:html>").encode()


def begin(*parts: str, xml: bytes | None = None, **options) -> State:
    definition = read(xform(*parts))
    assert definition.faults == []
    return State(definition, Context(now=NOW, seed=1), xml, **options)


def of(survey: str, **sheets: str) -> State:
    return State(form(survey, **sheets).definition, Context(now=NOW, seed=1))


def value(state: State, ref: str) -> str:
    return state.state()[ref]["value"]


def test_an_answer_that_is_not_asked_is_empty_to_others_left_out_and_remembered():
    state = of("""
        | type | name | label | relevant   | calculation |
        | text | a    | A     |            |             |
        | text | b    | B     | ${a} = 'y' |             |
        | calculate | c |     |            | concat('<', ${b}, '>') |""")
    state.set("/data/a", "y")
    state.set("/data/b", "kept")
    state.set("/data/a", "n")
    assert value(state, "/data/c") == "<>"
    assert b"<b>" not in state.serialise()
    state.set("/data/a", "y")
    assert value(state, "/data/c") == "<kept>"


def test_relevance_is_inherited():
    state = of("""
        | type        | name | label | relevant   |
        | text        | a    | A     |            |
        | begin_group | g    | G     | ${a} = 'y' |
        | text        | b    | B     |            |
        | end_group   |      |       |            |""")
    assert state.state()["/data/g/b"]["relevant"] is False
    state.set("/data/a", "y")
    assert state.state()["/data/g/b"]["relevant"] is True


def test_required_and_constraint_are_named_with_the_forms_own_words():
    state = of("""
        | type    | name | label | required | required_message | constraint | constraint_message   |
        | text    | who  | Who   |          |                  |            |                      |
        | integer | n    | N     | yes      | Please           | . > 10     | Too few, ${who}      |""")
    assert state.state()["/data/n"]["violation"] == {"condition": "required", "message": "Please"}
    state.set("/data/who", "Li")
    state.set("/data/n", 3)
    assert state.state()["/data/n"]["violation"]["message"].strip() == "Too few, Li"
    state.set("/data/n", 11)
    assert "violation" not in state.state()["/data/n"]


def test_a_choice_that_is_no_longer_offered_is_hidden_and_comes_back():
    state = of("""
        | type         | name | label | choice_filter |
        | select_one p | p    | P     |               |
        | select_one c | c    | C     | of = ${p}     |""", choices="""
        | list_name | name | label | of |
        | p         | x    | X     |    |
        | p         | y    | Y     |    |
        | c         | x1   | X1    | x  |
        | c         | y1   | Y1    | y  |""")
    state.set("/data/p", "x")
    assert state.state()["/data/c"]["options"] == [["x1", "X1"]]
    state.set("/data/c", "x1")
    state.set("/data/p", "y")
    assert (value(state, "/data/c"), state.state()["/data/c"]["options"]) == ("", [["y1", "Y1"]])
    state.set("/data/p", "x")
    assert value(state, "/data/c") == "x1"


def test_choices_may_come_from_a_repeat():
    state = of("""
        | type                 | name  | label  |
        | begin_repeat         | r     | R      |
        | text                 | name  | Name   |
        | end_repeat           |       |        |
        | select_one ${name}   | who   | Who    |""")
    state.set("/data/r[1]/name", "甲")
    state.add_repeat("/data/r")
    state.set("/data/r[2]/name", "乙")
    assert [code for code, _ in state.state()["/data/who"]["options"]] == ["甲", "乙"]


def test_repeats_are_added_removed_and_counted():
    state = of("""
        | type         | name | label | calculation    |
        | begin_repeat | r    | R     |                |
        | calculate    | at   |       | position(..)   |
        | begin_repeat | s    | S     |                |
        | text         | b    | B     |                |
        | end_repeat   |      |       |                |
        | end_repeat   |      |       |                |
        | calculate    | n    |       | count(${r})    |
        | calculate    | m    |       | count(${s})    |""")
    assert state.add_repeat("/data/r") == "/data/r[2]"
    state.add_repeat("/data/r[2]/s")
    assert (value(state, "/data/n"), value(state, "/data/m"), value(state, "/data/r[2]/at")) == ("2", "2", "2")
    state.remove_repeat("/data/r[1]")
    assert (value(state, "/data/n"), value(state, "/data/r[1]/at")) == ("1", "1")


def test_a_counted_repeat_follows_its_count_and_nobody_else():
    state = of("""
        | type         | name | label | repeat_count |
        | integer      | n    | N     |              |
        | begin_repeat | r    | R     | ${n}         |
        | text         | b    | B     |              |
        | end_repeat   |      |       |              |""")
    state.set("/data/n", 3)
    assert "/data/r[3]/b" in state.state()
    state.set("/data/n", 1)
    assert "/data/r[2]" not in state.state()
    with pytest.raises(ValueError, match="counted by the form"):
        state.add_repeat("/data/r")


def test_defaults_triggers_and_what_a_new_instance_begins_with():
    state = of("""
        | type         | name | label | default        | trigger | calculation     |
        | date         | d    | D     | today()        |         |                 |
        | text         | a    | A     | fixed          |         |                 |
        | text         | b    | B     |                | ${a}    | concat(${a},'!') |
        | begin_repeat | r    | R     |                |         |                 |
        | integer      | p    | P     | position(..)   |         |                 |
        | end_repeat   |      |       |                |         |                 |""")
    assert (value(state, "/data/d"), value(state, "/data/a"), value(state, "/data/b")) == ("2026-03-10", "fixed", "")
    state.set("/data/a", "x")
    assert value(state, "/data/b") == "x!"
    state.add_repeat("/data/r")
    assert value(state, "/data/r[2]/p") == "2"


def test_words_follow_the_language_and_the_answers_in_them():
    state = of("""
        | type | name | label::English (en) | label::中文 (zh) |
        | text | a    | Name                | 姓名             |
        | text | b    | Hello ${a}          | 你好 ${a}        |""")
    state.set("/data/a", "𠮷野")
    state.set_language("中文 (zh)")
    assert state.state()["/data/b"]["label"].split() == ["你好", "𠮷野"]
    state.set_language("English (en)")
    assert state.state()["/data/b"]["label"].split() == ["Hello", "𠮷野"]


def test_only_what_depends_on_a_change_is_worked_out_again():
    state = begin("<a/><b/><c/>", '<bind nodeset="/data/b" calculate="/data/a + 1"/><bind nodeset="/data/c" calculate="now()"/>',
                  '<input ref="/data/a"/>')
    before = value(state, "/data/c")
    state.context.world.now = datetime(2030, 1, 1, tzinfo=UTC)
    state.set("/data/a", 1)
    assert (value(state, "/data/b"), value(state, "/data/c")) == ("2", before)


def test_what_never_settles_is_said():
    with pytest.raises(EndlessForm):
        begin("<a>1</a>", '<bind nodeset="/data/a" calculate="/data/a + 1"/>')


def test_a_reading_question_takes_no_answer():
    state = begin("<a>x</a>", '<bind nodeset="/data/a" readonly="true()"/>', '<input ref="/data/a"/>')
    with pytest.raises(NotWritable):
        state.set("/data/a", "y")


def test_an_edit_gets_an_id_of_its_own_and_names_the_old_one():
    first = begin("<a/>", "", '<input ref="/data/a"/>')
    first.set("/data/a", "x")
    edited = State(first.form, Context(now=NOW), first.serialise(), edit=True)
    shown = edited.state()
    assert shown["/data/orx:meta/orx:deprecatedID"]["value"] == value(first, "/data/orx:meta/orx:instanceID")
    assert shown["/data/orx:meta/orx:instanceID"]["value"] not in ("", value(first, "/data/orx:meta/orx:instanceID"))
    assert shown["/data/a"]["value"] == "x"


def test_an_instance_of_another_form_is_refused():
    with pytest.raises(WrongInstance):
        begin("<a/>", xml=b"<data id='other'><a/></data>")


def test_an_attribute_may_be_bound():
    state = begin("<a/><e id=''/>", '<bind nodeset="/data/e/@id" calculate="../../a"/>', '<input ref="/data/a"/>')
    state.set("/data/a", "7")
    assert b'<e id="7"/>' in state.serialise()


def test_values_that_are_none_of_their_type_are_not_kept():
    state = begin("<n/><t/><d/>", '<bind nodeset="/data/n" type="int"/><bind nodeset="/data/t" type="time"/>'
                  '<bind nodeset="/data/d" type="dateTime"/>', '<input ref="/data/n"/><input ref="/data/t"/><input ref="/data/d"/>')
    state.set("/data/n", "2147483648")
    state.set("/data/t", "25:00:00")
    state.set("/data/d", "2026-02-30T10:00:00Z")
    assert [value(state, f"/data/{name}") for name in "ntd"] == ["", "", ""]
    state.set("/data/t", "14:05:00.000+08:00")
    assert value(state, "/data/t") == "14:05:00.000+08:00"
