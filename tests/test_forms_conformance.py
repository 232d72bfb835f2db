"""Scenarios, walks, workbooks and real forms of others, and what they must come to. docs/forms-conformance.md tells why the
rest differs."""
import os
from pathlib import Path

import pytest

from forms.conformance.kinds import run_kind

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="needs ../shared/corpus")
DOCUMENTED = {
    "scenarios": {"S0010", "S0013", "S0148", "S0237", "S0648", "S0705"},
    "walks": {"liberia_coverage_r1.published", "odk_all_question_types.xlsx", "onadata_external_choices_v1.xlsx",
              "onadata_geolocation.xlsx"},
    "xlsforms": {"P0945", "P0952", "P0981", "P1246"},
    "realforms": set(),
    "xforms": set(),
}
LEAST = {"scenarios": 485, "walks": 41, "xlsforms": 831, "realforms": 67, "xforms": 500}


@needs_corpus
@pytest.mark.parametrize("kind", [
    pytest.param(kind, marks=pytest.mark.long) if kind == "xlsforms" else kind for kind in LEAST])
def test_what_others_wrote_comes_out_the_same_but_for_the_documented_choices(kind):
    outcomes = run_kind(kind, CORPUS)
    first = next(iter(outcomes.values()))
    failed = {case for outcome in outcomes.values() for case in outcome.failed if ":" not in case}
    assert failed <= DOCUMENTED[kind]
    assert len(first.passed) >= LEAST[kind]


@pytest.mark.parametrize("page", ["forms-conformance.md", "forms-conformance.zh.md"])
def test_every_other_choice_is_in_the_documentation(page):
    written = (Path(__file__).parents[1] / "docs" / page).read_text("utf-8")
    assert [case for cases in DOCUMENTED.values() for case in sorted(cases) if case not in written] == []
