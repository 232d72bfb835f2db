"""Text in cells: a formula never reaches a spreadsheet, and every text comes back as it was."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.cells import GUARD, STARTERS, neutralise, restore


@given(st.text())
def test_what_was_neutralised_is_restored_exactly(text):
    assert restore(neutralise(text)) == text


@given(st.sampled_from(sorted(STARTERS)), st.text())
def test_nothing_that_starts_a_formula_stands_first_in_a_cell(start, rest):
    assert neutralise(start + rest)[0] == GUARD


@pytest.mark.parametrize("text", ["", "王小明", "𠮷", "007", " =1", "a=1", "3-2"])
def test_plain_text_stays_as_it_is(text):
    assert neutralise(text) == text


def test_a_text_that_begins_with_the_guard_gets_another():
    assert neutralise("'quoted") == "''quoted"
