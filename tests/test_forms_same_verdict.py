"""The quick way to judge answers and the form model give the same verdict, on the bundled forms."""
import random
from copy import deepcopy

import pytest

from forms.filling import validate_by_model
from forms.form import library
from forms.quick import validate_quickly
from tests.forms_inline import TODAY, household, person

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
