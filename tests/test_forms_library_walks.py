"""The bundled forms ask, skip, count and refuse as they should, from first answer to last.

Each walk in `library_walks` was also run through JavaRosa, the engine of ODK Collect, with the same results.
"""
import random
import re
from datetime import datetime, timedelta, timezone

import pytest

from forms.form import LIBRARY, library
from forms.model.evaluation import Context
from forms.model.state import State
from tests.library_walks import WALKS

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
STEP = re.compile(r"(\S+) (=!|=|\?|-|\*)(?: (.*))?$")
INSTANCE = re.compile(r"\[(\d+)\]")


class Filling:
    """A filling of a bundled form, driven by the steps of a walk."""

    def __init__(self, key):
        self.state = State(library(key)[1].definition, Context(now=NOW, seed=1))

    def shown(self, ref):
        return self.state.state().get(ref, {"relevant": False})

    def need(self, ref):
        """Make the repeat instances that `ref` stands in."""
        for match in INSTANCE.finditer(ref):
            while ref[:match.end()] not in self.state.state():
                self.state.add_repeat(ref[:match.start()])

    def answer(self, ref, value):
        self.need(ref)
        assert self.shown(ref)["relevant"], f"{ref} is not asked"
        self.state.set(ref, value)
        assert "violation" not in self.shown(ref) or self.shown(ref)["violation"]["condition"] == "required"

    def wrong_answer(self, ref, value):
        before = self.shown(ref).get("value", "")
        self.state.set(ref, value)
        violation = self.shown(ref).get("violation")
        assert violation and violation["condition"] == "constraint" and violation["message"], f"{ref} takes {value}"
        self.state.set(ref, before)

    def look(self, ref, kind, value):
        seen = self.shown(ref)
        assert seen["relevant"] == (kind != "-"), ref
        if kind == "*":
            assert seen.get("required"), f"{ref} may stay empty"
        elif kind == "?" and value != "asked":
            assert seen["value"] == value, ref
            assert value or not seen.get("required"), f"{ref} must be answered"

    def take(self, line):
        path, kind, value = STEP.match(line).groups()
        ref, value = f"/data/{path}", (value or "").strip()
        if kind == "=":
            self.answer(ref, value)
        elif kind == "=!":
            self.wrong_answer(ref, value)
        else:
            self.look(ref, kind, value)


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_through_a_form_comes_to_what_it_should(name):
    key, steps = WALKS[name]
    filling = Filling(key)
    for line in filter(None, map(str.strip, steps.splitlines())):
        filling.take(line)


def test_every_form_for_the_field_is_walked():
    assert {key for key, _ in WALKS.values()} | {"housing-census", "spring-check"} == set(LIBRARY)


@pytest.mark.parametrize("key", LIBRARY)
def test_the_engine_loads_every_bundled_form_with_nothing_left_out(key):
    assert library(key)[1].warnings == []


SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(rng):
    """A made-up unified social credit code with its check character, worked out as GB 32100 says."""
    body = "91" + "".join(rng.choices("0123456789", k=6)) + "".join(rng.choices(SYMBOLS, k=9))
    total = sum(SYMBOLS.index(symbol) * pow(3, place, 31) for place, symbol in enumerate(body))
    return body + SYMBOLS[-total % 31]


def test_a_credit_code_is_taken_only_with_its_own_check_character():
    filling, rng = Filling("legal-entity"), random.Random(32100)
    filling.take("entity/entity_status = here")
    filling.take("entity/has_credit_code = yes")
    for _ in range(5):
        code = credit_code(rng)
        filling.take(f"entity/credit_code = {code}")
        filling.take(f"entity/credit_code = {code.lower()}")
        for place in range(18):
            other = rng.choice([symbol for symbol in ("0123456789" if 2 <= place < 8 else SYMBOLS) if symbol != code[place]])
            filling.take(f"entity/credit_code =! {code[:place]}{other}{code[place + 1:]}")
