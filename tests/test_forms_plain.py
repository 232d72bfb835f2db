"""Expressions that read single answers only are worked out without an instance tree, and mean what they mean in one."""
import random

from forms.filling import validate_by_model
from forms.quick import validate_quickly
from tests.forms_inline import TODAY, form

# (expression, whether it is plain), for a question outside the repeat and for one in it.
OF_HOUSEHOLD = [
    ("${kind} = 'a'", True), ("'a' != ${kind}", True), ("${kind} = 'a' or not(${kind} = 'b')", True), ("3 < ${rooms}", True),
    ("${rooms} = 3", True), ("${rooms} != 3 and ${rooms} >= ${area}", True), ("${rooms} + ${area} * 2 - 1", True), ("- ${rooms}", True),
    ("selected(${aids}, 'x')", True), ("count-selected(${aids}) > 1", True), ("concat(${note}, '-', ${kind})", False),
    ("${since} <= today()", True), ("format-date(${since}, '%Y%m')", True), ("${since} = '2020-01-05'", True),
    ("${since} < ${until}", True),
    ("number(${rooms}) div 0", True), ("string-length(${note}) > 2", True), ("regex(${note}, '^[0-9]+$')", True), ("string(${note})", True),
    ("if(${kind} = 'a', ${note}, ${rooms})", True), ("if(${kind} = 'a', 1, 'x') = 1", False), ("boolean(${note})", False),
    ("not(${note})", False), ("if(${note}, 'there', 'not')", False), ("${note} = true()", False), ("coalesce(${note}, ${kind})", False),
    ("count(${person})", False), ("${age} > 3", False), ("sum(${age})", False), ("string-length()", False), ("substr(${note}, 1, 3)", True),
    ("${kind} = ${note}", True), ("${rooms} = ${note}", True), ("'2020-01-05T00:00:00Z' = ${since}", True),
]
OF_PERSON = [
    ("${age} >= 18", True), ("../age = 3 and ${kind} = 'a'", True), ("current()/../age", True), ("../../rooms", True),
    ("sum(../../person/age) > 17", False), ("/data/person/age", True), ("position(..)", False), ("selected(${likes}, 'x')", True),
    ("string-length(${note}) = string-length(../note_of)", True), ("selected(${aids}, ${likes})", True), ("number(../note_of)", True),
]
SURVEY = """
| type                   | name    | label | calculation |
| select_one kinds       | kind    | K     |             |
| select_multiple things | aids    | A     |             |
| integer                | rooms   | R     |             |
| decimal                | area    | S     |             |
| date                   | since   | D     |             |
| date                   | until   | U     |             |
| text                   | note    | N     |             |
{household}
| begin repeat           | person  | P     |             |
| integer                | age     | G     |             |
| select_multiple things | likes   | L     |             |
| text                   | note_of | O     |             |
{person}
| end repeat             |         |       |             |
"""
CHOICES = """
| list_name | name | label |
| kinds     | a    | A     |
| kinds     | b    | B     |
| things    | x    | X     |
| things    | y    | Y     |
"""
VALUES = {
    "kind": ["a", "b", "nonsense"], "aids": [["x"], ["x", "y"], []], "rooms": ["3", "4", "03", "-1", "x"], "area": ["3", "2.5", "300"],
    "since": ["2020-01-05", "2031-01-01", "soon"], "until": ["2020-01-05", "2019-02-03"],
    "note": ["", "3", "123", "a", "王小明", "2020-01-05"],
    "age": ["3", "18", "40"], "likes": [["y"], ["x", "y"]], "note_of": ["1", "abc", "𠮷"]}


def calculations(prefix: str, table: list) -> str:
    return "\n".join(f"| calculate | {prefix}{place} | | {source} |"
                     for place, (source, _) in enumerate(table))


def some(dice: random.Random, *names: str) -> dict:
    return {name: dice.choice(VALUES[name]) for name in names if dice.random() < 0.8}


def test_plain_expressions_are_told_from_those_that_need_the_tree_and_both_mean_what_the_model_says():
    made = form(SURVEY.format(household=calculations("h", OF_HOUSEHOLD), person=calculations("p", OF_PERSON)), choices=CHOICES)
    assert made.simple and made.template is not None
    found = {source: made.by_path[f"/data/{'person/' * (prefix == 'p')}{prefix}{place}"].calculation.plain is not None
             for prefix, table in (("h", OF_HOUSEHOLD), ("p", OF_PERSON)) for place, (source, _) in enumerate(table)}
    wanted = dict(OF_HOUSEHOLD + OF_PERSON)
    assert {source: each for source, each in found.items() if each != wanted[source]} == {}
    dice = random.Random(7)
    for _ in range(80):
        answers = some(dice, "kind", "aids", "rooms", "area", "since", "until", "note")
        answers["person"] = [some(dice, "age", "likes", "note_of") for _ in range(dice.randint(1, 3))]
        quick, model = validate_quickly(made, answers, TODAY.isoformat(), 5), validate_by_model(made, answers, TODAY, 5)
        assert (quick.answers, quick.errors) == (model.answers, model.errors), answers


def test_a_form_of_plain_expressions_alone_builds_no_tree():
    made = form("""
        | type         | name   | label | relevant    | constraint | required     |
        | integer      | rooms  | R     |             | . < 9      |              |
        | text         | name   | N     |             |            | ${rooms} > 2 |
        | begin repeat | person | P     | ${rooms} != 5 |          |              |
        | text         | name   | N     |             |            |              |
        | end repeat   |        |       |             |            |              |
        """)
    assert made.simple and made.template is None
    for answers in ({"rooms": "3"}, {"rooms": "9", "name": "x"}, {"rooms": "1", "person": [{"name": "y"}]},
                    {"rooms": "5", "name": "the house", "person": [{"name": "y"}]}):
        quick, model = validate_quickly(made, answers, TODAY.isoformat(), 5), validate_by_model(made, answers, TODAY, 5)
        assert (quick.answers, quick.errors) == (model.answers, model.errors), answers
