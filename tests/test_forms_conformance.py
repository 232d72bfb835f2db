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


SAMPLED = ("walks", "realforms")
"""Each case of these takes a fifth of a second: every fifth, by name, is run with every change, all of them by `make check-long`."""


def judged(kind, corpus):
    """The first group's outcome, once nothing but what is documented differs."""
    outcomes = run_kind(kind, corpus)
    failed = {case for outcome in outcomes.values() for case in outcome.failed if ":" not in case}
    assert failed <= DOCUMENTED[kind]
    return next(iter(outcomes.values()))


@needs_corpus
@pytest.mark.parametrize("kind", [
    pytest.param(kind, marks=pytest.mark.long) if kind in ("xlsforms", *SAMPLED) else kind for kind in LEAST])
def test_what_others_wrote_comes_out_the_same_but_for_the_documented_choices(kind):
    assert len(judged(kind, CORPUS).passed) >= LEAST[kind]


@needs_corpus
@pytest.mark.parametrize(("kind", "cases"), [("walks", "forms_walks/*.json"), ("realforms", "forms/*/*.xls*")])
def test_every_fifth_of_the_long_ones_comes_out_the_same(kind, cases, tmp_path):
    for beside in ("forms_xform", "forms_manifest.csv"):
        (tmp_path / beside).symlink_to(CORPUS / beside)
    sample = sorted(CORPUS.glob(cases))[::5]
    for case in sample:
        copy = tmp_path / case.relative_to(CORPUS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(case)
    outcome = judged(kind, tmp_path)
    assert len(sample) * 5 >= LEAST[kind]
    assert len(outcome.passed) >= len(sample) - len(DOCUMENTED[kind]) - len(outcome.skipped)
    assert len(outcome.skipped) < len(sample) / 4


@pytest.mark.parametrize("page", ["forms-conformance.md", "forms-conformance.zh.md"])
def test_every_other_choice_is_in_the_documentation(page):
    written = (Path(__file__).parents[1] / "docs" / page).read_text("utf-8")
    assert [case for cases in DOCUMENTED.values() for case in sorted(cases) if case not in written] == []
