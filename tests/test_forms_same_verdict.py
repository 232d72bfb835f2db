"""The quick way to judge answers and the form model give the same verdict, on the bundled forms."""
import random
from copy import deepcopy

import pytest

from forms.filling import validate_by_model
from forms.form import library
from forms.quick import validate_quickly
from tests.forms_inline import TODAY, form, household, person

RAW = ["", "1", "2", "own", "rented", "family", "collective", "vacant", "residential", "no", "yes", "resident_id", "passport", "none",
       "local", "elsewhere", "here", "away", "01", "57", "2031-01-01", "1990-02-30", "2015-06-07", "1960-05-08", "abc", "-3", "3.5",
       "００３", "13800138000", "𠮷野", "a\u200bb", "x" * 201, "new", "left", "still"]
MANY = [["disability"], ["visit", "disability"], ["nonsense"], []]


def changed(form, answers: dict, dice: random.Random) -> dict:
    answers = deepcopy(answers)
    for _ in range(dice.randint(1, 6)):
        part = "person" if answers.get("person") and dice.random() < 0.5 else "household"
        into = dice.choice(answers["person"]) if part == "person" else answers
        question = dice.choice([q for q, _ in form.asked[part]])
        offered = [code for code, _ in question.choices[:6]] + RAW
        into[question.name] = dice.choice(MANY) if question.type == "select_multiple" else dice.choice(offered)
    if dice.random() < 0.2:
        answers["person"] = answers.get("person", [])[:dice.randint(0, 2)] + [{}] * dice.randint(0, 2)
    return answers


@pytest.mark.parametrize("key", ["housing-census", "spring-check"])
@pytest.mark.parametrize("seed", range(60))
def test_the_quick_way_and_the_model_agree(key, seed):
    form, dice = library(key)[1], random.Random(f"{key}{seed}")
    answers = changed(form, household(person=[person(), person(name="李梅", sex="2", birth="2019-02-03")]), dice)
    quick = validate_quickly(form, answers, TODAY.isoformat(), 3)
    model = validate_by_model(form, answers, TODAY, 3)
    assert quick.errors == model.errors
    assert quick.answers == model.answers
    assert quick.cleaned == model.cleaned


ATOMS = ["${a}", "${b}", "${c}", "${s}", "'x'", "''", "'2026-01-01'", "'3'", "3", "0.1", "-1.7", "0", "today()", "true()", "false()"]
SHAPES = ["({} = {})", "({} != {})", "({} < {})", "({} >= {})", "({} + {})", "({} - {})", "({} * {})", "({} div {})", "({} and {})",
          "({} or {})", "not({})", "if({}, {}, {})", "string-length({})", "number({})", "concat({}, {})", "selected({}, 'x')",
          "regex({}, '[0-9]+')", "coalesce({}, {})", "boolean({})", "format-date({}, '%Y-%n-%e')"]
ANSWERS = {"a": ["x", "3", "2026-01-01", "0.30000000000000004", " 3 ", "-0", "１"], "b": ["3", "0", "-1"],
           "c": ["2026-01-01", "1969-12-31"], "s": [["x"], ["x", "y"], ["3"]]}


def expression(dice: random.Random, depth: int) -> str:
    if depth == 0:
        return dice.choice(ATOMS)
    shape = dice.choice(SHAPES)
    return shape.format(*(expression(dice, dice.randrange(depth)) for _ in range(shape.count("{}"))))


def test_an_expression_worked_out_from_the_answers_alone_gives_what_it_gives_over_the_instance():
    dice = random.Random("expressions")
    written = {f"q{place}": expression(dice, 1 + place % 3) for place in range(200)} | {"near": "${b} + 0.1 + 0.2 = ${b} + 0.3"}
    made = form("\n".join([
        "|type|name|label|calculation|", "|text|a|A||", "|integer|b|B||", "|date|c|C||", "|select_multiple l|s|S||",
        *(f"|calculate|{name}||{each}|" for name, each in written.items())]),
        choices="|list_name|name|label|\n|l|x|X|\n|l|y|Y|\n|l|3|Z|")
    assert made.simple and sum(bool(made.by_path[f"/data/{name}"].calculation.plain) for name in written) > 100
    for _ in range(12):
        answers = {name: dice.choice(values) for name, values in ANSWERS.items() if dice.random() < 0.8}
        quick, model = validate_quickly(made, answers, TODAY.isoformat(), 3), validate_by_model(made, answers, TODAY, 3)
        wrong = {each: (quick.answers.get(name), model.answers.get(name)) for name, each in written.items()
                 if quick.answers.get(name) != model.answers.get(name) and model.answers.get(name) != "NaN"}
        assert not wrong, answers
